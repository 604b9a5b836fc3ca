"""What every step of registering a source is handed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from anyio import to_thread

from auth.store import AuthStore
from connectors.protocol import Connector
from govgraph.clock import Clock
from govgraph.database import Database
from resolvers.rooms import Rooms
from schema.catalog import Source
from schema.draft import Draft
from schema.manifest import read_manifest_text
from schema.operations.store import OperationStore
from schema.store import CatalogStore
from server.inbox.inbox import Inbox
from server.publishing import Publisher
from server.registration.draft import Content, SourceDraft, State
from server.registration.errors import SourceDraftStateError, SourceDraftUnknownError
from server.registration.store import DraftStore, FolderStore


@dataclass(frozen=True, slots=True)
class DeskStores:
    """What the desk keeps: drafts of sources, and folders admitted to departments."""

    drafts: DraftStore
    folders: FolderStore


def stores_of(database: Database, clock: Clock) -> DeskStores:
    """Return the desk's stores in the platform's database."""
    return DeskStores(DraftStore(database, clock), FolderStore(database, clock))


@dataclass(frozen=True, slots=True)
class Desk:
    """The stores and doors that registering takes. It decides nothing about who may do what."""

    stores: DeskStores
    catalog: CatalogStore
    publisher: Publisher
    auth: AuthStore
    operations: OperationStore
    rooms: Rooms
    inbox: Inbox

    @property
    def drafts(self) -> DraftStore:
        """Return where drafts are kept."""
        return self.stores.drafts

    @property
    def folders(self) -> FolderStore:
        """Return where admitted folders are kept."""
        return self.stores.folders

    async def newest(self, department: str) -> SourceDraft:
        """Return the newest draft of a department. Raises `SourceDraftUnknownError`."""
        found = await self.drafts.newest(department)
        if found is None:
            raise SourceDraftUnknownError("No source of this department was added")
        return found

    async def standing(self, department: str, *states: State) -> SourceDraft:
        """Return the newest draft where it stands in one of the states. Raises `SourceDraftStateError`."""
        found = await self.newest(department)
        if found.state not in states:
            raise SourceDraftStateError(
                f"Draft {found.number} is {found.state.value}", where=found.department
            )
        return found

    @asynccontextmanager
    async def opened(self, content: Content) -> AsyncIterator[tuple[Connector, Connector]]:
        """Yield the connector of a draft's source, bare and guarded, and close it at the end."""
        source = Source(content.department, content.kind, content.settings)
        bare = await self.publisher.aside(source)
        try:
            yield bare, self.publisher.guarded(source, bare)
        finally:
            await bare.aclose()


async def manifest_of(draft: SourceDraft) -> Draft:
    """Return what a draft's manifest says. Raises `ManifestRefusedError`."""
    name = f"{draft.department} (draft {draft.number})"
    return await to_thread.run_sync(read_manifest_text, draft.content.manifest, name)
