"""Which rows are chosen, and in what order: grants, `where`, links and `orderBy` over rows in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cmp_to_key, partial
from typing import Any

from auth.filters import Attribute, Condition, YearsBeforeToday
from govgraph.clock import years_before
from schema.catalog import CatalogField, Link, Resource
from schema.types import normalise, variants
from tests.resolvers.generated.cities import TODAY, City, Row
from tests.resolvers.generated.values import (
    READ_WHOLE,
    instant,
    key_of,
    meant,
    normal,
    placed,
    sized,
    trimmed,
)
from tests.resolvers.where_model import COMPARED, Truth, both, opposite


@dataclass(frozen=True, slots=True)
class Step:
    """What rows are ordered by: a field of the row, or of the row that links lead to, one after another."""

    links: tuple[Link, ...]
    field: CatalogField
    descending: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """The place of a row in an order, which a cursor holds."""

    values: tuple[Any, ...]


class Choice:
    """Chooses rows of one city for its caller."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.filters = city.permissions.row_filters
        self.resources: Mapping[str, Resource] = city.catalog.resources

    def opened(self, name: str) -> list[Row]:
        """Return the rows of a resource that the grant opens: every condition of its filter is true."""
        rows = self.filters.get(name)
        conditions = rows.conditions if rows else ()
        return [
            row
            for row in self.city.rows[name]
            if all(self.granted(self.resources[name], row, one) is True for one in conditions)
        ]

    def granted(self, resource: Resource, row: Row, one: Condition) -> Truth:
        """Return whether a condition of a grant is true of a row."""
        field, value, operator = resource.fields[one.field], one.value, str(one.operator)
        if isinstance(value, YearsBeforeToday):
            value = years_before(TODAY, value.years).isoformat()
        if isinstance(value, Attribute):
            brought = self.city.principal.subject if value.name == "subject" else None
            if brought is None:  # nobody is equal to a caller who is not there, nor different from one
                return False
            value = brought
        given: Any = list(value) if isinstance(value, tuple) else value
        if operator == "startsWith":
            cell = row[field.name]
            return None if cell is None else cell.startswith(str(given))
        return compared(field, row[field.name], operator, given)

    def chosen(self, name: str, rows: Sequence[Row], where: Mapping[str, Any] | None) -> list[Row]:
        """Return the rows on which a condition of the caller is true; without one, all."""
        return [row for row in rows if not where or self.holds(name, row, where) is True]

    def holds(self, name: str, row: Row, where: Mapping[str, Any]) -> Truth:
        """Return whether every entry of a condition is true; one that is null is not given."""
        given = [(key, below) for key, below in where.items() if below is not None]
        return both([self.entry(name, row, key, below) for key, below in given])

    def entry(self, name: str, row: Row, key: str, below: Any) -> Truth:
        """Return whether one entry is true of a row."""
        if key == "and":
            return both([self.holds(name, row, one) for one in below])
        if key == "or":
            return opposite(both([opposite(self.holds(name, row, one)) for one in below]))
        if key == "not":
            return opposite(self.holds(name, row, below))
        resource = self.resources[name]
        if key in resource.links:
            return self.across(resource, row, resource.links[key], below)
        field = resource.fields[key]
        return both([compared(field, row[key], operator, value) for operator, value in below.items()])

    def across(self, resource: Resource, row: Row, link: Link, below: Mapping[str, Any]) -> Truth:
        """Return whether the rows across a link meet what is asked of them."""
        asked = {"some": below} if link.one else below
        truths: list[Truth] = []
        for quantifier, where in asked.items():
            if where is not None:
                held = [self.holds(link.target, one, where) is True for one in self.met(resource, row, link)]
                truths.append(
                    all(held) if quantifier == "every" else (True in held) is (quantifier == "some")
                )
        return both(truths)

    def met(self, resource: Resource, row: Row, link: Link) -> list[Row]:
        """Return the rows that a condition across a link looks at; a key nobody can look for meets none."""
        mine = [key_of(resource.fields[name], row[name]) for name, _ in link.by]
        if None in mine or not admitted(resource, row, link.when):
            return []
        fields = self.resources[link.target].fields
        return [
            one
            for one in self.opened(link.target)
            if admitted(self.resources[link.target], one, link.target_when)
            and mine == [normal(fields[name], one[name]) for _, name in link.by]
        ]

    def linked(self, resource: Resource, row: Row, link: Link) -> list[Row] | None:
        """Return the rows that a link leads to; None where the row has no key to follow it with."""
        mine = [normal(resource.fields[name], row[name]) for name, _ in link.by]
        if None in mine or not admitted(resource, row, link.when):
            return None
        target = self.resources[link.target]
        rows = [one for one in self.opened(link.target) if admitted(target, one, link.target_when)]
        return self.found(link.target, rows, tuple(name for _, name in link.by), mine)

    def found(self, name: str, rows: Sequence[Row], by: Sequence[str], keys: Sequence[Any]) -> list[Row]:
        """Return the rows whose keys, in spellings that can be looked for, are these."""
        fields = self.resources[name].fields
        return [row for row in rows if [key_of(fields[one], row[one]) for one in by] == list(keys)]

    def steps(self, name: str, order: Sequence[Mapping[str, str]] | None) -> list[Step]:
        """Return the total order: what the caller asks for, then the key as its source spells it."""
        return [self.step(name, key, way) for one in order or () for key, way in one.items()]

    def step(self, name: str, key: str, way: Any) -> Step:
        """Return one step of an order; `way` is its direction, or leads on from the row across a link."""
        resource = self.resources[name]
        if not isinstance(way, Mapping):
            return Step((), resource.fields[key], way == "DESC")
        [(inner, beyond)] = way.items()
        link = resource.links[key]
        last = self.step(link.target, inner, beyond)
        return Step((link, *last.links), last.field, last.descending)

    def rank(self, name: str, row: Row, step: Step) -> Any:
        """Return what a row is ordered by in a step; a row that leads nowhere has nothing."""
        for link in step.links:
            found = self.linked(self.resources[name], row, link)
            if not found:
                return None
            name, row = link.target, self.ordered(link.target, found, ())[0]
        return placed(step.field, row[step.field.name])

    def mark(self, name: str, steps: Sequence[Step], row: Row) -> Mark:
        """Return the place of a row."""
        key = [row[one] for one in self.resources[name].key]
        return Mark((*(self.rank(name, row, step) for step in steps), *key))

    def ordered(self, name: str, rows: Sequence[Row], steps: Sequence[Step]) -> list[Row]:
        """Return rows in order."""
        marked = [(self.mark(name, steps, row), row) for row in rows]
        in_order = cmp_to_key(partial(compared_rows, steps))
        return [row for _, row in sorted(marked, key=in_order)]


