"""The rows of a streamed list batch by batch, each with everything that stands below it."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from connectors.errors import SourceTimeoutError
from connectors.model import Row
from govgraph.errors import GovGraphError
from resolvers.planning.paging import Bookmarks
from resolvers.planning.plan import Plan, Step, StreamPlace
from resolvers.rooms import Rooms
from resolvers.running.outcome import Distribution, Outcome
from resolvers.running.run import Gathered, Run, complete, told


@dataclass(frozen=True, slots=True)
class Course:
    """What a streamed answer is made by: its plan and list, its binds and cursors, and the seconds that
    the sources have for each batch.
    """

    plan: Plan
    place: StreamPlace
    binds: Mapping[str, Any]
    bookmarks: Bookmarks
    deadline: float

    @property
    def step(self) -> Step:
        """Return the step with the rows of the list."""
        return self.plan.steps[self.plan.branches[self.place.branch].step]

    @property
    def most(self) -> int:
        """Return the number of rows asked for."""
        return int(self.binds[self.plan.branches[self.place.branch].limit or ""])

    def below(self) -> frozenset[int]:
        """Return the steps that wait for the rows of the list, at whatever depth."""
        found, new = set[int](), {self.step.number}
        while new:
            new = {later for number in new for later in self.plan.before[number]} - found
            found |= new
        return frozenset(found)


class Stage(Run):
    """Runs some steps of a plan on what others gave before."""

    def __init__(self, course: Course, rooms: Rooms, part: Iterable[int], given: list[Gathered]) -> None:
        variables = course.bookmarks.moment.variables
        super().__init__(course.plan, course.binds, variables, rooms.clock.now)
        self.part = frozenset(part)
        self.gathered = given

    async def step(self, step: Step) -> None:
        """Run a step of this stage; others are done already, or come later."""
        if step.number in self.part:
            await super().step(step)


class Batches:
    """Reads the list. Once all batches are read, `more` tells whether rows follow; `causes` are what the
    operator is told of failures.
    """

    def __init__(self, course: Course, rooms: Rooms) -> None:
        self.course = course
        self.rooms = rooms
        self.below = course.below()
        self.binds = course.binds
        self.ahead: list[Gathered] = []
        self.more = False
        self.causes: list[GovGraphError] = []

    async def outcomes(self) -> AsyncGenerator[Outcome, None]:
        """Yield what came of each batch; at least one, with no rows or with the error of the list.

        Raises what the caller is told where the source fails after the first batch.
        """
        await self.read_ahead()
        list_, first = self.ahead[self.course.step.number], True
        try:
            if list_.error is None:
                async with aclosing(self.cut(self.course.step)) as batches:
                    async for rows in batches:
                        yield await self.outcome(rows)
                        first = False
        except GovGraphError as error:
            self.causes.append(error)
            if not first:
                raise told(error) from None
            list_.error = told(error)
        if first:
            yield await self.outcome(()) if list_.error is None else self.distributed(self.ahead)

    async def read_ahead(self) -> None:
        """Run the steps that do not wait for the list: the keys of its conditions, and the number of rows."""
        course, step = self.course, self.course.step
        part = {one.number for one in course.plan.steps} - self.below - {step.number}
        stage = Stage(course, self.rooms, part, [Gathered() for _ in course.plan.steps])
        self.ahead = await stage.gather(self.rooms.deadlines.within(course.deadline))
        self.note(self.ahead)
        list_ = self.ahead[step.number]
        for keys in step.key_sets:
            list_.error = list_.error or self.ahead[keys.step].error
        if list_.error is None:
            self.binds = {**course.binds, **{keys.bind: stage.members(keys) for keys in step.key_sets}}
        list_.asked = True

    async def cut(self, step: Step) -> AsyncGenerator[Sequence[Row], None]:
        """Yield batches of the rows asked for; the one row more that is read tells whether more follow."""
        left = self.course.most
        async with aclosing(step.prepared.stream(self.binds, self.rooms.streaming.batch)) as batches:
            while rows := await self.in_time(batches):
                self.more = len(rows) > left
                if left:
                    yield rows[:left]
                left -= min(left, len(rows))

    async def in_time(self, batches: AsyncGenerator[Sequence[Row], None]) -> Sequence[Row] | None:
        """Return the next rows, None at the end. Raises `SOURCE_TIMEOUT`."""
        try:
            async with asyncio.timeout(self.course.deadline):
                return await anext(batches, None)
        except TimeoutError:
            raise SourceTimeoutError("The source did not answer within the deadline") from None

    async def outcome(self, rows: Sequence[Row]) -> Outcome:
        """Return what came of one batch, once the steps below it have run."""
        step = self.course.step
        gathered = [*self.ahead]
        gathered[step.number] = list_ = Gathered(asked=True)
        list_.finished = step.as_of() or self.rooms.clock.now()
        complete(step, rows, list_)
        for number in self.below:
            gathered[number] = Gathered()
        stage = Stage(self.course, self.rooms, self.below, gathered)
        self.note(await stage.gather(self.rooms.deadlines.within(self.course.deadline)))
        return self.distributed(gathered)

    def distributed(self, gathered: list[Gathered]) -> Outcome:
        """Return the rows of a batch at their places."""
        handed = Distribution(self.course.plan, gathered, self.course.binds, self.course.bookmarks)
        return handed.outcome_of_all(self.rooms.limits.values)

    def note(self, gathered: Sequence[Gathered]) -> None:
        """Note why sources failed, for the operator."""
        self.causes += [
            one.cause for one in gathered if one.cause is not None and one.cause not in self.causes
        ]
