"""A large answer, batch by batch: no batch leaves before its own record is durable.

The begin record is durable before a source is asked, the end record before the last bytes leave. Rights
are looked at again before each batch. What goes wrong after the first byte ends the list, stands in
`errors`, and leaves the places of the rows that did leave, so that a client can go on from there.
"""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any

import anyio

from audit.record import Outcome as Ending
from audit.record import Part, SubjectList
from govgraph.clock import rfc3339
from govgraph.errors import GovGraphError
from resolvers import envelope
from resolvers.admission import Admitted, allowed_by
from resolvers.errors import (
    ClientGoneError,
    InternalError,
    RightsChangedError,
    StreamTooLongError,
    StreamTooSlowError,
)
from resolvers.planning.paging import Ends, Page
from resolvers.planning.plan import Plan, StreamPlace
from resolvers.question import Answer, Question, Write
from resolvers.rooms import Rooms
from resolvers.running import pieces
from resolvers.running.bulk import BulkBound
from resolvers.running.outcome import Outcome
from resolvers.streams.batches import Batches, Course
from resolvers.streams.tally import Tally
from resolvers.trail import Trail


def streamed(question: Question, plan: Plan, binds: Mapping[str, Any], rooms: Rooms) -> StreamPlace | None:
    """Return the list that leaves batch by batch; None where the answer is made whole."""
    place = plan.stream
    if place is None or not question.in_pieces:
        return None
    limit = plan.branches[place.branch].limit
    return place if limit is not None and binds[limit] > rooms.streaming.above else None


@dataclass(frozen=True, slots=True)
class Standing:
    """A caller and the rights that a streamed answer was begun with."""

    question: Question
    admitted: Admitted
    rooms: Rooms

    async def check(self) -> None:
        """Raise where token, client or grants are not what they were. A new catalog changes nothing here."""
        principal = await self.rooms.verifier.principal(self.question.authorization)
        grants = await self.rooms.grants(principal.client)
        permissions = self.admitted.permissions
        caller = (principal.client, permissions.purpose)
        allowed = await allowed_by(grants, caller, self.admitted.snapshot, self.rooms)
        if allowed.fingerprint != permissions.fingerprint:
            raise RightsChangedError("What the client may have was changed while the answer streamed")


