"""What is told of the values of a group, in SQL."""

from typing import Any

from sqlalchemy import distinct, func
from sqlalchemy.sql.elements import ColumnElement

from connectors.model import Measure

Sql = ColumnElement[Any]


def measure(what: Measure, value: Sql) -> Sql:
    """Return a measure over the values of a group."""
    match what:
        case Measure.COUNT:
            return func.count(value)
        case Measure.DISTINCT:
            return func.count(distinct(value))
        case Measure.SUM:
            return func.sum(value)
        case Measure.LEAST:
            return func.min(value)
        case Measure.GREATEST:
            return func.max(value)
