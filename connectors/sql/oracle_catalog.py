"""What Oracle tells of the tables and views of a schema: columns, keys, comments, references.

Its driver binds by place: a value that a statement uses twice has two parameters.
"""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.model import ColumnType

COLUMNS = """
SELECT c.table_name, c.column_name, c.data_type, c.data_precision, c.data_scale,
       CASE c.nullable WHEN 'N' THEN 0 ELSE 1 END, m.comments, t.comments, k.position
FROM all_tab_columns c
LEFT JOIN all_col_comments m
  ON m.owner = c.owner AND m.table_name = c.table_name AND m.column_name = c.column_name
LEFT JOIN all_tab_comments t ON t.owner = c.owner AND t.table_name = c.table_name
LEFT JOIN (
  SELECT n.table_name, n.column_name, n.position
  FROM all_constraints p
  JOIN all_cons_columns n ON n.owner = p.owner AND n.constraint_name = p.constraint_name
  WHERE p.owner = :1 AND p.constraint_type = 'P'
) k ON k.table_name = c.table_name AND k.column_name = c.column_name
WHERE c.owner = :2 AND c.table_name NOT LIKE 'BIN$%'
ORDER BY c.table_name, c.column_id
"""
REFERENCES = """
SELECT a.table_name, r.constraint_name, a.column_name, b.table_name, b.column_name
FROM all_constraints r
JOIN all_cons_columns a ON a.owner = r.owner AND a.constraint_name = r.constraint_name
JOIN all_cons_columns b
  ON b.owner = r.r_owner AND b.constraint_name = r.r_constraint_name AND b.position = a.position
WHERE r.constraint_type = 'R' AND r.owner = :1 AND r.r_owner = :2
ORDER BY a.table_name, r.constraint_name, a.position
"""
TYPES: Mapping[str, ColumnType] = MappingProxyType(
    {
        **dict.fromkeys(("char", "nchar", "varchar2", "nvarchar2", "clob", "nclob"), ColumnType.TEXT),
        **dict.fromkeys(("float", "binary_float", "binary_double"), ColumnType.DECIMAL),
        **dict.fromkeys(("raw", "blob"), ColumnType.BYTES),
        "date": ColumnType.DATETIME,  # a day of Oracle holds hours, minutes and seconds
    }
)
"""Types on offer. Of `TIMESTAMP WITH TIME ZONE` the driver gives the zone away, so it is none of them."""
WHOLE = 18  # digits of a whole number that 64 bits always hold


def type_of(name: str, precision: int | None, scale: int | None) -> ColumnType | None:
    """Return how a column is stored; None for a type that is not on offer."""
    if name == "number":
        whole = scale == 0 and precision is not None and precision <= WHOLE
        return ColumnType.INTEGER if whole else ColumnType.DECIMAL
    if name.startswith("timestamp") and "time zone" not in name:
        return ColumnType.DATETIME
    return TYPES.get(name)
