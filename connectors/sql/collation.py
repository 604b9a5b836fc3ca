"""Text by code point: the collation in which each dialect compares and sorts, whatever its columns say."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import String, collate
from sqlalchemy.sql.elements import ColumnElement

from connectors.sql.fragment import MARK, Fragment

Sql = ColumnElement[Any]
COLLATIONS: Mapping[str, str] = MappingProxyType(
    {
        "sqlite": "BINARY",
        "postgresql": "C",
        "mariadb": "utf8mb4_nopad_bin",
        "mysql": "utf8mb4_0900_bin",
    }
)
MYSQL = frozenset({"mariadb", "mysql"})
NAME = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
INDEXED = 768  # characters of the longest indexed text


def by_code_point(written: Sql, dialect: str) -> Sql:
    """Return a text that compares and sorts by code point."""
    if dialect in MYSQL:
        return Fragment(converted(f"{MARK}0{MARK}", dialect), (written,), String())
    collation = COLLATIONS.get(dialect)
    return collate(written, collation) if collation else written


def converted(written: str, dialect: str) -> str:
    """Return a written text of any character set as one of MySQL's that compares by code point, unpadded."""
    return f"(CONVERT({written} USING utf8mb4) COLLATE {COLLATIONS[dialect]})"


def listed(dialect: str, path: str = "$") -> str:
    """Return how a member of a JSON list is declared as text that compares by code point."""
    return f"LONGTEXT CHARACTER SET utf8mb4 COLLATE {COLLATIONS[dialect]} PATH '{path}'"


def indexed(dialect: str, path: str) -> str:
    """Return how a member of a JSON list is declared as text of which an index can be made."""
    return f"VARCHAR({INDEXED}) CHARACTER SET utf8mb4 COLLATE {COLLATIONS[dialect]} PATH '{path}'"


def members(declared: str, values: str) -> str:
    """Return the SQL that selects the members of a JSON list, each declared as one type."""
    return f"(SELECT k.v FROM JSON_TABLE({values}, '$[*]' COLUMNS (v {declared})) k)"  # noqa: S608 - of parameters


def listed_like(column: Sql, path: str = "$") -> str | None:
    """Return how a member of a JSON list is declared so that the index of a column serves, or None.

    It compares as the column does, which may say of more texts that they are equal, never of fewer.
    """
    stored = column.type
    collation = (stored.collation or "") if isinstance(stored, String) else ""
    length = stored.length or 0 if isinstance(stored, String) else 0
    if NAME.fullmatch(collation) is None or not 0 < length <= INDEXED:
        return None
    characters = collation.partition("_")[0]
    return f"VARCHAR({length}) CHARACTER SET {characters} COLLATE {collation} PATH '{path}'"