def compared_places(steps: Sequence[Step], one: Mark, other: Mark) -> int:
    """Return which of two places comes first, below zero for the first; null stands after every value."""
    for number, (left, right) in enumerate(zip(one.values, other.values, strict=True)):
        if left != right:
            before = right is None or (left is not None and left < right)
            turned = number < len(steps) and steps[number].descending
            return 1 if before is turned else -1
    return 0


def compared_rows(steps: Sequence[Step], one: tuple[Mark, Row], other: tuple[Mark, Row]) -> int:
    """Return which of two rows comes first, each with its place."""
    return compared_places(steps, one[0], other[0])


def compared(field: CatalogField, cell: str | None, operator: str, value: Any) -> Truth:
    """Return whether a cell stands in a relation to a value; against null nothing is true."""
    if value is None:
        return None
    if operator == "isNull":
        return (cell is None) is (value in (True, "true"))
    if operator in ("eq", "in"):
        return equal(field, cell, value)
    if operator in ("ne", "notIn"):
        return None if cell is None else opposite(equal(field, cell, value))
    if operator in ("startsWith", "contains"):
        here: Any = trimmed(field, cell)
        return None if here is None else COMPARED[operator](here, value)
    here = sized(field, cell)
    return None if here is None else COMPARED[operator](here, stated(field, value))


def equal(field: CatalogField, cell: str | None, value: Any) -> Truth:
    """Return whether a cell is one of some values, in a spelling that its source is known to hold."""
    values = [one for one in (value if isinstance(value, list) else [value]) if one is not None]
    spellings = [spelling for one in values for spelling in spelled(field, one)]
    here = meant(field, cell)
    if not spellings:
        return False
    return None if here is None else here in spellings


def spelled(field: CatalogField, value: Any) -> list[Any]:
    """Return everything that a source may hold for a value."""
    if field.codes:
        return [code.stored for code in field.codes if code.name == value]
    if field.type in READ_WHOLE:
        return [stated(field, value)]
    form = normalise(field.type, value)
    return [] if form is None else list(variants(field.type, field.variants, form))


def stated(field: CatalogField, value: Any) -> Any:
    """Return a value of a caller or of a grant as what cells of the field are compared as."""
    match field.type:
        case "Int" | "Long":
            return int(value)
        case "Decimal":
            return Decimal(str(value))
        case "Boolean":
            return value in (True, "true")
        case "DateTime":
            return instant(normalise(field.type, value) or value)
    return normalise(field.type, value) or value


def admitted(resource: Resource, row: Row, when: Sequence[tuple[str, str]]) -> bool:
    """Return whether a row meets the constant conditions of a link's end."""
    return all(compared(resource.fields[name], row[name], "eq", value) is True for name, value in when)
