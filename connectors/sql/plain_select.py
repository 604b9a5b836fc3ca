"""Plain selects: bare columns, keys as single parameters, a bound on the rows, and nothing to work out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Select, and_, bindparam, or_, select, text
from sqlalchemy.sql.elements import ColumnElement

from connectors.errors import UnsupportedReadError
from connectors.model import ColumnType, Entity
from connectors.sql.keys import Part, as_key_integer, as_key_text
from connectors.sql.plain_dialects import MSSQL, ORACLE, plain_dialect
from connectors.sql.tables import Description, table
from connectors.values import as_decimal, as_text

SIZES = (1, 10, 100, 1000)
"""Keys of one statement: few different texts, so that the source keeps what it made of them. Oracle takes
at most 1,000 members of a list, SQL Server at most 2,100 parameters."""
MOST = "most"


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement and its parameters, in their order."""

    text: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class PlainSelect:
    """Columns of an entity, of all its rows or of those whose `keys` equal one of a batch."""

    description: Description
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    dialect: str

    def of_all(self, most: int) -> Asked:
        """Return the statement that gives at most so many rows, any of them."""
        written, places = self._compiled(0)
        return Asked(written, tuple(most for _ in places))

    def of_keys(self, keys: Sequence[Sequence[Any]], most: int) -> Iterator[Asked]:
        """Yield statements until each key was asked for; a last one that is short repeats its last key."""
        sizes = [size for size in SIZES if size * len(self.keys) <= SIZES[-1]]
        for start in range(0, len(keys), sizes[-1]):
            part = list(keys[start : start + sizes[-1]])
            size = next(size for size in sizes if size >= len(part))
            written, places = self._compiled(size)
            values = [value for key in (*part, *[part[-1]] * (size - len(part))) for value in key]
            yield Asked(written, tuple(most if place is None else values[place] for place in places))

    def text_of(self, size: int) -> str:
        """Return the text of the statement for so many keys; for all rows where they are 0."""
        return self._compiled(size)[0]

    def parts(self) -> tuple[Part, ...]:
        """Return what spells each part of a key as its column stores it.

        Raises `UnsupportedReadError` for a column that is neither text nor a number.
        """
        return tuple(_part(self.description.entity, name, self.dialect) for name in self.keys)

    def _compiled(self, size: int) -> tuple[str, tuple[int | None, ...]]:
        """Return the text for so many keys, and where its parameters stand among them; None: the bound."""
        source = table(self.description)
        names = [f"k{place}" for place in range(size * len(self.keys))]
        chosen = select(*(source.c[name] for name in self.columns))
        if size:
            chosen = chosen.where(_among([source.c[name] for name in self.keys], names))
        compiled = _bounded(chosen, self.dialect).compile(dialect=plain_dialect(self.dialect))
        places: Mapping[str, int] = {name: place for place, name in enumerate(names)}
        return str(compiled), tuple(places.get(name) for name in compiled.positiontup or ())


def _bounded(chosen: Select[Any], dialect: str) -> Select[Any]:
    most = bindparam(MOST, type_=BigInteger(), required=True)
    if dialect == MSSQL:
        return chosen.prefix_with(text(f"TOP (:{MOST})").bindparams(most))
    return chosen.fetch(most)


def _among(columns: Sequence[ColumnElement[Any]], names: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition on a batch of keys; SQL Server knows no rows of values, so none are written."""
    binds = [
        bindparam(name, type_=columns[at % len(columns)].type, required=True) for at, name in enumerate(names)
    ]
    if len(columns) == 1:
        return columns[0].in_(binds)
    width = len(columns)
    whole = [binds[start : start + width] for start in range(0, len(binds), width)]
    return or_(*(and_(*(column == bind for column, bind in zip(columns, key, strict=True))) for key in whole))


def _part(entity: Entity, name: str, dialect: str) -> Part:
    column = entity.column(name)
    match column.type if column is not None else None:
        case ColumnType.TEXT:
            return _stored_in_oracle if dialect == ORACLE else as_key_text
        case ColumnType.INTEGER:
            return as_key_integer
        case ColumnType.DECIMAL:
            return _as_key_decimal
    raise UnsupportedReadError("Only columns of text or numbers are looked up in this kind of source")


def _stored_in_oracle(value: Any) -> str | None:
    """Return a part of a key as text; the empty one is null to Oracle, which nothing equals."""
    return as_key_text(value) or None


def _as_key_decimal(value: Any) -> Any:
    """Return a part of a key as the number that it spells canonically, or None."""
    number = as_decimal(value)
    return number if number is not None and as_text(number) == as_text(value) else None
