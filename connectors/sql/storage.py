"""Reads a stored column as a kind: its canonical spelling, or its number; dirt becomes null, not an error."""

from typing import Any

from sqlalchemy import (
    CHAR,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Numeric,
    String,
    Text,
    case,
    cast,
    func,
)
from sqlalchemy import literal_column as literal
from sqlalchemy.sql.elements import ColumnElement, Grouping
from sqlalchemy.types import TypeEngine

from connectors.sql.collation import MYSQL
from connectors.sql.fragment import MARK, Fragment
from connectors.sql.tables import Exact
from connectors.sql.trino_storage import text_in_trino
from govgraph.expressions.terms import Kind

Sql = ColumnElement[Any]
UNTYPED_TRUTH = frozenset({"sqlite", *MYSQL})  # where any number may stand in a column of truths
TRIMMED_SCALE = "CASE WHEN {0} - {0} = 0 THEN CAST(trim_scale({0}) AS TEXT) END"
CALENDAR = "{0} BETWEEN CAST('0001-01-01' AS DATE) AND CAST('9999-12-31' AS DATE)"
ISO_DAY = f"CASE WHEN {CALENDAR} THEN CAST({{0}} AS VARCHAR) ELSE to_char({{0}}, 'YYYY-MM-DD') END"
"""A day in PostgreSQL, whose own spelling takes a third of the time (its session spells as ISO 8601 does)."""
SHORTENED = (
    "CASE WHEN CAST({0} AS DECIMAL(65, 30)) = TRUNCATE({0}, 0) THEN CAST(CAST({0} AS DECIMAL(65)) AS CHAR) "
    "ELSE TRIM(TRAILING '0' FROM CAST(CAST({0} AS DECIMAL(65, 30)) AS CHAR)) END"
)


def is_text(column: Sql, dialect: str) -> bool:
    """Return whether a column holds text that needs no cast, so that its index serves.

    `char(n)` of PostgreSQL and Trino needs one: it compares without the blanks it was filled up with.
    """
    padded = isinstance(column.type, CHAR) and dialect in ("postgresql", "trino")
    return isinstance(column.type, String) and not padded


def is_number(column: Sql) -> bool:
    """Return whether a column of PostgreSQL stores numbers, spelled in digits, a point and a sign."""
    return isinstance(column.type, Exact | Integer)


def text_of(column: Sql, dialect: str) -> Sql:
    """Return a column in its canonical spelling; the bare column where it is text already."""
    if is_text(column, dialect):
        return column
    return text_in_trino(column) if dialect == "trino" else _spelled(column, dialect)


def _spelled(column: Sql, dialect: str) -> Sql:
    stored: TypeEngine[Any] = column.type
    if isinstance(stored, DateTime):
        return _moment(column, dialect, zoned=bool(stored.timezone))
    if isinstance(stored, Date) and dialect == "postgresql":
        return Fragment(ISO_DAY.format(f"{MARK}0{MARK}"), (column,), String())
    if isinstance(stored, Date):
        return _formatted(column, dialect, "YYYY-MM-DD", "%Y-%m-%d")
    if isinstance(stored, LargeBinary):
        return _hexadecimal(column, dialect)
    if isinstance(stored, Boolean) and dialect in UNTYPED_TRUTH:
        words: tuple[tuple[Sql, Sql], ...] = (
            (column == literal("1"), literal("'true'")),
            (column == literal("0"), literal("'false'")),
        )
        return case(*words, else_=cast(column, Text))
    return _shortened(column, dialect) if isinstance(stored, Numeric) else cast(column, Text)


def _hexadecimal(column: Sql, dialect: str) -> Sql:
    if dialect == "postgresql":
        return func.upper(func.encode(column, literal("'hex'")))
    digits: Sql = func.hex(column)
    return case((column.is_not(None), digits)) if dialect == "sqlite" else digits  # SQLite: hex(null) = ''


