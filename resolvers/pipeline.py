"""The life of a query, from who asks to what goes out."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import anyio
import orjson

from audit.record import SubjectList
from auth.rights import Permissions
from govgraph.clock import rfc3339
from govgraph.errors import GovGraphError
from resolvers import envelope
from resolvers.admission import admit
from resolvers.errors import InternalError
from resolvers.layout import sheet_of
from resolvers.planning.binds import Moment
from resolvers.planning.cursor import Cursors
from resolvers.planning.paging import Bookmarks, check_pages
from resolvers.planning.plan import Plan
from resolvers.question import Answer, Question
from resolvers.reading import caller_schema, introspected, plan_of, read
from resolvers.registered import with_document
from resolvers.rooms import Rooms
from resolvers.running import pieces
from resolvers.running.bulk import BulkBound
from resolvers.running.charges import charge
from resolvers.running.outcome import Distribution, Outcome
from resolvers.running.run import Gathered, Run
from resolvers.streams.batches import Course
from resolvers.streams.streaming import Standing, Stream, streamed
from resolvers.trail import Trail, begin, known_plan


async def answer(question: Question, rooms: Rooms) -> Answer:
    """Return the answer to a question. Every road, a refusal's too, ends in the log before a byte leaves."""
    trail = begin(question, rooms.receipt(), rfc3339(rooms.clock.now()))
    try:
        admitted = await admit(question, rooms, trail)
        rooms = rooms.within(admitted.principal.settings)
        question = await with_document(question, admitted.principal, rooms)
        schema = await caller_schema(admitted, rooms)
        asking = await read(question, schema, admitted, rooms, trail)
        plan = await plan_of(asking, admitted, rooms, trail)
        moment = Moment(asking.variables, admitted.principal, rooms.today(), rooms.clock.now())
        bookmarks = bookmarks_of(moment, admitted.permissions, rooms)
        binds = moment.binds(plan.binds) | bookmarks.places(plan)
        place = streamed(question, plan, binds, rooms)
        check_pages(plan, binds, rooms.page_limit, {place.branch: rooms.stream_limit} if place else {})
        bulk = BulkBound(admitted.permissions, rooms.bulk_limit, rooms.page_limit)
        bulk.check_asked(plan, binds)
        sheet = sheet_of(asking, admitted.snapshot.catalog) if question.table else None
        keys = await charge(plan, asking.variables, rooms, trail)
        if place is not None:
            course = Course(plan, place, binds, bookmarks, deadline(question, rooms))
            return await Stream(course, bulk, trail, Standing(question, admitted, rooms)).begin(keys)
        described = await introspected(asking, plan, admitted, rooms)
        limit = rooms.deadlines.within(deadline(question, rooms))
        gathered = await Run(plan, binds, moment.variables, rooms.clock.now).gather(limit)
        report(gathered, question, rooms)
        outcome = Distribution(plan, gathered, binds, bookmarks).outcome_of_all(rooms.limits.values)
        trail.many(bulk.check_found(plan, outcome.rows))
        data = await written(plan, outcome, described)
        given = await delivered(data, outcome, keys, trail, rooms)
        return given if sheet is None else replace(given, sheet=sheet)
    except GovGraphError as error:
        return await recorded_refusal(error, trail, rooms)
    except anyio.get_cancelled_exc_class():
        await recorded_leaving(trail, rooms)
        raise
    except Exception as fault:  # noqa: BLE001 - the last net: a fault's own words may hold values
        rooms.fault(question.request, fault)
        return await recorded_refusal(InternalError("The platform met a fault of its own"), trail, rooms)


async def refuse(question: Question, error: GovGraphError, rooms: Rooms) -> Answer:
    """Return and record the refusal of a request that did not become a question, such as a body too large."""
    return await recorded_refusal(error, begin(question, rooms.receipt(), rfc3339(rooms.clock.now())), rooms)


def bookmarks_of(moment: Moment, permissions: Permissions, rooms: Rooms) -> Bookmarks:
    """Return what opens and makes the cursors of a request, and what its numbers may tell."""
    cursors = Cursors(rooms.cursors)
    return Bookmarks(cursors, moment, permissions, rooms.smallest_group, rooms.page_limit)


async def written(plan: Plan, outcome: Outcome, described: Mapping[str, Any]) -> bytes:
    """Return the data as JSON; a large answer is written in a worker thread, so that others go on."""
    return await pieces.written(lambda: orjson.dumps(plan.shape(outcome.groups, described)), outcome.values)


def deadline(question: Question, rooms: Rooms) -> float:
    """Return the seconds left for the sources: a client may ask for fewer than the platform allows."""
    return min(rooms.deadline, question.deadline or rooms.deadline)


def report(gathered: Sequence[Gathered], question: Question, rooms: Rooms) -> None:
    """Tell the operator why sources failed."""
    for given in gathered:
        if given.cause is not None:
            rooms.fault(question.request, given.cause)


async def delivered(
    data: bytes, outcome: Outcome, keys: tuple[str, ...], trail: Trail, rooms: Rooms
) -> Answer:
    """Return the answer once its record is durable: no record, no answer."""
    plan = known_plan(trail)
    trail.answered(outcome)
    await rooms.log.append(trail.record, SubjectList(outcome.persons, keys), trail.operation)
    return Answer(
        data=data,
        errors=envelope.edge_errors(outcome),
        extensions={"govgraph": envelope.extension(plan, outcome, trail.receipt, trail.purpose)},
        status=200,
        json_status=200,
    )


async def recorded_refusal(error: GovGraphError, trail: Trail, rooms: Rooms) -> Answer:
    """Return a refusal once it is recorded; where that fails, the log's own error goes out in its place."""
    trail.refused(error)
    known = {"purpose": trail.purpose} if trail.purpose else {}
    try:
        await rooms.log.append(trail.record, SubjectList(), trail.operation)
    except GovGraphError as lost:
        return envelope.refusal(lost, "", {})
    return envelope.refusal(error, trail.receipt, known)


async def recorded_leaving(trail: Trail, rooms: Rooms) -> None:
    """Return once it is recorded that the client left; a record that is being written already stays."""
    if not trail.ended:
        trail.abandoned()
        with anyio.CancelScope(shield=True), suppress(GovGraphError):
            await rooms.log.append(trail.record, SubjectList(), trail.operation)
