"""From a catalog version to what queries work on: sources opened aside, then one reference swapped."""

import gc
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Final

import anyio
from anyio import to_thread

from auth.recent import tell_nobody
from connectors.protocol import Connector
from connectors.watched import watched
from govgraph.database import in_time
from govgraph.egress import Egress
from govgraph.errors import GovGraphError
from govgraph.file_access import FOLDER
from resolvers.snapshot import Snapshot
from schema.assemble import assemble
from schema.catalog import Catalog, Source
from schema.draft import Draft
from schema.errors import ManifestRefusedError, Problem
from schema.manifest import inspect_manifest, read_manifest_text
from schema.store import CatalogStore
from schema.visibility import ceilings
from server.closed_source import ClosedSource
from server.losses import Losses
from server.source_rules import SourceRules
from server.statements import StatementLog

OPEN: Final = "OPEN"
DEGRADED: Final = "DEGRADED"


@dataclass(frozen=True, slots=True)
class _Opened:
    source: Source
    connector: Connector
    state: str
    as_of: datetime | None = None


class Publisher:
    """Holds the current snapshot and makes the next one. A dead source never stops it.

    What it publishes or opens anew it announces to the other replicas, which `refresh`.
    """

    def __init__(
        self, store: CatalogStore, rules: SourceRules, announce: Callable[[], Awaitable[None]] = tell_nobody
    ) -> None:
        self._store = store
        self._rules = rules
        self._announce = announce
        self._secrets: Mapping[str, int] = {}
        self._turn = anyio.Lock()
        self._opened: Mapping[str, _Opened] = {}
        self._retired: list[tuple[float, Connector]] = []
        self._snapshot = Snapshot(Catalog(0), {}, {})
        self.losses = Losses()
        self._loaded = False

    @property
    def loaded(self) -> bool:
        """Return whether the stored catalog was opened."""
        return self._loaded

    @property
    def egress(self) -> Egress:
        """Return where the platform itself may connect to."""
        return self._rules.egress

    @property
    def statements(self) -> StatementLog:
        """Return what was sent to each source lately."""
        return self._rules.statements

    def snapshot(self) -> Snapshot:
        """Return the snapshot that a query beginning now works on."""
        return self._snapshot

    def states(self) -> Mapping[str, str]:
        """Return by department `OPEN`, `DEGRADED` where the source lost what a field is read from, or the
        code of what stood against the source when it was opened.
        """
        lost = self.losses.of
        return {key: DEGRADED if lost(key) else opened.state for key, opened in self._opened.items()}

    async def look(self, only: Collection[str] | None = None) -> Mapping[str, Sequence[str]]:
        """Look at every open source, or at some departments' only; return those that turned, with the
        coordinates they have lost now.

        A source that does not answer keeps its state: its reads tell of it. Files are looked at once they
        were loaded anew.
        """
        sources = {
            department: opened.connector
            for department, opened in self._opened.items()
            if opened.state == OPEN and (only is None or department in only) and _may_have_changed(opened)
        }
        return await self.losses.look(self._snapshot.catalog, sources)

    async def load(self) -> None:
        """Open what the stored catalog names and swap it in."""
        async with self._turn:
            _, self._secrets = await self._rules.state(self._store)
            await self._swap(await self._store.current(), frozenset())
        # What was opened stays. Were it looked through for garbage again and again, every request would
        # stand still for it: a second and more at 5,000 resources (benchmarks/catalogue.py).
        gc.freeze()

    async def publish(self, drafts: Sequence[Draft]) -> int:
        """Store the drafts, swap the new version in and return its number.

        Raises `ManifestRefusedError`, before anything is stored, where a rule of `refusals` is broken.
        """
        problems = await self.refusals(drafts)
        if problems:
            raise ManifestRefusedError(problems)
        async with self._turn:
            await self._store.publish(*drafts)
            catalog = await self._store.current()
            await self._swap(catalog, frozenset())
        for draft in drafts:
            self.losses.look_again(draft.department.key)
        await self._announce()
        return catalog.version

    async def refresh(self) -> None:
        """Swap in what others published, and open anew the sources whose secrets or ranges they changed.

        Raises `STORE_UNAVAILABLE`; the snapshot stays as it was.
        """
        async with self._turn:
            version, secrets = await in_time(self._rules.state(self._store))
            changed = {name for name, newest in secrets.items() if self._secrets.get(name) != newest}
            if changed or version != self._snapshot.catalog.version:
                departments = frozenset(name.partition("/")[0] for name in changed)
                await self._swap(await self._store.current(), departments)
            self._secrets = secrets

    async def withdraw(self, department: str) -> int:
        """Swap in a version in which the department shows nothing, and return its number."""
        async with self._turn:
            await self._store.withdraw(department)
            catalog = await self._store.current()
            await self._swap(catalog, frozenset())
        await self._announce()
        return catalog.version

    async def refusals(self, drafts: Sequence[Draft]) -> list[Problem]:
        """Return what the rules on files, secrets and names hold against these sources."""
        return await self._rules.refusals(drafts)

    async def aside(self, source: Source) -> Connector:
        """Return a connector of a source that need not be published; whoever asks closes it.

        Raises a coded error where the rules or its settings refuse it.
        """
        return await self._rules.opened(source, self._store)

    def guarded(self, source: Source, connector: Connector) -> Connector:
        """Return the connector behind the deadline and the places of its source."""
        return self._rules.guarded(source, connector)

    def folder(self, department: str) -> Path:
        """Return the folder that a department's own files are delivered to."""
        return self._rules.folders.home / FOLDER / department

    async def reopen(self, department: str) -> None:
        """Open a department's source anew, for a secret or a range that changed."""
        async with self._turn:
            _, newest = await self._rules.state(self._store)
            own = {name: newest[name] for name in newest if name.partition("/")[0] == department}
            self._secrets = {**self._secrets, **own}
            await self._swap(self._snapshot.catalog, frozenset({department}))
        await self._announce()

    async def aclose(self) -> None:
        """Let go of every source. Called once, after the last query."""
        for connector in [
            *(opened.connector for opened in self._opened.values()),
            *(connector for _, connector in self._retired),
        ]:
            await connector.aclose()
        self._opened, self._retired = {}, []
        gc.unfreeze()  # else what drivers keep is never let go of, and they complain when the process ends

    async def _swap(self, catalog: Catalog, anew: frozenset[str]) -> None:
        before = self._opened
        after: dict[str, _Opened] = {}

        async def place(source: Source) -> None:
            kept = before.get(source.department)
            same = kept is not None and kept.source == source and kept.state == OPEN
            if kept is not None and same and source.department not in anew:
                after[source.department] = kept
            else:
                after[source.department] = await self._open(source)

        async with anyio.create_task_group() as tasks:
            for source in catalog.sources.values():
                tasks.start_soon(place, source)
        self._opened = after
        self._snapshot = Snapshot(
            catalog, {key: opened.connector for key, opened in after.items()}, ceilings(catalog)
        )
        self._loaded = True
        await self._retire(before, after)

    async def _retire(self, before: Mapping[str, _Opened], after: Mapping[str, _Opened]) -> None:
        in_use = {id(opened.connector) for opened in after.values()}
        now = monotonic()
        gone = [opened.connector for opened in before.values() if id(opened.connector) not in in_use]
        self._retired += [(now + self._rules.grace, connector) for connector in gone]
        due = [connector for moment, connector in self._retired if moment <= now]
        self._retired = [(moment, connector) for moment, connector in self._retired if moment > now]
        for connector in due:
            await connector.aclose()

    async def _open(self, source: Source) -> _Opened:
        try:
            bare = watched(await self.aside(source), self.losses.teller(source.department))
            connector = self.guarded(source, bare)
        except GovGraphError as error:
            _note(source.department, error)
            return _Opened(source, ClosedSource(source.department), error.code)
        try:
            await connector.describe()
        except GovGraphError as error:
            _note(source.department, error)
            return _Opened(source, connector, error.code)
        return _Opened(source, connector, OPEN, connector.as_of)


