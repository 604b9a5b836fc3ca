"""Columns of Trino in their canonical spelling."""

from typing import Any

from sqlalchemy import CHAR, DateTime, LargeBinary, Numeric, String
from sqlalchemy.sql.elements import ColumnElement

from connectors.sql.fragment import MARK, Fragment
from connectors.sql.tables import Exact

Sql = ColumnElement[Any]
SECOND = "%Y-%m-%dT%H:%i:%S"
SHORTENED = (
    "CASE WHEN strpos({0}, '.') > 0 THEN trim(TRAILING '.' FROM trim(TRAILING '0' FROM {0})) ELSE {0} END"
)


def text_in_trino(column: Sql) -> Sql:
    """Return the text of a column that stores no text, or one filled up with blanks."""
    return Fragment(_pattern(column).format(f"{MARK}0{MARK}"), (column,), String())


def _pattern(column: Sql) -> str:
    written = "CAST({0} AS VARCHAR)"
    match column.type:
        case DateTime() as stored:
            moment = "{0} AT TIME ZONE 'UTC'" if stored.timezone else "{0}"
            written = f"date_format({moment}, '{SECOND}{'Z' if stored.timezone else ''}')"
        case LargeBinary():
            written = "to_hex({0})"
        case Exact():
            written = SHORTENED.format(written)
        case Numeric():  # of `double`; not-a-number and infinity are dirt
            written = SHORTENED.format("CAST(TRY_CAST({0} AS DECIMAL(38, 10)) AS VARCHAR)")
        case CHAR():
            written = "trim(TRAILING ' ' FROM CAST({0} AS VARCHAR))"
    return written
