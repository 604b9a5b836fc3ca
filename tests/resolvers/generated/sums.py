"""Rows counted and summed up in groups, and what is kept back because it is about too few persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from schema.catalog import CatalogField, Resource
from schema.meaning import Figure, SummaryFact, SummaryPart
from tests.resolvers.generated.asking import Asked
from tests.resolvers.generated.cities import Row
from tests.resolvers.generated.values import as_answered, grouped, meant, normal
from tests.resolvers.where_model import COMPARED

SIX = Decimal("0.000001")
Rows = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Summed:
    """What an aggregation shows, whether anything of it is kept back, and whether any group is shown."""

    data: dict[str, Any]
    suppressed: bool
    any_group: bool


class Sums:
    """Sums up rows of one resource for a caller that is told of `smallest` persons or more."""

    def __init__(self, resource: Resource, smallest: int) -> None:
        self.resource = resource
        self.smallest = smallest

    def answer(self, asked: Asked, rows: Rows) -> Summed:
        """Return what is asked of an aggregation."""
        groups = self.groups(rows, asked.given("groupBy") or ())
        kept = groups if self.resource.subject is None else self.large(groups)
        hidden = [group for group in groups if group not in kept]
        told = bool(hidden) or (self.resource.subject is not None and not kept)
        fitting = [group for group in kept if self.fits(group, asked.given("having"))]
        shown_: dict[str, Any] = {}
        for one in asked.below:
            match one.meaning:
                case SummaryPart():
                    shown_[one.name] = [self.group(one.below, each, kept, hidden) for each in fitting]
                case SummaryFact():
                    shown_[one.name] = told
                case _:
                    shown_[one.name] = one.type_name
        return Summed(shown_, told, bool(fitting))

    def groups(self, rows: Rows, names: Sequence[str]) -> list[Rows]:
        """Return groups of rows that show the same in some fields, in the order of that; null comes last."""
        fields = [self.resource.fields[name] for name in names]
        found: dict[tuple[Any, ...], list[Row]] = {} if fields else {(): []}
        for row in rows:
            found.setdefault(tuple(grouped(one, row[one.name]) for one in fields), []).append(row)
        return [found[key] for key in sorted(found, key=lambda key: [in_order(part) for part in key])]

    def persons(self, rows: Rows) -> int:
        """Return how many persons some rows are about."""
        subject = self.resource.fields[self.resource.subject or ""]
        return len({normal(subject, row[subject.name]) for row in rows} - {None})

    def large(self, groups: Sequence[Rows]) -> list[Rows]:
        """Return the groups about enough persons, less the smallest where it hides the small ones.

        Small groups hide each other where at least two of them are about enough persons together;
        that is certain only where no person is in two groups.
        """
        kept = [group for group in groups if self.persons(group) >= self.smallest]
        small = [group for group in groups if group not in kept]
        apart = self.resource.key == (self.resource.subject,) and len(small) > 1
        hidden = apart and sum(self.persons(group) for group in small) >= self.smallest
        if not small or not kept or hidden:
            return kept
        least = min(kept, key=self.persons)
        return [group for group in kept if group is not least]

    def fits(self, group: Rows, having: Any) -> bool:
        """Return whether a group has the number of rows that the caller asks for."""
        stated = (having or {}).get("count") or {}
        return all(COMPARED[name](len(group), value) for name, value in stated.items() if value is not None)

    def group(self, below: Sequence[Asked], group: Rows, kept: Sequence[Rows], hidden: Sequence[Rows]) -> Any:
        """Return what is asked of a group; `kept` are the groups that may be shown."""
        found: dict[str, Any] = {}
        for one in below:
            match one.meaning:
                case SummaryPart():
                    found[one.name] = self.group(one.below, group, kept, hidden)
                case SummaryFact():
                    found[one.name] = len(group)
                case Figure(_, name, "key"):
                    field = self.resource.fields[name]
                    found[one.name] = grouped(field, group[0][name])
                case Figure(_, name, part):
                    field = self.resource.fields[name]
                    spared = self.kept_back(field, part, group, kept, hidden)
                    found[one.name] = None if spared else figure(field, part, group)
                case _:
                    found[one.name] = one.type_name
        return found

    def kept_back(
        self, one: CatalogField, part: str, group: Rows, kept: Sequence[Rows], hidden: Sequence[Rows]
    ) -> bool:
        """Return whether too few persons gave a figure its value, or it has to hide such a one."""
        if self.resource.subject is None:
            return False

        def support(rows: Rows) -> int:
            return self.persons([row for row in rows if value(one, part, row) is not None])

        if support(group) < self.smallest:
            return True
        few = [support(rows) for rows in (*hidden, *kept) if rows in hidden or support(rows) < self.smallest]
        enough = [rows for rows in kept if support(rows) >= self.smallest]
        return any(few) and max(few) < self.smallest and min(enough, key=support) is group


def value(one: CatalogField, part: str, row: Row) -> Any:
    """Return what a figure looks at: what is different by its normal form, moments and the rest by value."""
    spelled = part == "distinct" and one.type != "DateTime"
    return normal(one, row[one.name]) if spelled else meant(one, row[one.name])


def figure(one: CatalogField, part: str, rows: Rows) -> Any:
    """Return a figure over some rows; without any value there is none."""
    values = [found for row in rows if (found := value(one, part, row)) is not None]
    if part == "distinct":
        return len(set(values))
    if not values:
        return None
    match part:
        case "min" | "max":
            return as_answered(one, min(values) if part == "min" else max(values))
        case "sum":
            return six_places(sum(map(Decimal, values), Decimal(0)))
    return six_places(sum(map(Decimal, values), Decimal(0)) / len(values))


def six_places(number: Decimal) -> str:
    """Return a number with at most six decimals, without zeros behind them."""
    text = format(number.quantize(SIX), "f")
    return text.rstrip("0").rstrip(".")


def in_order(part: Any) -> tuple[bool, Any]:
    """Return what the key of a group is ordered by."""
    return (part is None, 0 if part is None else part)
