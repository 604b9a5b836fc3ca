"""Columns that store days: compared and ordered as days, so that an index serves; dirt is no day.

A source may hold what is no day of the calendar: infinity and the years beyond 9999 in PostgreSQL and
DuckDB, `0000-00-00` in MySQL. A comparison with these is never true; below a negation the planner
compares texts instead, which are null there (`resolvers.planning.fields.comparable`).
"""

from typing import Any

from sqlalchemy import Date, DateTime, String
from sqlalchemy.sql.elements import ColumnElement

from connectors.sql.collation import MYSQL, members
from connectors.sql.fragment import MARK, Fragment
from connectors.sql.storage import CALENDAR, text_of

Sql = ColumnElement[Any]


def stored_as_day(column: Sql, dialect: str) -> bool:
    """Return whether a source stores a column as days, or as moments without a zone; SQLite stores texts."""
    moment = isinstance(column.type, DateTime) and not column.type.timezone
    return dialect != "sqlite" and (moment or isinstance(column.type, Date))


def plain(column: Sql) -> Sql:
    """Return the day of a column, bare where it stores days."""
    return column if isinstance(column.type, Date) else _written("CAST({0} AS DATE)", column)


def spelled(column: Sql, dialect: str) -> Sql:
    """Return the day of a column as text, null for what is none."""
    day = f"{MARK}0{MARK}"
    if dialect == "postgresql" and isinstance(column.type, Date):
        return Fragment(
            f"CASE WHEN {_is_day(day, dialect)} THEN CAST({day} AS VARCHAR) END", (column,), String()
        )
    text = f"substr({MARK}1{MARK}, 1, 10)"
    parts = (plain(column), text_of(column, dialect))
    return Fragment(f"CASE WHEN {_is_day(day, dialect)} THEN {text} END", parts, String())


def rank(column: Sql, dialect: str) -> Sql:
    """Return what an order by a stored day sorts by, null for what is none."""
    return _written(f"CASE WHEN {_is_day('{0}', dialect)} THEN {{0}} END", plain(column))


def absent(column: Sql) -> Sql:
    """Return whether a column of PostgreSQL holds no day of the calendar, without writing one."""
    return _written(f"({CALENDAR} IS NOT TRUE)", plain(column))


def year(column: Sql) -> Sql:
    """Return the year of a column of PostgreSQL, null where it holds no day of the calendar."""
    number = "CAST(date_part('year', {0}) AS BIGINT)"
    return _written(f"(CASE WHEN {CALENDAR} THEN {number} END)", plain(column))


def compared(day: str, operator: str, bound: str, dialect: str) -> str:
    """Return a comparison of a stored day with a bound one."""
    return f"({day} {operator} CAST({bound} AS DATE) AND {_is_day(day, dialect)})"


def among(day: str, bound: str, dialect: str) -> str:
    """Return whether a stored day is one of those bound as a list."""
    if dialect == "postgresql":
        listed = f"= ANY (CAST({bound} AS DATE[]))"
    elif dialect == "duckdb":
        listed = f"IN (SELECT unnest(CAST({bound} AS DATE[])))"
    elif dialect == "trino":
        listed = f"IN (SELECT CAST(k.v AS DATE) FROM UNNEST({bound}) AS k (v))"  # noqa: S608 - a parameter
    else:
        listed = "IN " + members("DATE PATH '$'", bound)
    return f"({day} {listed} AND {_is_day(day, dialect)})"


def _is_day(day: str, dialect: str) -> str:
    calendar = f"({CALENDAR.format(day)})"
    return f"{calendar} AND DAYOFMONTH({day}) * MONTH({day}) > 0" if dialect in MYSQL else calendar


def _written(pattern: str, column: Sql) -> Sql:
    return Fragment(pattern.format(f"{MARK}0{MARK}"), (column,), Date())
