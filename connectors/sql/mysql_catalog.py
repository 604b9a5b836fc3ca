"""What MariaDB and MySQL tell of their tables and views: columns, keys, comments, collations."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.model import ColumnType, Entity, EntityColumn
from connectors.sql.tables import Description

COLUMNS = """
SELECT c.table_name, c.column_name, lower(c.data_type), lower(c.column_type), c.is_nullable,
       c.column_comment, t.table_comment, t.table_type, c.character_maximum_length, c.collation_name,
       k.ordinal_position
FROM information_schema.tables t
JOIN information_schema.columns c ON c.table_schema = t.table_schema AND c.table_name = t.table_name
LEFT JOIN information_schema.key_column_usage k
  ON k.constraint_name = 'PRIMARY' AND k.table_schema = c.table_schema AND k.table_name = c.table_name
 AND k.column_name = c.column_name
WHERE t.table_schema = ? AND t.table_type IN ('BASE TABLE', 'VIEW', 'SYSTEM VERSIONED')
ORDER BY c.table_name, c.ordinal_position
"""
REFERENCES = """
SELECT table_name, constraint_name, column_name, referenced_table_name, referenced_column_name
FROM information_schema.key_column_usage
WHERE table_schema = ? AND referenced_table_schema = table_schema
ORDER BY table_name, constraint_name, ordinal_position
"""
TYPES: Mapping[str, ColumnType] = {
    **dict.fromkeys(
        ("char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set"), ColumnType.TEXT
    ),
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year"), ColumnType.INTEGER),
    **dict.fromkeys(("decimal", "float", "double"), ColumnType.DECIMAL),
    **dict.fromkeys(("datetime", "timestamp"), ColumnType.DATETIME),
    **dict.fromkeys(("binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"), ColumnType.BYTES),
    "date": ColumnType.DATE,
}
TRUTHS = ("tinyint(1)", "bit(1)")


def descriptions(rows: Sequence[Sequence[Any]], schema: str) -> Sequence[Description]:
    """Return the tables and views that `COLUMNS` found in a schema."""
    tables: dict[str, list[Sequence[Any]]] = {}
    for row in rows:
        tables.setdefault(row[0], []).append(row)
    return [_description(name, columns, schema) for name, columns in tables.items()]


def _description(name: str, rows: Sequence[Sequence[Any]], schema: str) -> Description:
    columns = tuple(EntityColumn(row[1], _type(row), row[4] != "NO", row[5] or "") for row in rows)
    in_key = sorted((row for row in rows if row[10] is not None), key=lambda row: int(row[10]))
    comment = rows[0][6] if rows[0][7] != "VIEW" else ""  # of a view, the server says `VIEW`
    collations = {row[1]: (int(row[8]), row[9]) for row in rows if row[8] is not None and row[9] is not None}
    return Description(
        Entity(name, columns, tuple(row[1] for row in in_key), comment or ""),
        schema,
        zoned=frozenset(row[1] for row in rows if row[2] == "timestamp"),
        collations=collations,
    )


def _type(row: Sequence[Any]) -> ColumnType:
    if row[3] in TRUTHS:
        return ColumnType.BOOLEAN
    if row[2] == "bigint" and "unsigned" in row[3]:
        return ColumnType.DECIMAL  # beyond 64 bits with a sign
    return TYPES.get(row[2], ColumnType.OTHER)
