"""Groups of rows: summed up by the source where it can, else here over a bounded number of rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from connectors.grouping import grouped, outputs_of
from connectors.model import Binds, Capability, Grouping, Read, Row
from govgraph.errors import CallerError
from govgraph.expressions.terms import Constant
from resolvers.planning.pushdown import Finish, split

MOST_ROWS = 10_000
"""Rows that are summed up here, where their source cannot."""

Finished = Callable[[Sequence[Row], Binds], Sequence[Row]]


class TooManyRowsError(CallerError):
    """Rows of a source that cannot sum up are more than the platform sums up in its place."""

    code = "TOO_MANY_ROWS"
    status = 200
    remedy = "Narrow the rows with `where`."


@dataclass(frozen=True, slots=True)
class Summing:
    """Sums up rows that came one by one; `finish` is what their source left to do before."""

    grouping: Grouping
    finish: Finish | None

    def __call__(self, rows: Sequence[Row], binds: Binds) -> Sequence[Row]:
        """Return one row for each group."""
        whole = self.finish(rows, binds) if self.finish else rows
        if len(whole) > MOST_ROWS:
            raise TooManyRowsError(f"More than {MOST_ROWS} rows would be summed up")
        return grouped(self.grouping, whole)


def divided(read: Read, capabilities: frozenset[Capability]) -> tuple[Read, Finished | None]:
    """Return what to ask of a source, and what is left to do with its rows."""
    if read.grouping is None:
        return split(read, capabilities)
    needed = {Capability.AGGREGATE, Capability.COMPUTE, Capability.LIMIT}
    needed |= {Capability.FILTER} if read.predicate is not None else set()
    if needed <= capabilities:
        return read, None
    rows = replace(read, grouping=None, outputs=outputs_of(read.grouping), limit=Constant(MOST_ROWS + 1))
    pushed, finish = split(rows, capabilities)
    return pushed, Summing(read.grouping, finish)
