"""What came of a run: rows for each place of the answer, and what the record and the caller are told."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any, Final

from govgraph.clock import rfc3339
from govgraph.errors import GovGraphError
from resolvers.errors import AnswerTooLargeError
from resolvers.planning.paging import Bookmarks, Page
from resolvers.planning.plan import Branch, Plan, Totals, Way
from resolvers.planning.summary import Summary
from resolvers.running.counts import Counts, add, counts
from resolvers.running.pieces import QUICK
from resolvers.running.run import Gathered, argument_key

NO_ROWS: Final[Sequence[Any]] = ()


@dataclass(slots=True)
class Outcome:
    """The rows of each branch as the shaper takes them, and counts of what is delivered.

    `persons` are the distinct persons over all types, in normal form.
    """

    groups: list[Any]
    errors: list[tuple[Branch, GovGraphError]] = field(default_factory=list)
    absent: dict[tuple[str, ...], Branch] = field(default_factory=dict)
    twice: dict[tuple[str, ...], Branch] = field(default_factory=dict)
    returned: set[str] = field(default_factory=set)
    rows: Counts = field(default_factory=counts)
    subjects: dict[str, set[str]] = field(default_factory=dict)
    dirt: Counts = field(default_factory=counts)
    sources: dict[str, str] = field(default_factory=dict)
    freshness: dict[str, str] = field(default_factory=dict)
    suppressed: set[tuple[str, ...]] = field(default_factory=set)
    figures: int = 0
    values: int = 0
    persons: tuple[str, ...] = ()


class Distribution:
    """Hands the rows of the steps to the places of the answer, parents first."""

    def __init__(
        self, plan: Plan, gathered: Sequence[Gathered], binds: Mapping[str, Any], bookmarks: Bookmarks
    ) -> None:
        self.plan = plan
        self.gathered = gathered
        self.binds = binds
        self.bookmarks = bookmarks
        self.outcome = Outcome(groups=[None] * len(plan.branches))
        self.delivered: list[list[Any]] = [[] for _ in plan.branches]

    def outcome_of_all(self, most: int) -> Outcome:
        """Return the outcome over all branches and steps. Raises where it holds more than `most` values."""
        for branch in self.plan.branches:
            self.branch(branch)
        self.outcome.values = self.count_values(most)
        self.count_rows()
        self.tell_sources()
        return self.outcome

    def branch(self, branch: Branch) -> None:
        """Hand one branch its rows, or its error."""
        given = self.gathered[branch.step]
        if branch.parent is not None and self.outcome.groups[branch.parent] is None:
            return
        if given.error is not None:
            if branch.parent is None or self.delivered[branch.parent]:
                self.outcome.errors.append((branch, given.error))
            return
        if branch.totals is not None:
            self.outcome.groups[branch.number] = self.totals(branch, branch.totals, given)
        elif branch.summary is not None:
            self.summed(branch, branch.summary, given)
        elif branch.parent is None:
            self.root(branch, given)
        else:
            self.link(branch, given)
        shown = branch.coordinates if self.delivered[branch.number] else branch.link
        self.outcome.returned.update(shown)

    def root(self, branch: Branch, given: Gathered) -> None:
        """Hand a root field its rows."""
        rows = given.rows
        if branch.way is not Way.LIST:
            lookup = self.plan.steps[branch.step].lookup
            key = argument_key(branch.arguments, lookup, self.bookmarks.moment.variables) if lookup else None
            rows = given.by_key.get(key, []) if key is not None else []
            self.note(branch, {len(rows)})
            rows = rows[:1]
        group: Any = rows
        if branch.paging is not None:
            group = self.bookmarks.pages(branch)(rows, None in given.more)
        if given.written is not None:
            group = replace(group, written=given.written)
        self.outcome.groups[branch.number] = group
        self.delivered[branch.number] = rows

    def link(self, branch: Branch, given: Gathered) -> None:
        """Hand a link its rows by the key of each parent row."""
        most = 1 if branch.way is Way.TO_ONE else self.binds[branch.limit] if branch.limit else None
        place, by_key = -1 - branch.key, given.by_key
        parents = self.delivered[branch.parent] if branch.parent is not None else []
        keys = {row[place] for row in parents}
        keys.discard(None)
        groups: dict[Any, Any] = {key: by_key.get(key, NO_ROWS) for key in keys}
        lengths = set(map(len, groups.values()))
        # A page of no rows, or past the end of a connection, tells nothing of what its source holds.
        if most != 0 and not (branch.paging and branch.paging.marks):
            self.note(branch, lengths)
        if most is not None and lengths and max(lengths) > most:
            groups = {key: rows[:most] for key, rows in groups.items()}
        if branch.paging is not None:
            pages = self.bookmarks.pages(branch)
            groups = {key: pages(rows, key in given.more) for key, rows in groups.items()}
            groups[None] = Page()
        self.outcome.groups[branch.number] = groups
        self.delivered[branch.number] = [row for rows in groups.values() for row in rows]

    def totals(self, branch: Branch, totals: Totals, given: Gathered) -> Any:
        """Return the number of rows of a connection, or of each of its parents by key."""
        if branch.parent is None:
            return self.counted(branch, totals, given.rows)
        place = -1 - branch.key
        keys = {row[place] for row in self.delivered[branch.parent]}
        return {key: self.counted(branch, totals, given.by_key.get(key, [])) for key in keys}

    def counted(self, branch: Branch, totals: Totals, groups: Sequence[Any]) -> int | None:
        """Return a number of rows; None where they are about too few persons to be counted."""
        if totals.persons is not None:
            persons = max((row[totals.persons] for row in groups), default=0)
            if persons < self.bookmarks.smallest_group:
                self.outcome.suppressed.add(branch.path)
                return None
        return sum(int(row[totals.rows]) for row in groups)

    def summed(self, branch: Branch, summary: Summary, given: Gathered) -> None:
        """Hand an aggregation the groups that may be shown, those of each parent by its key."""
        if len(given.rows) > summary.most:
            raise AnswerTooLargeError(f"The rows make more than {summary.most} groups", path=branch.path)
        variables, smallest = self.bookmarks.moment.variables, self.bookmarks.smallest_group
        if branch.parent is None:
            groups = self.outcome.groups[branch.number] = summary.shown(given.rows, smallest, variables)
            several = [groups]
            self.outcome.figures += len(groups.rows) * branch.width
        else:
            keys = {row[-1 - branch.key] for row in self.delivered[branch.parent]}
            rows = {key: given.by_key.get(key, []) if key is not None else [] for key in keys}
            below = self.outcome.groups[branch.number] = summary.below(rows, smallest, variables)
            several = [*below.values()]
        if any(one.suppressed for one in several):
            self.outcome.suppressed.add(branch.path)
        if any(one.rows for one in several):
            self.outcome.returned.update(branch.coordinates)

    def note(self, branch: Branch, lengths: Set[int]) -> None:
        """Note that a place has no record, or more than the one it should, by how many each key has."""
        if 0 in lengths:
            self.outcome.absent[branch.path] = branch
        if branch.way is not Way.TO_MANY and lengths and max(lengths) > 1:
            self.outcome.twice[branch.path] = branch

    def count_values(self, most: int) -> int:
        """Return how many values the answer writes out: a row counts at every place that shows it.

        Where it can be told at sight that they are few, it is told how many they are at most.
        """
        if (bound := self.bound_of_values()) <= min(most, QUICK):
            return bound
        total = self.outcome.figures
        above = {branch.parent for branch in self.plan.branches}
        times: dict[int, Counter[int]] = {}
        for branch in self.plan.branches:
            if branch.parent is not None and branch.number in above:
                times[branch.number] = self.times_shown(branch, times)
            width = 1 if branch.totals is not None else max(1, branch.width)
            total += self.rows_shown(branch, times) * width
            if total > most:
                raise AnswerTooLargeError(f"The answer would hold more than {most} values", path=branch.path)
        return total

    def bound_of_values(self) -> int:
        """Return a number that the values of the answer are not above, from the longest list of each link."""
        total, shown = self.outcome.figures, dict[int, int]()
        for branch in self.plan.branches:
            groups = self.outcome.groups[branch.number]
            if branch.totals is not None:
                longest = width = 1
            elif not groups:
                longest = width = 0
            else:
                several = [groups] if branch.parent is None else groups.values()
                longest, width = max(map(len, several), default=0), max(1, branch.width)
            shown[branch.number] = longest if branch.parent is None else longest * shown[branch.parent]
            total += shown[branch.number] * width
        return total

    def times_shown(self, branch: Branch, times: Mapping[int, Counter[int]]) -> Counter[int]:
        """Return how often each row of a link is shown; the rows of a root are shown once each."""
        shown: Counter[int] = Counter()
        for row, found in self.below(branch):
            count = self.times_of(row, branch, times)
            for one in found:
                shown[id(one)] += count
        return shown

    def rows_shown(self, branch: Branch, times: Mapping[int, Counter[int]]) -> int:
        """Return how many rows, or numbers of rows, a branch shows."""
        if branch.number in times:
            return sum(times[branch.number].values())
        if branch.parent is None:
            return 1 if branch.totals is not None else len(self.delivered[branch.number])
        if branch.totals is not None:
            return sum(self.times_of(row, branch, times) for row in self.delivered[branch.parent])
        return sum(self.times_of(row, branch, times) * len(found) for row, found in self.below(branch))

    def times_of(self, row: Sequence[Any], branch: Branch, times: Mapping[int, Counter[int]]) -> int:
        """Return how often a row above a branch is shown."""
        above = times.get(branch.parent) if branch.parent is not None else None
        return 1 if above is None else above[id(row)]

    def below(self, branch: Branch) -> Iterator[tuple[Sequence[Any], Sequence[Any]]]:
        """Yield the rows above a link, each with the rows that the link leads to."""
        groups = self.outcome.groups[branch.number]
        place = -1 - branch.key
        for row in self.delivered[branch.parent or 0] if groups else ():
            yield row, groups.get(row[place]) or ()

    def count_rows(self) -> None:
        """Count delivered rows once each, and the persons they are about."""
        outcome = self.outcome
        for number, places in self.plan.places.items():
            step = self.plan.steps[number]
            rows: Sequence[Any] = self.delivered[places[0]] if places else ()
            if len(places) > 1:
                rows = [*{id(row): row for place in places for row in self.delivered[place]}.values()]
            if rows:
                outcome.rows[step.resource] += len(rows)
            if step.subject is not None and rows:
                persons = {row[step.subject] for row in rows} - {None}
                if persons:
                    outcome.subjects.setdefault(step.resource, set()).update(persons)
        if outcome.subjects:
            outcome.persons = tuple(set().union(*outcome.subjects.values()))

    def tell_sources(self) -> None:
        """Tell how each source that was asked behaved, how fresh it is, and what dirt it held."""
        for step, given in zip(self.plan.steps, self.gathered, strict=True):
            add(self.outcome.dirt, given.dirt)
            if not given.asked:
                continue
            code = given.error.code if given.error else "answered"
            if self.outcome.sources.get(step.source, "answered") == "answered":
                self.outcome.sources[step.source] = code
            if given.finished is not None:
                self.outcome.freshness[step.source] = rfc3339(given.finished)
