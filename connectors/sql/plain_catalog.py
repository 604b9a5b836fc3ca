"""Tables and views out of the rows of a catalogue: one row for each column, with its keys and comments.

Each row holds table, column, type, precision, scale, whether it may be null, comment, comment of the table,
and its place in the primary key.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.model import ColumnType, Entity, EntityColumn
from connectors.sql.tables import Description

Type = Callable[[str, int | None, int | None], ColumnType | None]
FILLED_UP = frozenset({"char", "nchar"})


def descriptions(rows: Sequence[Sequence[Any]], schema: str, type_of: Type) -> Sequence[Description]:
    """Return the tables and views; a column whose type is None is not on offer."""
    tables: dict[str, list[Sequence[Any]]] = {}
    for row in rows:
        if type_of(str(row[2]).lower(), row[3], row[4]) is not None:
            tables.setdefault(row[0], []).append(row)
    return [_description(name, found, schema, type_of) for name, found in tables.items()]


def _description(name: str, rows: Sequence[Sequence[Any]], schema: str, type_of: Type) -> Description:
    types: Mapping[str, ColumnType | None] = {
        row[1]: type_of(str(row[2]).lower(), row[3], row[4]) for row in rows
    }
    columns = tuple(
        EntityColumn(row[1], types[row[1]] or ColumnType.OTHER, bool(row[5]), row[6] or "") for row in rows
    )
    in_key = sorted((row for row in rows if row[8] is not None), key=lambda row: int(row[8]))
    entity = Entity(name, columns, tuple(row[1] for row in in_key), rows[0][7] or "")
    padded = frozenset(row[1] for row in rows if str(row[2]).lower() in FILLED_UP)
    return Description(entity, schema, padded=padded)
