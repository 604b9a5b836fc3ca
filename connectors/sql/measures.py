"""What is told of the values of a group, in SQL."""

from typing import Any

from sqlalchemy import Integer, Numeric, distinct, func
from sqlalchemy.sql.elements import ColumnElement

from connectors.model import Measure
from connectors.sql.fragment import MARK, Fragment

Sql = ColumnElement[Any]


def measure(what: Measure, value: Sql, dialect: str) -> Sql:
    """Return a measure over the values of a group."""
    match what:
        case Measure.COUNT:
            return func.count(value)
        case Measure.DISTINCT:
            return func.count(distinct(value))
        case Measure.SUM if dialect == "trino" and isinstance(value.type, Integer):
            # Trino's sum of whole numbers is an error beyond 64 bits.
            return func.sum(Fragment(f"CAST({MARK}0{MARK} AS DECIMAL(38, 0))", (value,), Numeric()))
        case Measure.SUM:
            return func.sum(value)
        case Measure.LEAST:
            return func.min(value)
        case Measure.GREATEST:
            return func.max(value)
