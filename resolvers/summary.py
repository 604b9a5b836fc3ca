"""Groups as the caller sees them: those about too few persons are left out, and so is what would betray them.

A group about fewer than `smallest` persons is not shown, and none of its figures is. Because its
figures could be had by taking those that are shown from a total, one more group is left out where
the others do not hide each other; likewise for each figure that too few persons gave a value to.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from types import MappingProxyType
from typing import Any

from resolvers.arguments import Leaf

SIX = Decimal("0.000001")
COMPARED: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {"eq": eq, "gt": gt, "gte": ge, "lt": lt, "lte": le}
)
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Amount:
    """One value of a group: a cell, divided by another where `by` names one.

    `support` is the cell with the number of persons whose values it is made of; `exact` amounts are
    decimals, to six places.
    """

    cell: int
    support: int | None = None
    by: int | None = None
    exact: bool = False

    def of(self, row: Row) -> Any:
        """Return the amount of a group."""
        value = row[self.cell]
        if value is None or not self.exact:
            return value
        number = Decimal(value) if self.by is None else Decimal(value) / row[self.by]
        rounded = number.quantize(SIX) if abs(number) < Decimal(10) ** 21 else number
        text = format(rounded, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class Groups:
    """What is shown of an aggregation."""

    rows: Sequence[Row]
    suppressed: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """How groups become an answer. `keys`, `count` and `persons` are cells; without `persons` all is shown.

    `one_row_each` says that no person is in two groups.
    """

    keys: tuple[int, ...]
    count: int
    persons: int | None
    amounts: tuple[Amount, ...]
    having: tuple[tuple[str, Leaf], ...]
    one_row_each: bool

    def shown(self, groups: Sequence[Row], smallest: int, variables: Mapping[str, Any]) -> Groups:
        """Return the groups that are shown and fit `having`, in the order of their keys."""
        ordered = sorted(groups, key=self.place)
        kept = ordered if self.persons is None else self.large(ordered, self.persons, smallest)
        shown = {id(row) for row in kept}
        hidden = [row for row in ordered if id(row) not in shown]
        columns = [self.column(amount, kept, hidden, smallest) for amount in self.amounts]
        rows = [
            values
            for row, *values in zip(kept, *columns, strict=True)
            if all(COMPARED[name](row[self.count], leaf.value(variables)) for name, leaf in self.having)
        ]
        return Groups(rows, bool(hidden) or (self.persons is not None and not kept))

    def place(self, row: Row) -> tuple[Any, ...]:
        """Return what groups are ordered by: null after every value."""
        return tuple((row[cell] is None, "" if row[cell] is None else row[cell]) for cell in self.keys)

    def large(self, groups: Sequence[Row], persons: int, smallest: int) -> Sequence[Row]:
        """Return the groups that hide nobody: those large enough, less one where that one is needed."""
        kept = [row for row in groups if row[persons] >= smallest]
        small = [row for row in groups if row[persons] < smallest]
        if not small or not kept:
            return kept
        if self.one_row_each and len(small) > 1 and sum(row[persons] for row in small) >= smallest:
            return kept
        least = min(kept, key=lambda row: row[persons])
        return [row for row in kept if row is not least]

    def column(self, amount: Amount, kept: Sequence[Row], hidden: Sequence[Row], smallest: int) -> list[Any]:
        """Return an amount of every group shown; null where too few persons gave it a value."""
        if amount.support is None:
            return [amount.of(row) for row in kept]
        supports = [row[amount.support] for row in kept]
        few = [row[amount.support] for row in hidden] + [one for one in supports if one < smallest]
        enough = [one for one in supports if one >= smallest]
        spared = None
        if any(few) and max(few) < smallest and enough:
            spared = supports.index(min(enough))
        return [
            None if supports[place] < smallest or place == spared else amount.of(row)
            for place, row in enumerate(kept)
        ]
