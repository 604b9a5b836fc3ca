"""The rows of a preview: planned, run, masked and recorded as a question's are, over an unpublished draft.

Only who registers a source asks this way. What a caller could not list, because rows are about persons, is
listed here all the same, a few rows of it; a value that has a mask is never read whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from anyio import to_thread

from auth.principal import Principal
from auth.rights import Permissions
from govgraph.clock import rfc3339
from govgraph.errors import GovGraphError
from resolvers.admission import Admitted
from resolvers.documents.document import read_document
from resolvers.pipeline import bookmarks_of, delivered, recorded_refusal, report, written
from resolvers.planning.binds import Moment
from resolvers.question import Answer, Question
from resolvers.reading import Asking, planned
from resolvers.rooms import Rooms
from resolvers.running.outcome import Distribution
from resolvers.running.run import Run
from resolvers.snapshot import Snapshot
from resolvers.trail import begin
from schema.build import build
from schema.naming import root_names
from schema.unfolding import UnfoldingSchema
from schema.visibility import View, VisibleType, view


@dataclass(frozen=True, slots=True)
class Sampling:
    """Whose eyes a preview takes: `seen_as` carries the attributes that row filters ask, `by` is recorded."""

    resource: str
    permissions: Permissions
    seen_as: Principal
    by: Principal
    rows: int = 5


async def sampled(sampling: Sampling, snapshot: Snapshot, rooms: Rooms, question: Question) -> Answer:
    """Return the first rows as such a caller would see them; recorded before they leave, refusals too.

    `question` says which request asks; its document is made here.
    """
    trail = begin(question, rooms.receipt(), rfc3339(rooms.clock.now()))
    trail.caller(sampling.by)
    trail.admitted(sampling.permissions, snapshot)
    admitted = Admitted(sampling.seen_as, sampling.permissions, snapshot)
    try:
        one = view(snapshot.catalog, sampling.permissions).types[sampling.resource]
        schema = await to_thread.run_sync(_listing, one, snapshot.catalog.version)
        parsed = read_document(_document(one, sampling.rows), None, rooms.limits)
        trail.document(parsed)
        plan = planned(Asking("", parsed, schema, {}, {}, {}), admitted, rooms)
        trail.planned(plan)
        moment = Moment({}, sampling.seen_as, rooms.today(), rooms.clock.now())
        bookmarks = bookmarks_of(moment, sampling.permissions, rooms)
        binds = moment.binds(plan.binds) | bookmarks.places(plan)
        gathered = await Run(plan, binds, {}, rooms.clock.now).gather(rooms.deadlines.within(rooms.deadline))
        report(gathered, question, rooms)
        outcome = Distribution(plan, gathered, binds, bookmarks).outcome_of_all(rooms.limits.values)
        return await delivered(await written(plan, outcome, {}), outcome, (), trail, rooms)
    except GovGraphError as error:
        return await recorded_refusal(error, trail, rooms)


def _listing(one: VisibleType, version: int) -> UnfoldingSchema:
    """Return a graph of one type without its links, whose rows can be listed."""
    alone = replace(one, links={}, chosen_by={}, ordered_by={}, summed_by={}, listing=True)
    return build(View(version, {one.resource.name: alone}))


def _document(one: VisibleType, rows: int) -> str:
    names = " ".join(readable(one))
    return f"{{ {root_names(one.resource.name).listing}(first: {rows}) {{ nodes {{ {names} }} }} }}"


def readable(one: VisibleType) -> Sequence[str]:
    """Return the fields of a type that are shown."""
    return [name for name, field in one.fields.items() if field.readable]
