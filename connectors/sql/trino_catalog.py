"""What Trino tells of the tables and views of a schema: names and types; it knows no keys."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from connectors.model import ColumnType, Entity, EntityColumn
from connectors.sql.tables import Description

COLUMNS = """
SELECT table_name, column_name, lower(data_type) AS data_type, is_nullable
FROM information_schema.columns
WHERE table_schema = ?
ORDER BY table_name, ordinal_position
"""
TYPES: Mapping[str, ColumnType] = MappingProxyType(
    {
        **dict.fromkeys(("varchar", "char"), ColumnType.TEXT),
        **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), ColumnType.INTEGER),
        **dict.fromkeys(("decimal", "real", "double"), ColumnType.DECIMAL),
        "boolean": ColumnType.BOOLEAN,
        "date": ColumnType.DATE,
        "timestamp": ColumnType.DATETIME,
        "varbinary": ColumnType.BYTES,
    }
)
PRECISION = re.compile(r"\([0-9, ]*\)")


def descriptions(rows: Sequence[Sequence[Any]], schema: str) -> Sequence[Description]:
    """Return the tables and views that `COLUMNS` found in a schema."""
    tables: dict[str, list[Sequence[Any]]] = {}
    for row in rows:
        tables.setdefault(row[0], []).append(row)
    return [_description(name, columns, schema) for name, columns in tables.items()]


def _description(name: str, rows: Sequence[Sequence[Any]], schema: str) -> Description:
    plain = {row[1]: PRECISION.sub("", row[2]) for row in rows}
    columns = tuple(EntityColumn(row[1], _type(plain[row[1]]), row[3] != "NO") for row in rows)

    def of(kind: str) -> frozenset[str]:
        return frozenset(column for column, type_ in plain.items() if type_ == kind)

    return Description(
        Entity(name, columns),
        schema,
        padded=of("char"),
        exact=of("decimal"),
        zoned=of("timestamp with time zone"),
    )


def _type(plain: str) -> ColumnType:
    return TYPES.get(
        plain.removesuffix(" with time zone") if "timestamp" in plain else plain, ColumnType.OTHER
    )
