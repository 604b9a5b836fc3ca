"""What is known of a streamed answer so far: its parts put together, without their rows."""

from dataclasses import dataclass, field

from govgraph.errors import GovGraphError
from resolvers.planning.plan import Branch, Plan
from resolvers.running.bulk import BulkBound
from resolvers.running.counts import Counts, add, counts
from resolvers.running.outcome import Outcome
from resolvers.running.run import Key


@dataclass(slots=True)
class Tally:
    """Puts the outcomes of batches together into that of the answer; what it keeps does not grow with rows.

    Rows of a link that several batches show count in each of them, but not against the bound on many
    rows: there each counts once, as in a whole answer. Persons are told by the parts alone.
    """

    plan: Plan
    bulk: BulkBound
    whole: Outcome = field(default_factory=lambda: Outcome(groups=[]))
    seen: set[tuple[int, Key]] = field(default_factory=set)
    counts: Counts = field(default_factory=counts)

    def grants(self, batch: Outcome) -> tuple[str, ...]:
        """Return the grants whose bulk right the answer takes with this batch. Raises `BULK_NOT_GRANTED`."""
        self.count(batch)
        return self.bulk.check_found(self.plan, self.counts)

    def add(self, batch: Outcome) -> None:
        """Add a batch whose record is durable."""
        whole = self.whole
        add(whole.rows, batch.rows)
        add(whole.dirt, batch.dirt)
        whole.absent |= batch.absent
        whole.twice |= batch.twice
        whole.returned |= batch.returned
        whole.suppressed |= batch.suppressed
        whole.freshness = {**batch.freshness, **whole.freshness}  # true since the first of it was read
        self.add_failures(batch)

    def add_failures(self, batch: Outcome) -> None:
        """Add what failed: each failure of a place once, and how each source behaved at its worst."""
        known = {(branch.number, error.code) for branch, error in self.whole.errors}
        self.whole.errors += [one for one in batch.errors if (one[0].number, one[1].code) not in known]
        failed = {name: code for name, code in self.whole.sources.items() if code != "answered"}
        self.whole.sources = {**self.whole.sources, **batch.sources, **failed}

    def failed(self, branch: Branch, error: GovGraphError) -> None:
        """Add what ended the list before its end."""
        self.whole.errors.append((branch, error))

    def count(self, batch: Outcome) -> None:
        """Count rows against the bound on many rows."""
        for branch in self.plan.branches:
            groups = batch.groups[branch.number]
            if groups is None or branch.totals is not None or branch.summary is not None:
                continue
            if branch.parent is None:
                self.counts[branch.resource] += len(groups)
            elif branch.resource in self.bulk.permissions.bulk:
                self.counts[branch.resource] += sum(len(rows) for rows in groups.values())
            else:
                self.count_once(branch, groups)

    def count_once(self, branch: Branch, groups: dict[Key, list[object]]) -> None:
        """Count the rows that each key leads to, once; the bound on them bounds the keys kept here."""
        for key, rows in groups.items():
            if rows and (branch.step, key) not in self.seen:
                self.seen.add((branch.step, key))
                self.counts[branch.resource] += len(rows)