class Stream:
    """One streamed answer. `begin` it, then `pour` it once.

    `begun` tells whether a piece may have left, `shown` whether a row has; `groups` are those of the
    last batch, and `ends` tells of the page that all batches make.
    """

    def __init__(self, course: Course, bulk: BulkBound, trail: Trail, standing: Standing) -> None:
        self.course = course
        self.trail = trail
        self.standing = standing
        self.rooms = standing.rooms
        self.tally = Tally(course.plan, bulk)
        self.batches = Batches(course, standing.rooms)
        self.ends = Ends()
        self.groups: list[Any] = []
        self.begun = False
        self.shown = False

    async def begin(self, keys: tuple[str, ...]) -> Answer:
        """Return the answer to be poured, once its begin record is durable; it holds the keys looked up."""
        record = replace(self.trail.record, outcome=Ending.PENDING, part=Part.BEGIN)
        await self.rooms.log.append(record, SubjectList(keys=keys), self.trail.operation)
        self.trail.told |= {"part": Part.END, "keys_in_sequence": 0}
        return Answer(data=b"", errors=(), extensions={}, status=200, json_status=200, flow=self.pour)

    async def pour(self, write: Write) -> Answer:
        """Write the data, and return what follows them once the end record is durable.

        Raises `STREAM_TOO_SLOW` where the client does not take them; then nothing can follow.
        """
        try:
            failure = await self.pour_rows(write)
            if self.groups:
                await self.send(write, pieces.closing(self.course.place, self.ending(failure)))
        except StreamTooSlowError as slow:
            await self.record_break(slow)
            raise
        except anyio.get_cancelled_exc_class():
            await self.record_break(ClientGoneError("The client went away"))
            raise
        return await self.ended(failure)

    async def pour_rows(self, write: Write) -> GovGraphError | None:
        """Write the rows, and return what ended them before their end; None where all of them left."""
        request = self.standing.question.request
        try:
            await self.pour_batches(write)
        except StreamTooSlowError:
            raise
        except GovGraphError as error:
            return error
        except Exception as fault:  # noqa: BLE001 - the last net: a fault's own words may hold values
            self.rooms.fault(request, fault)
            return InternalError("The platform met a fault of its own")
        finally:
            for cause in self.batches.causes:
                self.rooms.fault(request, cause)
        return None

    async def pour_batches(self, write: Write) -> None:
        """Write batch after batch, each once its record is durable."""
        until = asyncio.get_running_loop().time() + self.rooms.streaming.time
        async with aclosing(self.batches.outcomes()) as outcomes:
            async for outcome in outcomes:
                piece = await self.piece(outcome)
                await self.standing.check()
                if asyncio.get_running_loop().time() > until:
                    raise StreamTooLongError("The answer streamed for longer than one answer may")
                self.trail.many(self.tally.grants(outcome))
                await self.record_part(outcome)
                self.left(outcome)
                await self.send(write, piece)

    async def piece(self, outcome: Outcome) -> bytes:
        """Return a batch as JSON text: all of the data where the list failed, else its rows."""
        place, plan = self.course.place, self.course.plan

        def text() -> bytes:
            data = plan.shape(outcome.groups, {})
            if data[place.root] is None:
                return b'{"%s":null}' % place.root.encode()
            rows = pieces.rows(place, data)
            before = (b"," if self.shown else b"") if self.begun else pieces.opening(place, data)
            return before + rows

        return await pieces.written(text, outcome.values)

    def left(self, outcome: Outcome) -> None:
        """Keep what is told of a batch that may leave now, and of its rows the first and the last."""
        self.tally.add(outcome)
        self.begun = True
        page = outcome.groups[self.course.place.branch]
        if not isinstance(page, Page):
            return
        self.groups = [*outcome.groups]
        first = self.ends.first if self.shown else next(iter(page), None)
        last = page.rows[-1] if page.rows else self.ends.last
        self.ends = Ends((), False, self.ends.previous or page.previous, page.cursor, first, last)
        self.shown = self.shown or bool(page.rows)

    def ending(self, failure: GovGraphError | None) -> Mapping[str, Any]:
        """Return the data without rows, knowing the ends of the list; after a failure there is more of it."""
        more = self.batches.more or failure is not None
        self.groups[self.course.place.branch] = replace(self.ends, next=more)
        return self.course.plan.shape(self.groups, {})

    async def send(self, write: Write, piece: bytes) -> None:
        """Write one piece. Raises `STREAM_TOO_SLOW` where the client takes too long to make room for it."""
        try:
            async with asyncio.timeout(self.rooms.streaming.wait) as patience:
                await write(piece)
        except TimeoutError:
            if not patience.expired():
                raise
            raise StreamTooSlowError("The client did not take a part of the answer in time") from None

    async def record_part(self, outcome: Outcome) -> None:
        """Return once the record of a batch is durable: its fields, its rows, the persons they are about."""
        part = replace(self.trail, told={**self.trail.told, "part": Part.PART, "time": self.now()})
        part.answered(outcome)
        await self.rooms.log.append(part.record, SubjectList(outcome.persons), self.trail.operation)

    async def ended(self, failure: GovGraphError | None) -> Answer:
        """Return what follows the data, once the end record is durable, or why there is none."""
        branch = self.course.plan.branches[self.course.place.branch]
        if failure is not None and not self.begun:
            return await self.refused(failure)
        if failure is not None:
            self.tally.failed(branch, failure)
        try:
            await self.record_end(failure)
        except GovGraphError as lost:
            self.tally.failed(branch, lost)
        whole, trail = self.tally.whole, self.trail
        told = envelope.extension(self.course.plan, whole, trail.receipt, trail.purpose)
        errors = envelope.edge_errors(whole)
        return Answer(data=b"", errors=errors, extensions={"govgraph": told}, status=200, json_status=200)

    async def refused(self, failure: GovGraphError) -> Answer:
        """Return the refusal of an answer of which nothing has left, once it is recorded as its end."""
        self.trail.refused(failure)
        known = {"purpose": self.trail.purpose} if self.trail.purpose else {}
        try:
            await self.rooms.log.append(self.trail.record, SubjectList(), self.trail.operation)
        except GovGraphError as lost:
            return envelope.refusal(lost, "", {})
        return envelope.refusal(failure, self.trail.receipt, known)

    async def record_end(self, failure: GovGraphError | None) -> None:
        """Return once the end record is durable: what left in all, and what failed."""
        self.trail.answered(self.tally.whole)
        self.trail.told["time"] = self.now()
        if failure is not None:
            codes = {*self.trail.told["codes"], failure.code}
            self.trail.told |= {"outcome": Ending.FAILED, "codes": tuple(sorted(codes))}
        await self.rooms.log.append(self.trail.record, SubjectList(), self.trail.operation)

    async def record_break(self, failure: GovGraphError) -> None:
        """Return once it is recorded that an answer was broken off; nobody is there to be told."""
        with anyio.CancelScope(shield=True), suppress(GovGraphError):
            await self.record_end(failure)

    def now(self) -> str:
        """Return the moment that a record is made at."""
        return rfc3339(self.rooms.clock.now())
