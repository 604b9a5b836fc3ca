"""Columns that store moments: compared and ordered as instants, so that an index serves.

Instants count whole seconds, so a bound one stands for all that its second holds. A moment without a
zone is one of the city's clock, a day its midnight. What is beyond the calendar (infinity, in MySQL
`0000-00-00`) meets no comparison; below a negation the planner compares texts, which are null there.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Date, DateTime, String
from sqlalchemy.sql.elements import ColumnElement

from connectors.sql.collation import MYSQL, listed, members
from connectors.sql.fragment import MARK, Fragment
from govgraph.expressions.terms import Comparison

Sql = ColumnElement[Any]
PLACE = f"{MARK}0{MARK}"
COMPARED: Mapping[Comparison, str] = MappingProxyType(
    {
        Comparison.GREATER: "{0} > {2}",
        Comparison.GREATER_OR_EQUAL: "{0} >= {1}",
        Comparison.LESS: "{0} < {1}",
        Comparison.LESS_OR_EQUAL: "{0} <= {2}",
        Comparison.EQUAL: "{0} BETWEEN {1} AND {2}",
        Comparison.UNEQUAL: "{0} NOT BETWEEN {1} AND {2}",
    }
)
"""How a column is held against the first and the last microsecond of a second."""


def stored_as_moment(column: Sql, dialect: str) -> bool:
    """Return whether a column is compared as the moment or day it stores.

    SQLite stores texts; in Trino, whose intervals know no microseconds, moments are compared as texts.
    """
    return dialect not in ("sqlite", "trino") and isinstance(column.type, Date | DateTime)


def spelled(column: Sql, dialect: str) -> Sql:
    """Return the instant of a stored moment as text, null for what is none."""
    clock = _on_the_citys_clock(column, dialect)
    if dialect in MYSQL:
        text = f"DATE_FORMAT({clock}, '%Y-%m-%dT%H:%i:%s+08:00')"
    elif dialect == "duckdb":
        text = f"strftime({clock}, '%Y-%m-%dT%H:%M:%S+08:00')"
    else:
        text = f"""to_char({clock}, 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"')"""
    return Fragment(f"CASE WHEN {_in_calendar(PLACE, column, dialect)} THEN {text} END", (column,), String())


def rank(column: Sql, dialect: str) -> Sql:
    """Return what an order by stored moments sorts by, null for what is none."""
    if dialect in MYSQL:
        return spelled(column, dialect)
    second = f"date_trunc('second', {PLACE})"
    return Fragment(
        f"CASE WHEN {_in_calendar(PLACE, column, dialect)} THEN {second} END", (column,), DateTime()
    )


def compared(moment: str, comparison: Comparison, bound: str, column: Sql, dialect: str) -> str:
    """Return a comparison of a stored moment, written already, with a bound instant."""
    first, last = _second_of(bound, column, dialect)
    return f"({COMPARED[comparison].format(moment, first, last)} AND {_in_calendar(moment, column, dialect)})"


def among(written: tuple[str, str], bound: str, column: Sql, dialect: str) -> str:
    """Return whether a stored moment, written as it is and as text, is one of the instants bound as a list.

    It lies between the earliest and the latest of them, which is what an index finds.
    """
    moment, text = written
    if dialect in MYSQL:
        rows = members(listed(dialect), bound)
    elif dialect == "duckdb":
        rows = f"(SELECT k.v FROM (SELECT unnest({bound}) AS v) k)"  # noqa: S608 - a parameter
    else:
        rows = f"(SELECT k.v FROM unnest({bound}) AS k (v))"  # noqa: S608 - a parameter
    first, _ = _second_of(rows.replace("k.v", "min(k.v)", 1), column, dialect)
    _, last = _second_of(rows.replace("k.v", "max(k.v)", 1), column, dialect)
    return f"({moment} >= {first} AND {moment} <= {last} AND {text} IN {rows})"


def _zoned(column: Sql) -> bool:
    return isinstance(column.type, DateTime) and bool(column.type.timezone)


def _on_the_citys_clock(column: Sql, dialect: str) -> str:
    if _zoned(column):  # the session's zone is UTC in MySQL
        return f"({PLACE} + INTERVAL 8 HOUR)" if dialect in MYSQL else _ahead(f"{PLACE} AT TIME ZONE 'UTC'")
    stamp = "DATETIME" if dialect in MYSQL else "TIMESTAMP"
    return PLACE if isinstance(column.type, DateTime) else f"CAST({PLACE} AS {stamp})"


def _ahead(universal: str) -> str:
    return f"(({universal}) + INTERVAL '8 hours')"


def _second_of(bound: str, column: Sql, dialect: str) -> tuple[str, str]:
    """Return the first and the last microsecond of a bound instant, as the column is stored."""
    clock = f"substr({bound}, 1, 19)"
    if dialect in MYSQL:
        first = f"CAST({clock} AS DATETIME)"
        first = f"({first} - INTERVAL 8 HOUR)" if _zoned(column) else first
        return first, f"({first} + INTERVAL 999999 MICROSECOND)"
    first = f"CAST({bound} AS TIMESTAMP WITH TIME ZONE)" if _zoned(column) else f"CAST({clock} AS TIMESTAMP)"
    return first, f"({first} + INTERVAL '999999 microseconds')"


def _in_calendar(moment: str, column: Sql, dialect: str) -> str:
    if dialect in MYSQL:
        return f"DAYOFMONTH({moment}) * MONTH({moment}) > 0"
    stamp, zone = ("TIMESTAMP WITH TIME ZONE", "+08:00") if _zoned(column) else ("TIMESTAMP", "")
    first, last = f"0001-01-01T00:00:00{zone}", f"9999-12-31T23:59:59.999999{zone}"
    return f"({moment} BETWEEN CAST('{first}' AS {stamp}) AND CAST('{last}' AS {stamp}))"
