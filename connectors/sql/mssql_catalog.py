"""What SQL Server tells of the tables and views of a schema: columns, keys, comments, references."""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.model import ColumnType

COLUMNS = """
SELECT o.name, c.name, t.name, c.precision, c.scale, c.is_nullable,
       CAST(m.value AS nvarchar(4000)), CAST(w.value AS nvarchar(4000)), k.key_ordinal
FROM sys.objects o
JOIN sys.schemas s ON s.schema_id = o.schema_id
JOIN sys.columns c ON c.object_id = o.object_id
JOIN sys.types t ON t.user_type_id = c.system_type_id
LEFT JOIN sys.extended_properties m
  ON m.class = 1 AND m.name = 'MS_Description' AND m.major_id = o.object_id AND m.minor_id = c.column_id
LEFT JOIN sys.extended_properties w
  ON w.class = 1 AND w.name = 'MS_Description' AND w.major_id = o.object_id AND w.minor_id = 0
LEFT JOIN (
  SELECT n.object_id, n.column_id, n.key_ordinal
  FROM sys.indexes i
  JOIN sys.index_columns n ON n.object_id = i.object_id AND n.index_id = i.index_id
  WHERE i.is_primary_key = 1
) k ON k.object_id = c.object_id AND k.column_id = c.column_id
WHERE s.name = %s AND o.type IN ('U', 'V') AND o.is_ms_shipped = 0
ORDER BY o.name, c.column_id
"""
REFERENCES = """
SELECT a.name, f.name, ac.name, b.name, bc.name
FROM sys.foreign_keys f
JOIN sys.foreign_key_columns p ON p.constraint_object_id = f.object_id
JOIN sys.tables a ON a.object_id = f.parent_object_id
JOIN sys.columns ac ON ac.object_id = p.parent_object_id AND ac.column_id = p.parent_column_id
JOIN sys.tables b ON b.object_id = f.referenced_object_id
JOIN sys.columns bc ON bc.object_id = p.referenced_object_id AND bc.column_id = p.referenced_column_id
WHERE SCHEMA_NAME(a.schema_id) = %s AND b.schema_id = a.schema_id
ORDER BY a.name, f.name, p.constraint_column_id
"""
TYPES: Mapping[str, ColumnType] = MappingProxyType(
    {
        **dict.fromkeys(("char", "nchar", "varchar", "nvarchar", "text", "ntext"), ColumnType.TEXT),
        **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), ColumnType.INTEGER),
        **dict.fromkeys(("decimal", "numeric", "money", "smallmoney", "float", "real"), ColumnType.DECIMAL),
        **dict.fromkeys(("datetime", "datetime2", "smalldatetime"), ColumnType.DATETIME),
        **dict.fromkeys(("binary", "varbinary", "image"), ColumnType.BYTES),
        "bit": ColumnType.BOOLEAN,
        "date": ColumnType.DATE,
        "uniqueidentifier": ColumnType.OTHER,
    }
)
"""Types on offer; of others, nobody here has seen what the driver makes of them."""


def type_of(name: str, _precision: int | None, _scale: int | None) -> ColumnType | None:
    """Return how a column is stored; None for a type that is not on offer."""
    return TYPES.get(name)