def _may_have_changed(opened: _Opened) -> bool:
    """Return whether a source is live, or was loaded since it was opened."""
    as_of = opened.connector.as_of
    return as_of is None or as_of != opened.as_of


def _note(department: str, error: GovGraphError) -> None:
    logging.getLogger("govgraph").warning(
        "source not open", extra={"department": department, "code": error.code}
    )


async def read_one(text: str, name: str = "manifest") -> Draft:
    """Return the draft in a manifest's text. Raises `ManifestRefusedError` with all its problems."""
    return await to_thread.run_sync(read_manifest_text, text, name)


async def check(
    store: CatalogStore, publisher: Publisher, files: Sequence[tuple[str, str]]
) -> tuple[Sequence[Problem], Sequence[Problem]]:
    """Return what stands against publishing these files (name, text), and the links that would sleep.

    They are held against each other and against what the other departments have published.
    """
    drafts = {**await store.drafts()}
    problems: list[Problem] = []
    given: list[Draft] = []
    for name, text in files:
        draft, found = await to_thread.run_sync(inspect_manifest, text, name)
        problems += found
        if draft is not None:
            drafts[draft.department.key] = draft
            given.append(draft)
    problems = problems or await publisher.refusals(given)
    if problems:
        return problems, ()
    assembly = await to_thread.run_sync(assemble, drafts.values())
    return assembly.problems, assembly.dormant
