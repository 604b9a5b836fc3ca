"""Which columns of a table hold the keys of another, as the source's own constraints declare it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connectors.model import Reference
from connectors.sql.tables import Description


def with_references(
    descriptions: Sequence[Description], rows: Iterable[Sequence[Any]]
) -> Sequence[Description]:
    """Return the descriptions with their references.

    `rows` are table, constraint, column, other table and its column, each constraint's in their order.
    A column of the other table that is None is the one at that place of its key.
    """
    keys = {description.entity.name: description.entity.key for description in descriptions}
    found = references(rows, keys)
    return [
        replace(one, entity=replace(one.entity, references=found.get(one.entity.name, ())))
        for one in descriptions
    ]


def references(
    rows: Iterable[Sequence[Any]], keys: Mapping[str, Sequence[str]]
) -> Mapping[str, tuple[Reference, ...]]:
    """Return the references of each table; one whose other table is not on offer is left out."""
    pairs: dict[tuple[str, Any, str], list[tuple[str, str | None]]] = {}
    for table, constraint, column, other, target in rows:
        pairs.setdefault((table, constraint, other), []).append((column, target))
    found: dict[str, tuple[Reference, ...]] = {}
    for (table, _, other), columns in pairs.items():
        targets = _targets(columns, keys.get(other, ()))
        if other in keys and targets:
            own = tuple(column for column, _ in columns)
            found[table] = (*found.get(table, ()), Reference(own, other, targets))
    return found


def _targets(columns: Sequence[tuple[str, str | None]], key: Sequence[str]) -> tuple[str, ...]:
    named = tuple(target for _, target in columns if target is not None)
    if len(named) == len(columns):
        return named
    return tuple(key) if len(key) == len(columns) else ()
