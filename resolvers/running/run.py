"""Running a plan: each step asks its source once, as soon as the steps that feed it are done."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Any

from connectors.errors import SourceTimeoutError, SourceUnavailableError
from connectors.model import Row
from govgraph.deadlines import Deadline
from govgraph.errors import CallerError, GovGraphError, Kind
from resolvers.planning.grouping import TooManyRowsError
from resolvers.planning.plan import MOST_KEYS, Feed, KeySet, Lookup, Plan, Step
from resolvers.running.counts import Counts, counts
from resolvers.running.splicing import spliced

Key = tuple[str, ...]


class TooManyKeysError(CallerError):
    """A look-up across departments would bind more keys than one read may."""

    code = "TOO_MANY_KEYS"
    status = 200
    remedy = "Narrow the rows above this place with `where` or `first`."


TOLD = (TooManyKeysError, TooManyRowsError)
"""What a caller can do something about."""


@dataclass(slots=True)
class Gathered:
    """What one step gave: completed rows, by key where it was a look-up, or the error in their place.

    `more` holds the keys of which a page leaves rows out, None for a list at the root.
    `error` is what the caller is told, `cause` what the operator is told. `written` is the JSON of the
    rows of a list where their source wrote it.
    """

    rows: list[Sequence[Any]] = field(default_factory=list)
    by_key: dict[Key, list[Sequence[Any]]] = field(default_factory=dict)
    more: set[Key | None] = field(default_factory=set)
    dirt: Counts = field(default_factory=counts)
    asked: bool = False
    finished: datetime | None = None
    error: GovGraphError | None = None
    cause: GovGraphError | None = None
    written: Any = None


class Run:
    """One run of a plan with its binds. `now` tells when an answer came."""

    def __init__(
        self, plan: Plan, binds: Mapping[str, Any], variables: Mapping[str, Any], now: Callable[[], datetime]
    ) -> None:
        self.plan = plan
        self.binds = binds
        self.variables = variables
        self.now = now
        self.gathered = [Gathered() for _ in plan.steps]
        self.done: set[int] = set()
        self.awaited = [len(step.after) for step in plan.steps]

    async def gather(self, limit: Deadline) -> list[Gathered]:
        """Return what each step gave within the deadline; a step that is not done by then timed out."""
        try:
            with limit:
                await self.together([step for step in self.plan.steps if not step.after])
        except TimeoutError:
            if not limit.expired:
                raise
        if len(self.done) < len(self.plan.steps):
            self.end_late()
        return self.gathered

    def end_late(self) -> None:
        """Note of every step that is not done that its time is over."""
        for step in self.plan.steps:
            if step.number not in self.done:
                self.gathered[step.number].error = SourceTimeoutError(
                    "The source did not answer within the deadline"
                )

    async def together(self, steps: Sequence[Step]) -> None:
        """Run steps side by side, each followed by those that waited for it alone or for it last."""
        if len(steps) == 1:
            await self.onwards(steps[0])
        elif steps:
            async with asyncio.TaskGroup() as group:
                for step in steps[1:]:
                    group.create_task(self.onwards(step))
                await self.onwards(steps[0])

    async def onwards(self, step: Step) -> None:
        """Run a step, and then what it was waited for by."""
        ready = [step]
        while len(ready) == 1:
            [step] = ready
            await self.step(step)
            self.done.add(step.number)
            ready = []
            for number in self.plan.before[step.number]:
                self.awaited[number] -= 1
                if not self.awaited[number]:
                    ready.append(self.plan.steps[number])
        await self.together(ready)

    async def step(self, step: Step) -> None:
        """Run one step whose feeds are done. Its error stays with it; the others go on."""
        given = self.gathered[step.number]
        for feed in step.lookup.feeds if step.lookup else ():
            if feed.step is not None and self.plan.steps[feed.step].most is not None:
                given.error = given.error or self.gathered[feed.step].error  # no place would tell of it
        for keys in step.key_sets:
            given.error = given.error or self.gathered[keys.step].error
        try:
            if given.error is None:
                await self.ask(step, given)
        except GovGraphError as error:
            given.error, given.cause = told(error), error

    async def ask(self, step: Step, given: Gathered) -> None:
        """Ask the source of a step; a look-up without keys asks nothing."""
        binds = dict(self.binds)
        if step.lookup is not None:
            binds[step.lookup.bind] = self.spelled(step.lookup)
            if not binds[step.lookup.bind]:
                return
        binds |= {keys.bind: self.members(keys) for keys in step.key_sets}
        given.asked = True
        if step.splice is not None:
            written = await step.splice.prepared.json(binds)
            given.finished = step.as_of() or self.now()
            given.rows, given.written = spliced(step, step.splice, written, dirty(step, given))
        else:
            rows = await step.prepared.rows(binds)
            given.finished = step.as_of() or self.now()
            check_keys(step, rows)
            shown = binds[step.cut.size] if step.cut is not None and step.lookup is None else None
            complete(step, step.finish(rows, binds) if step.finish else rows, given, shown)
        if step.cut is not None:
            cut(given, binds[step.cut.size], step)

    def spelled(self, lookup: Lookup) -> list[tuple[Any, ...]]:
        """Return the raw keys to bind: each key once, in every spelling the source is known to hold."""
        keys = {key: None for feed in lookup.feeds for key in self.fed(feed, lookup)}
        if len(keys) > MOST_KEYS:
            raise TooManyKeysError(f"More than {MOST_KEYS} keys would be looked up")
        if lookup.one_spelling:
            return list(keys)
        spellings = (
            product(*(spell(part) for spell, part in zip(lookup.spell, key, strict=True))) for key in keys
        )
        return [raw for several in spellings for raw in several]

    def members(self, keys: KeySet) -> list[str] | dict[str, Any]:
        """Return the keys of the rows of another step as texts to bind, beside a value where there is one."""
        if keys.value is not None:
            by_key = self.gathered[keys.step].by_key
            return {one_text(key): rows[0][keys.value] for key, rows in by_key.items()}
        found = {row[-1]: None for row in self.gathered[keys.step].rows if row[-1] is not None}
        spellings = (
            product(*(spell(part) for spell, part in zip(keys.spell, key, strict=True))) for key in found
        )
        return [one_text(raw) for several in spellings for raw in several]

    def fed(self, feed: Feed, lookup: Lookup) -> list[Key]:
        """Return the keys that one feed brings."""
        if feed.step is None:
            key = argument_key(feed.arguments, lookup, self.variables)
            return [] if key is None else [key]
        place = -1 - feed.key
        return [row[place] for row in self.gathered[feed.step].rows if row[place] is not None]


def one_text(key: Sequence[str]) -> str:
    """Return a key as one text, as `resolvers.planning.semijoin.key_text` writes it of a row."""
    return "".join(f"{len(part)}:{part}" for part in key[:-1]) + key[-1]


def check_keys(step: Step, rows: Sequence[Row]) -> None:
    """Refuse a condition across a link that too many rows meet."""
    if step.most is not None and len(rows) > step.most:
        raise TooManyKeysError(
            f"More than {step.most} keys of {step.resource} would be held against other rows",
            remedy="Narrow the rows of that type in `where`: the condition across the link, or, for an order "
            "across a link, the rows to be ordered.",
        )


def told(error: GovGraphError) -> GovGraphError:
    """Return what a caller is told of a failed source; settings and addresses are the operator's affair."""
    if error.kind in (Kind.SOURCE_RETRY, Kind.SOURCE_FATAL) or isinstance(error, TOLD):
        return error
    return SourceUnavailableError("The source cannot be asked")


