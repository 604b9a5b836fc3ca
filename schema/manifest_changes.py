"""How a resource of a manifest tells its changes: when a row was changed, and which rows are deleted."""

from collections.abc import Mapping
from dataclasses import dataclass

from schema.catalog import CatalogField, Deletion
from schema.marked_yaml import Table
from schema.place import Place

SETTLES = 60
"""Seconds after which a source has no open transaction with an earlier time, where it says nothing else."""
LONGEST = 31 * 86_400


@dataclass(frozen=True, slots=True)
class Changes:
    """The column with the time of a row's last change, and the seconds until such times are settled."""

    column: str | None = None
    settles: int = SETTLES


def read_changes(place: Place, fields: Mapping[str, CatalogField]) -> Changes:
    """Return what `changedAt` says: a field or a column, alone or with the seconds until it is settled."""
    if not isinstance(place.node, Table):
        return Changes(_column(place, fields))
    entry = place.table(("field", "settles"), ("field",))
    settles = entry["settles"].whole_number() if "settles" in entry else SETTLES
    if settles > LONGEST:
        entry["settles"].refuse("Times that settle so late cannot be waited for", f"Write at most {LONGEST}.")
    return Changes(_column(entry["field"], fields) if "field" in entry else None, settles)


def _column(place: Place, fields: Mapping[str, CatalogField]) -> str | None:
    name = place.text()
    if name not in fields:
        return name or None
    if fields[name].type != "DateTime":
        place.refuse("This field does not hold a moment", "Give the field `type: DateTime`.")
    return fields[name].column


def read_deletion(place: Place) -> Deletion | None:
    """Return what `deleted` says, None where it lacks a part."""
    entry = place.table(("column", "value"), ("column", "value"))
    read = {name: one.text() for name, one in entry.items()}
    return Deletion(read["column"], read["value"]) if len(read) == 2 and all(read.values()) else None
