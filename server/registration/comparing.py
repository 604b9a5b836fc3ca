"""Diff: what publishing the draft would change for those who use the graph, and whom it touches."""

from anyio import to_thread

from schema.assemble import assemble
from schema.catalog import Catalog
from schema.diff import CatalogChange, changes, touching
from schema.draft import Draft
from schema.operations.used import used, whole_graph
from server.registration.desk import Desk, manifest_of
from server.registration.draft import State
from server.registration.errors import SourceDraftRefusedError

COMPARED = (State.DRAFT, State.CHECKED, State.WAITING)


async def compare(desk: Desk, department: str) -> tuple[CatalogChange, ...]:
    """Return the changes that the newest draft would bring, the heaviest first."""
    draft = await desk.standing(department, *COMPARED)
    if not draft.content.manifest:
        raise SourceDraftRefusedError("The draft describes no resource yet", where=department)
    return await brought(desk, await manifest_of(draft))


async def brought(desk: Desk, written: Draft) -> tuple[CatalogChange, ...]:
    """Return the changes that a manifest would bring."""
    drafts = {**await desk.catalog.drafts(), written.department.key: written}
    before = desk.publisher.snapshot().catalog
    after = (await to_thread.run_sync(assemble, drafts.values(), before.version)).catalog
    return await weighed(desk, before, after, written.department.key)


async def weighed(desk: Desk, before: Catalog, after: Catalog, department: str) -> tuple[CatalogChange, ...]:
    """Return the changes of a department between two catalogs, with the operations and grants touched."""
    found = await to_thread.run_sync(changes, before, after, department)
    operations = await desk.operations.operations()
    texts = {one.digest: one.text for one in operations}

    def read() -> dict[str, set[str]]:
        graph = whole_graph(before)
        return {digest: used(text, graph, before) for digest, text in texts.items()}

    named = await to_thread.run_sync(read) if texts else {}
    today = desk.rooms.today()
    live = [one for one in await desk.auth.grants() if one.valid_to >= today]
    granted = {one.id: {f"{one.resource}.{name}" for name in one.fields} for one in live}
    return touching(found, named, granted)
