"""Groups as the caller sees them: those about too few persons are left out, and so is what would betray them.

A group about fewer than `smallest` persons is not shown, and none of its figures is. Because its
figures could be had by taking those that are shown from a total, one more group is left out where
the others do not hide each other; likewise for each figure that too few persons gave a value to.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from operator import eq, ge, gt, le, lt
from types import MappingProxyType
from typing import Any

from resolvers.documents.arguments import Leaf

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

    def __iter__(self) -> Iterator[Row]:
        """Return the groups one by one."""
        return iter(self.rows)

    def __len__(self) -> int:
        """Return the number of groups."""
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Summary:
    """How groups become an answer. `keys`, `count` and `persons` are cells; without `persons` all is shown.

    `one_row_each` says that no person is in two groups, `most` how many groups there may be. `empty`
    stands for the group of a parent that has no rows; None where a parent may have no group. `decimals`
    are the keys that hold a number as text.
    """

    keys: tuple[int, ...]
    count: int
    persons: int | None
    amounts: tuple[Amount, ...]
    having: tuple[tuple[str, Leaf], ...]
    one_row_each: bool
    most: int = 0
    empty: Row | None = None
    decimals: frozenset[int] = frozenset()

    def shown(self, groups: Sequence[Row], smallest: int, variables: Mapping[str, Any]) -> Groups:
        """Return the groups that are shown and fit `having`, in the order of their keys."""
        return self.below({(): groups}, smallest, variables)[()]

    def below(
        self, groups: Mapping[Any, Sequence[Row]], smallest: int, variables: Mapping[str, Any]
    ) -> dict[Any, Groups]:
        """Return the same for each parent by its key. No parent's total betrays a group, nor that of all.

        None stands for the parents without a key, which have no rows.
        """
        tables = {key: self.table(rows) for key, rows in groups.items()}
        with_key = [rows for key, rows in tables.items() if key is not None]
        hidden = self.hidden([*chain(*with_key)], set(), smallest)
        for rows in tables.values():
            hidden |= self.hidden(rows, hidden, smallest)
        silent = [self.silent(amount, [*chain(*with_key)], hidden, smallest) for amount in self.amounts]
        for rows in tables.values():
            for amount, known in zip(self.amounts, silent, strict=True):
                known.update(self.silent(amount, rows, hidden | known, smallest))
        shown = Showing(self, hidden, silent, variables)
        return {key: shown.groups(rows) for key, rows in tables.items()}

    def table(self, groups: Sequence[Row]) -> list[Row]:
        """Return the groups of one parent in the order of their keys, the empty one where there is none."""
        if not groups and self.empty is not None:
            return [list(self.empty)]
        return sorted(groups, key=self.place)

    def place(self, row: Row) -> tuple[Any, ...]:
        """Return what groups are ordered by: null after every value."""
        return tuple((row[cell] is None, self.ranked(cell, row[cell])) for cell in self.keys)

    def ranked(self, cell: int, value: Any) -> Any:
        """Return what a key is ordered by."""
        if value is None:
            return ""
        return Decimal(value) if cell in self.decimals else value

    def hidden(self, groups: Sequence[Row], known: Set[int], smallest: int) -> set[int]:
        """Return the groups left out: those known, the small ones, and one more where they need it."""
        if self.persons is None:
            return set()
        persons = {id(row): row[self.persons] for row in groups}
        out = {name for name, count in persons.items() if name in known or count < smallest}
        kept = [name for name in persons if name not in out]
        if out and kept and not self.enough([persons[name] for name in out], smallest):
            out.add(min(kept, key=lambda name: persons[name]))
        return out

    def enough(self, persons: Sequence[int], smallest: int) -> bool:
        """Return whether groups of so many persons hide each other: two, and enough persons for certain."""
        certain = sum(persons) if self.one_row_each else max(persons)
        return len(persons) > 1 and certain >= smallest

    def silent(self, amount: Amount, groups: Sequence[Row], known: Set[int], smallest: int) -> set[int]:
        """Return the groups of which an amount is not told: too few persons gave it a value.

        One more keeps it back where the amount of the others would betray it.
        """
        if amount.support is None:
            return set()
        support = {id(row): row[amount.support] for row in groups}
        out = {name for name, persons in support.items() if name in known or persons < smallest}
        few = [support[name] for name in out]
        told = [name for name in support if name not in out]
        if any(few) and max(few) < smallest and told:
            out.add(min(told, key=lambda name: support[name]))
        return out


@dataclass(frozen=True, slots=True)
class Showing:
    """What of the groups is shown: not those `hidden`, and of each amount not those `silent`."""

    summary: Summary
    hidden: Set[int]
    silent: Sequence[Set[int]]
    variables: Mapping[str, Any]

    def groups(self, rows: Sequence[Row]) -> Groups:
        """Return what is shown of the groups of one parent."""
        kept = [row for row in rows if id(row) not in self.hidden]
        some = len(kept) < len(rows) or (self.summary.persons is not None and not kept)
        return Groups([self.amounts(row) for row in kept if self.fits(row)], some)

    def fits(self, row: Row) -> bool:
        """Return whether a group fits `having`."""
        count = row[self.summary.count]
        return all(COMPARED[name](count, leaf.value(self.variables)) for name, leaf in self.summary.having)

    def amounts(self, row: Row) -> list[Any]:
        """Return the amounts of a group; null where it is silent."""
        return [
            None if id(row) in without else amount.of(row)
            for amount, without in zip(self.summary.amounts, self.silent, strict=True)
        ]
