"""What `where` means, written plainly over rows in memory: the measure for every source."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from schema.catalog import Catalog, CatalogField, Link
from schema.types import normalise, variants
from tests.resolvers.small_world import Rows

Row = Mapping[str, str | None]
Truth = bool | None
COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, given: value == given,
    "ne": lambda value, given: value != given,
    "in": lambda value, given: value in given,
    "notIn": lambda value, given: value not in given,
    "gt": lambda value, given: value > given,
    "gte": lambda value, given: value >= given,
    "lt": lambda value, given: value < given,
    "lte": lambda value, given: value <= given,
    "startsWith": lambda value, given: value.startswith(given),
    "contains": lambda value, given: given in value,
}


def shown(field: CatalogField, raw: str | None) -> Any:
    """Return a cell as a caller sees it whole."""
    if raw is None:
        return None
    match field.type:
        case "Enum":
            return next((code.name for code in field.codes if code.stored == raw), None)
        case "Int":
            return int(raw) if re.fullmatch("-?[0-9]{1,18}", raw) else None
        case "Decimal":
            return Decimal(raw) if re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{0,18})?", raw) else None
        case "Date":
            return day(raw.strip())
    return normalise(field.type, raw)


def day(text: str) -> str | None:
    """Return a day of the calendar as ISO 8601."""
    plain = text.replace("/", "-") if len(text) == 10 else f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        return date.fromisoformat(plain).isoformat()
    except ValueError:
        return None


def given_value(field: CatalogField, value: Any) -> Any:
    """Return a value of the caller in the form in which it is compared."""
    if isinstance(value, list):
        return [given_value(field, one) for one in value]
    return Decimal(value) if field.type == "Decimal" and isinstance(value, str) else value


def both(truths: list[Truth]) -> Truth:
    """Return the conjunction in three-valued logic."""
    return False if False in truths else None if None in truths else True


def opposite(truth: Truth) -> Truth:
    """Return the negation in three-valued logic."""
    return None if truth is None else not truth


class Model:
    """Rows, and which of them a condition is true of."""

    def __init__(self, catalog: Catalog, rows: Rows) -> None:
        self.catalog = catalog
        self.rows = rows

    def chosen(self, table: str, where: Mapping[str, Any]) -> list[str]:
        """Return the keys of the rows on which a condition is true."""
        key = self.catalog.resources[table].key[0]
        return sorted(str(row[key]) for row in self.rows[table] if self.holds(table, row, where) is True)

    def holds(self, table: str, row: Row, where: Mapping[str, Any]) -> Truth:
        """Return whether every entry of a condition is true of a row."""
        given = [(name, below) for name, below in where.items() if below is not None]
        return both([self.entry(table, row, entry) for entry in given])

    def entry(self, table: str, row: Row, entry: tuple[str, Any]) -> Truth:
        """Return whether one entry is true of a row."""
        name, below = entry
        if name == "and":
            return both([self.holds(table, row, one) for one in below])
        if name == "or":
            parts = [opposite(self.holds(table, row, one)) for one in below]
            return opposite(both(parts))
        if name == "not":
            return opposite(self.holds(table, row, below))
        resource = self.catalog.resources[table]
        if name in resource.links:
            return self.across(table, row, (resource.links[name], below))
        field = resource.fields[name]
        return both([compared(field, row[name], one) for one in below.items()])

    def across(self, table: str, row: Row, asked: tuple[Link, Any]) -> Truth:
        """Return whether the rows across a link meet what is asked of them."""
        link, below = asked
        wanted = {"some": below} if link.one else below
        return both([self.quantified(table, row, link, one) for one in wanted.items()])

    def quantified(self, table: str, row: Row, link: Link, asked: tuple[str, Any]) -> Truth:
        """Return whether some, none or every row across a link meets a condition."""
        name, where = asked
        held = [self.holds(link.target, one, where) for one in self.linked(table, row, link)]
        if name == "every":
            return all(one is True for one in held)
        return (True in held) is (name == "some")

    def linked(self, table: str, row: Row, link: Link) -> list[Row]:
        """Return the rows across a link; a key in a spelling nobody declared finds none."""
        own, target = self.catalog.resources[table], self.catalog.resources[link.target]
        if not admitted(own.fields, row, link.when):
            return []
        mine = [key(own.fields[name], row[name]) for name, _ in link.by]
        theirs = [name for _, name in link.by]
        return [
            one
            for one in self.rows[link.target]
            if None not in mine
            and admitted(target.fields, one, link.target_when)
            and mine == [shown(target.fields[name], one[name]) for name in theirs]
        ]


def key(field: CatalogField, raw: str | None) -> Any:
    """Return a cell as a key."""
    value = shown(field, raw)
    return value if declared(field, raw, value) else None


def declared(field: CatalogField, raw: str | None, value: Any) -> bool:
    """Return whether a cell is spelled as its source is known to spell it."""
    return field.type not in ("IdNumber", "Text") or (
        value is not None and raw in variants(field.type, field.variants, value)
    )


def admitted(fields: Mapping[str, CatalogField], row: Row, when: tuple[tuple[str, str], ...]) -> bool:
    """Return whether a row meets a link's constant conditions."""
    return all(shown(fields[name], row[name]) == value for name, value in when)


def compared(field: CatalogField, raw: str | None, stated: tuple[str, Any]) -> Truth:
    """Return whether a cell stands in a relation to a value."""
    operator, value = stated
    if operator == "isNull" and value is not None:
        return (raw is None) is value
    if (operator, value) == ("in", []):
        return False
    if value is None or raw is None:
        return None
    here = shown(field, raw)
    if here is None and field.type in ("Int", "Decimal", "Date"):
        return True if value == [] else None
    if operator in ("eq", "in", "ne", "notIn") and not declared(field, raw, here):
        return operator in ("ne", "notIn")
    return COMPARED[operator](here, given_value(field, value))
