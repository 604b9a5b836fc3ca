"""Batches of keys in SQL: the column stays bare, and the text is the same for one key and for a thousand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    FromClause,
    String,
    Table,
    and_,
    bindparam,
    func,
    select,
    tuple_,
)
from sqlalchemy import literal_column as literal
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import Integer, TypeEngine

from connectors.model import Keys
from connectors.sql.collation import MYSQL
from connectors.sql.expressions import render
from connectors.sql.fragment import MARK, Fragment
from connectors.sql.mysql_keys import among_listed
from connectors.sql.storage import is_text
from connectors.values import as_integer, as_text, storable
from govgraph.expressions.terms import Column

Sql = ColumnElement[Any]
Part = Callable[[Any], Any]
Argument = Callable[[Mapping[str, Any]], Any]
LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class KeyClause:
    """A condition on a batch of keys, and the arguments it needs, by the name of their parameter.

    Where the batch is `asked` as a table of its own, the condition joins it: one key to a row.
    """

    condition: Sql
    arguments: Mapping[str, Argument]
    asked: FromClause | None = None


def key_clause(
    keys: Keys, table: Table, dialect: str, *, alone: bool = False, each: bool = False
) -> KeyClause:
    """Return the condition that the keys' columns equal one of the tuples bound, or the one `alone`.

    PostgreSQL asks for `each` key by itself where told to; its columns are texts or integers then.
    """
    columns = [_compared(table, column.name, dialect) for column in keys.columns]
    parts = [as_key_integer if isinstance(column.type, Integer) else as_key_text for column in columns]
    if alone:
        return _from_one(keys, columns, parts)
    if each:
        return _from_each(keys, columns, parts)
    if dialect == "sqlite":
        return _from_json(keys, columns, parts)
    if dialect in MYSQL:
        return _from_json_table(keys, columns, parts, dialect)
    return _from_arrays(keys, columns, parts, dialect)


def _compared(table: Table, name: str, dialect: str) -> Sql:
    """Return the bare column where it is stored as text or whole number, else its canonical text."""
    column: Sql = table.c[name]
    if is_text(column, dialect) or isinstance(column.type, Integer):
        return column
    return render(Column(name), {name: column}, dialect)


def _from_json(keys: Keys, columns: Sequence[Sql], parts: Sequence[Part]) -> KeyClause:
    """SQLite: one parameter, a JSON list of keys."""
    name = "key_list"
    listed = func.json_each(bindparam(name, type_=String(), required=True)).table_valued("value").c.value
    if len(columns) == 1:
        condition = columns[0].in_(select(listed))
    else:
        members = [func.json_extract(listed, literal(f"'$[{index}]'")) for index in range(len(columns))]
        condition = tuple_(*columns).in_(select(*members))

    def argument(binds: Mapping[str, Any]) -> str:
        tuples = key_tuples(binds[keys.bind], parts)
        return orjson.dumps([key[0] for key in tuples] if len(parts) == 1 else tuples).decode()

    return KeyClause(condition, {name: argument})


def _from_json_table(keys: Keys, columns: Sequence[Sql], parts: Sequence[Part], dialect: str) -> KeyClause:
    """MariaDB and MySQL: one parameter, a JSON list of lists."""

    def argument(binds: Mapping[str, Any]) -> str:
        return orjson.dumps(key_tuples(binds[keys.bind], parts)).decode()

    return KeyClause(among_listed(columns, "key_list", dialect), {"key_list": argument})


def _from_arrays(keys: Keys, columns: Sequence[Sql], parts: Sequence[Part], dialect: str) -> KeyClause:
    """PostgreSQL, DuckDB and Trino: one parameter for each column of the key, a list of its values."""
    names, lists = _lists(columns)
    return KeyClause(_among(columns, lists, dialect), _arguments(keys, names, parts))


def _lists(columns: Sequence[Sql]) -> tuple[Sequence[str], Sequence[Sql]]:
    """Return one parameter for each column, a list of its values, and their names."""
    names = [f"key_list_{index}" for index in range(len(columns))]
    return names, [
        bindparam(name, type_=ARRAY(_listed(column)), required=True)
        for name, column in zip(names, columns, strict=True)
    ]


def _arguments(keys: Keys, names: Sequence[str], parts: Sequence[Part]) -> Mapping[str, Argument]:
    return {name: _argument(keys.bind, parts, index) for index, name in enumerate(names)}


def _from_one(keys: Keys, columns: Sequence[Sql], parts: Sequence[Part]) -> KeyClause:
    """One key as plain parameters; one that no column can hold is null, which nothing equals."""
    names = [f"key_{index}" for index in range(len(columns))]
    equal = [
        column.op("=", return_type=Boolean())(bindparam(name, type_=_listed(column), required=True))
        for name, column in zip(names, columns, strict=True)
    ]

    def argument(index: int) -> Argument:
        def value(binds: Mapping[str, Any]) -> Any:
            tuples = key_tuples(binds[keys.bind], parts)
            return tuples[0][index] if tuples else None

        return value

    return KeyClause(and_(*equal), {name: argument(index) for index, name in enumerate(names)})


def _from_each(keys: Keys, columns: Sequence[Sql], parts: Sequence[Part]) -> KeyClause:
    """PostgreSQL: the batch as a table of its own, which the condition joins."""
    names, lists = _lists(columns)
    places = [f"part_{index}" for index in range(len(columns))]
    asked = func.unnest(*lists).table_valued(*places).render_derived(name="asked")
    equal = [
        column.op("=", return_type=Boolean())(part) for column, part in zip(columns, asked.c, strict=True)
    ]
    return KeyClause(and_(*equal), _arguments(keys, names, parts), asked)


def _among(columns: Sequence[Sql], lists: Sequence[Sql], dialect: str) -> Sql:
    if dialect == "trino":
        return _among_unnested(columns, lists)
    if len(columns) == 1 and dialect == "postgresql":
        return columns[0].op("=", return_type=Boolean())(func.any(lists[0]))
    if dialect == "postgresql":
        names = [f"part_{index}" for index in range(len(columns))]
        rows = func.unnest(*lists).table_valued(*names, name="asked").render_derived()
        return tuple_(*columns).in_(select(*rows.c))
    asked = select(*(func.unnest(values).label(f"part_{index}") for index, values in enumerate(lists)))
    return columns[0].in_(asked) if len(columns) == 1 else tuple_(*columns).in_(asked)


def _among_unnested(columns: Sequence[Sql], lists: Sequence[Sql]) -> Sql:
    """Trino: lists as a table; it takes no tuple for a member of one, so several columns are matched."""
    count = len(columns)
    marks = [f"{MARK}{place}{MARK}" for place in range(2 * count)]
    source = f"UNNEST({', '.join(marks[count:])}) AS k ({', '.join(f'v{place}' for place in range(count))})"
    if count == 1:
        text = f"({marks[0]} IN (SELECT k.v0 FROM {source}))"  # noqa: S608 - of parameters
    else:
        equal = " AND ".join(f"k.v{place} = {marks[place]}" for place in range(count))
        text = f"(EXISTS (SELECT 1 FROM {source} WHERE {equal}))"  # noqa: S608 - of parameters
    return Fragment(text, (*columns, *lists), Boolean())


def _listed(column: Sql) -> TypeEngine[Any]:
    return BigInteger() if isinstance(column.type, Integer) else String()


def _argument(bind: str, parts: Sequence[Part], index: int) -> Argument:
    return lambda binds: [key[index] for key in key_tuples(binds[bind], parts)]


def key_tuples(bound: Sequence[Sequence[Any]], parts: Sequence[Part]) -> list[Sequence[Any]]:
    """Return the distinct keys as their columns are stored; a key that no column can hold is left out."""
    if len(parts) == 1:
        part = parts[0]
        made = dict.fromkeys(value for key in bound if (value := part(key[0])) is not None)
        return [(value,) for value in made]
    whole = dict.fromkeys(tuple(part(value) for part, value in zip(parts, key, strict=True)) for key in bound)
    return [key for key in whole if None not in key]


def as_key_text(value: Any) -> str | None:
    """Return a part of a key as text, or None where no source can store it."""
    if type(value) is str and value.isascii() and "\0" not in value:  # as nearly all are
        return value
    text = as_text(value) if not isinstance(value, str) else value
    return text if text is not None and storable(text) else None


def as_key_integer(value: Any) -> int | None:
    """Return a part of a key as the whole number it spells canonically, or None."""
    number = as_integer(value)
    if number is None or abs(number) > LARGEST:
        return None
    return number if not isinstance(value, str) or str(number) == value else None