def _shortened(column: Sql, dialect: str) -> Sql:
    if dialect in MYSQL:
        return Fragment(SHORTENED.format(f"{MARK}0{MARK}"), (column,), String())
    if isinstance(column.type, Exact):
        # Not-a-number and infinity are dirt: taken from themselves they do not leave nought.
        return Fragment(TRIMMED_SCALE.format(f"{MARK}0{MARK}"), (column,), String())
    text: Sql = cast(column, Text)
    if dialect == "postgresql":  # `1e+20` is written out; not-a-number and infinity are dirt
        counted = text.op("~", return_type=Boolean())(literal("'[0-9]'"))
        text = case((counted, cast(cast(text, Numeric), Text)))
    plain = func.rtrim(func.rtrim(text, literal("'0'")), literal("'.'"))
    return case((text.op("LIKE", return_type=Boolean())(literal("'%.%'")), plain), else_=text)


def _moment(column: Sql, dialect: str, *, zoned: bool) -> Sql:
    if dialect == "sqlite":
        return cast(column, Text)
    if dialect in MYSQL:  # the session's zone is UTC
        return _dated(column, "%Y-%m-%dT%H:%i:%s" + ("Z" if zoned else ""))
    universal = Grouping(column).op("AT TIME ZONE")(literal("'UTC'")) if zoned else column
    text = _formatted(universal, dialect, 'YYYY-MM-DD"T"HH24:MI:SS', "%Y-%m-%dT%H:%M:%S")
    return text.op("||", return_type=String())(literal("'Z'")) if zoned else text


def _formatted(column: Sql, dialect: str, postgresql: str, duckdb: str) -> Sql:
    match dialect:
        case "postgresql":
            return func.to_char(column, literal(f"'{postgresql}'"), type_=String())
        case "duckdb":
            return func.strftime(column, literal(f"'{duckdb}'"), type_=String())
        case "mariadb" | "mysql":
            return _dated(column, duckdb)
        case _:
            return cast(column, Text)


def _dated(column: Sql, pattern: str) -> Sql:
    """Return a day or moment of MySQL; one that is no day (`0000-00-00`, `2026-00-00`) is dirt."""
    text = f"CASE WHEN DAYOFMONTH({{0}}) * MONTH({{0}}) > 0 THEN DATE_FORMAT({{0}}, '{pattern}') END"
    return Fragment(text.format(f"{MARK}0{MARK}"), (column,), String())


def is_null(column: Sql, dialect: str) -> Sql | None:
    """Return whether a day or moment of PostgreSQL has no text, without writing it; None for any other."""
    if dialect != "postgresql" or not isinstance(column.type, Date | DateTime):
        return None
    return Fragment(f"({MARK}0{MARK} IS NULL OR NOT isfinite({MARK}0{MARK}))", (column,), Boolean())


def native(column: Sql, kind: Kind, dialect: str) -> Sql | None:
    """Return a number or truth as its source stores it; None where it has to be read from its text."""
    stored: TypeEngine[Any] = column.type
    match kind:
        case Kind.INTEGER if isinstance(stored, Integer):
            if dialect in MYSQL:
                return column
            return _of_type(column, "'integer'") if dialect == "sqlite" else cast(column, BigInteger)
        case Kind.DECIMAL if isinstance(stored, Integer | Numeric):
            return _of_type(column, "'integer', 'real'") if dialect == "sqlite" else column
        case Kind.BOOLEAN if isinstance(stored, Boolean) and dialect not in UNTYPED_TRUTH:
            return column
        case Kind.BOOLEAN if isinstance(stored, Boolean | Integer):
            number = _of_type(column, "'integer'") if dialect == "sqlite" else column
            return Grouping(number).op("<>", return_type=Boolean())(literal("0"))
    return None


def _of_type(column: Sql, types: str) -> Sql:
    # SQLite keeps any value in any column: dirt in a number's column is text.
    return case((func.typeof(column).op("IN", return_type=Boolean())(literal(f"({types})")), column))
