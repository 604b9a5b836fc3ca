"""Which columns a source finds rows by, as far as its indexes compare them exactly."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from connectors.model import Read
from connectors.sql.tables import Description

POSTGRESQL = """
SELECT c.relname AS entity, i.indexrelid AS index, p.place, a.attname AS name
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = $1::text::regnamespace
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am m ON m.oid = x.relam AND m.amname = 'btree'
CROSS JOIN LATERAL unnest(i.indkey::int2[], i.indcollation::oid[])
  WITH ORDINALITY AS p (number, sorted, place)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.number AND a.attcollation = p.sorted
JOIN pg_type t ON t.oid = a.atttypid AND t.typname IN ('text', 'varchar', 'int2', 'int4', 'int8')
LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE i.indisvalid AND i.indpred IS NULL AND coalesce(to_jsonb(l) ->> 'collisdeterministic', 'true') = 'true'
ORDER BY i.indexrelid, p.place
"""
"""Columns of whole, valid B-trees by their place: texts in the order of their own collation, and integers.

Text of a collation that takes different texts for one is left out: a row would be found for two keys.
"""


def with_indexes(descriptions: Sequence[Description], rows: Iterable[Sequence[Any]]) -> Sequence[Description]:
    """Return the descriptions with their indexes, each up to the first column that is not told.

    `rows` are table, index, place from 1 and column, each index's in their order.
    """
    found: dict[tuple[str, Any], list[str]] = {}
    for table, index, place, column in rows:
        columns = found.setdefault((table, index), [])
        if place == len(columns) + 1:
            columns.append(column)
    return [
        replace(
            one,
            indexes=frozenset(
                tuple(columns)
                for (table, _), columns in found.items()
                if columns and table == one.entity.name
            ),
        )
        for one in descriptions
    ]


def finds_each(read: Read, description: Description, dialect_name: str) -> bool:
    """Return whether an index finds the first rows of each key, so that the others need not be numbered."""
    limited = read.per_key is not None and read.keys is not None and dialect_name == "postgresql"
    return limited and read.keys is not None and description.finds([one.name for one in read.keys.columns])
