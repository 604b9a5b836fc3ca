"""Batches of keys in MariaDB and MySQL: one parameter, a JSON list; an index finds, the text decides."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, bindparam
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import Boolean, Integer

from connectors.sql.collation import converted, listed, listed_like
from connectors.sql.fragment import MARK, Fragment

Sql = ColumnElement[Any]


def among_listed(columns: Sequence[Sql], name: str, dialect: str) -> Sql:
    """Return the condition that columns equal one of the tuples in the JSON list bound under a name.

    A text is held against the key twice: as its column compares, so that its index serves, and by
    code point, since collations take `a` for `A`, `e` for `é`, and `x` for `x` and a blank.
    """
    declared, exact, compared = [], [], []
    for place, column in enumerate(columns, start=1):
        path, written = f"$[{place - 1}]", f"{MARK}{place}{MARK}"
        if isinstance(column.type, Integer):
            declared.append(f"v{place} BIGINT PATH '{path}'")
            compared.append(written)
            continue
        like = listed_like(column, path)
        declared.append(f"w{place} {listed(dialect, path)}")
        exact.append(f"k.w{place} = {converted(written, dialect)}")
        declared.append(f"v{place} {like or listed(dialect, path)}")
        compared.append(written if like else converted(written, dialect))
    chosen = ", ".join(f"k.v{place}" for place in range(1, len(columns) + 1))
    where = f" WHERE {' AND '.join(exact)}" if exact else ""
    source = f"JSON_TABLE({MARK}0{MARK}, '$[*]' COLUMNS ({', '.join(declared)}))"
    keys = bindparam(name, type_=String(), required=True)
    return Fragment(
        f"(({', '.join(compared)}) IN (SELECT {chosen} FROM {source} k{where}))",  # noqa: S608 - of parameters
        (keys, *columns),
        Boolean(),
    )
