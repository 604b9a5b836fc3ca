"""Columns that store what they are read as: days (`days`) and instants (`instants`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.sql.elements import ColumnElement

from connectors.sql import days, instants
from govgraph.expressions.reading import CALENDAR
from govgraph.expressions.terms import Column, Comparison, Expression, Kind

Sql = ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """A column that is stored as the kind it is read as, `written` as it is compared."""

    kind: Kind
    column: Sql
    written: str
    dialect: str

    def compared(self, comparison: Comparison, bound: str) -> str:
        """Return a comparison with a bound day or instant."""
        if self.kind is Kind.DATE:
            return days.compared(self.written, comparison.value, bound, self.dialect)
        return instants.compared(self.written, comparison, bound, self.column, self.dialect)

    def among(self, text: str, bound: str) -> str:
        """Return whether it is one of those bound as a list; `text` is what it is as text."""
        if self.kind is Kind.DATE:
            return days.among(self.written, bound, self.dialect)
        return instants.among((self.written, text), bound, self.column, self.dialect)


def stored(term: Column, column: Sql, dialect: str) -> bool:
    """Return whether a column is read as a day or an instant and stored as one."""
    if term.kind is Kind.INSTANT:
        return instants.stored_as_moment(column, dialect)
    return term.kind is Kind.DATE and days.stored_as_day(column, dialect)


def storing(columns: Mapping[str, Sql], dialect: str) -> Callable[[Column], bool]:
    """Return what tells whether one of these columns is stored as the kind it is read as."""
    return lambda term: stored(term, columns[term.name], dialect)


def spelled(term: Column, column: Sql, dialect: str) -> Sql | None:
    """Return the text of a column that is stored as it is read; None for any other."""
    if not stored(term, column, dialect):
        return None
    return days.spelled(column, dialect) if term.kind is Kind.DATE else instants.spelled(column, dialect)


def plain(term: Column, column: Sql) -> Sql:
    """Return what of a column is compared: its day, or the column as it is."""
    return days.plain(column) if term.kind is Kind.DATE else column


def rank(expression: Expression, columns: Mapping[str, Sql], dialect: str) -> Sql | None:
    """Return what an order by a stored day or instant sorts by; None for any other order."""
    if not isinstance(expression, Column) or expression.kind not in CALENDAR:
        return None
    column = columns[expression.name]
    if not stored(expression, column, dialect):
        return None
    return days.rank(column, dialect) if expression.kind is Kind.DATE else instants.rank(column, dialect)
