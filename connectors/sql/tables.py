"""Tables and views as statements speak of them: introspected names, quoted, with their stored types."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
)
from sqlalchemy.sql.elements import quoted_name
from sqlalchemy.types import NullType, TypeEngine

from connectors.model import ColumnType, Entity

PLAIN: Mapping[ColumnType, type[TypeEngine[Any]]] = {
    ColumnType.TEXT: String,
    ColumnType.INTEGER: BigInteger,
    ColumnType.DECIMAL: Numeric,
    ColumnType.BOOLEAN: Boolean,
    ColumnType.DATE: Date,
    ColumnType.DATETIME: DateTime,
    ColumnType.BYTES: LargeBinary,
    ColumnType.OTHER: NullType,
}


class Exact(Numeric[Any]):
    """A decimal number whose source knows `trim_scale` (PostgreSQL 13)."""


@dataclass(frozen=True, slots=True)
class Description:
    """An entity and what only statements need to know: its schema, and columns of unusual storage.

    `padded` columns are filled up with blanks (`char(n)`); `exact` ones are numbers whose scale the
    source can trim; `zoned` ones are instants. `collations` are
    length and collation of texts, where they have to be known for an index to serve. `indexes` are the
    columns of indexes, in their order, as far as they are compared exactly.
    """

    entity: Entity
    schema: str | None = None
    padded: frozenset[str] = field(default=frozenset())
    exact: frozenset[str] = field(default=frozenset())
    zoned: frozenset[str] = field(default=frozenset())
    collations: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    indexes: frozenset[tuple[str, ...]] = field(default=frozenset())

    def finds(self, columns: Sequence[str]) -> bool:
        """Return whether an index finds the rows of one key of these columns, and no others."""
        return any(set(index[: len(columns)]) == set(columns) for index in self.indexes)


def table(description: Description) -> Table:
    """Return the table of a description."""
    columns = [
        Column(quoted_name(column.name, quote=True), _stored(description, column.name, column.type))
        for column in description.entity.columns
    ]
    schema = quoted_name(description.schema, quote=True) if description.schema else None
    return Table(quoted_name(description.entity.name, quote=True), MetaData(), *columns, schema=schema)


def _stored(description: Description, name: str, kind: ColumnType) -> TypeEngine[Any]:
    if name in description.padded:
        return CHAR()
    if name in description.exact:
        return Exact()
    if name in description.collations:
        length, collation = description.collations[name]
        return String(length, collation=collation)
    return DateTime(timezone=True) if name in description.zoned else PLAIN[kind]()