def argument_key(arguments: Sequence[Any], lookup: Lookup, variables: Mapping[str, Any]) -> Key | None:
    """Return the key that the arguments of a root field make; None where a part has no normal form."""
    values = [leaf.value(variables) for leaf in arguments]
    parts = [form(value) for form, value in zip(lookup.normal, values, strict=True)]
    return None if None in parts else tuple(part for part in parts if part is not None)


def dirty(step: Step, given: Gathered) -> Callable[[int], None]:
    """Return what counts a dirty cell of a step by its number."""

    def dirt(number: int) -> None:
        given.dirt[step.cells[number].coordinate] += 1

    return dirt


def unnoticed(_number: int) -> None:
    """Count no dirty cell."""


def complete(step: Step, rows: Sequence[Row], given: Gathered, shown: int | None = None) -> None:
    """Complete the rows of a step, and sort them by key where they were looked up.

    Dirt counts in the first `shown` rows: the one after them is read for what it tells of the page alone.
    """
    if shown is None or shown >= len(rows):
        given.rows = step.complete(rows, dirty(step, given))
    else:
        given.rows = step.complete(rows[:shown], dirty(step, given)) + step.complete(rows[shown:], unnoticed)
    if step.lookup is None:
        return
    place, by_key = -1 - step.lookup.own_key, defaultdict[Key, list[Sequence[Any]]](list)
    for row in given.rows:
        if (own := row[place]) is not None:
            by_key[own].append(row)
    given.by_key = dict(by_key)


def cut(given: Gathered, size: int, step: Step) -> None:
    """Cut the rows to one page, for each key where they were looked up, in the order that was asked for."""
    whole: Mapping[Key | None, list[Sequence[Any]]] = (
        {None: given.rows} if step.lookup is None else dict(given.by_key.items())
    )
    backward = step.cut is not None and step.cut.backward
    pages = {key: rows[:size][::-1] if backward else rows[:size] for key, rows in whole.items()}
    given.more = {key for key, rows in whole.items() if len(rows) > size}
    given.rows = [row for rows in pages.values() for row in rows]
    given.by_key = {key: rows for key, rows in pages.items() if key is not None}
