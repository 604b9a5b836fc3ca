"""The columns and parameters of one expression while it is written: each once, behind a mark in its text."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ARRAY, Integer, Numeric, String, bindparam
from sqlalchemy.sql.elements import ColumnElement

from connectors.sql import days, storage
from connectors.sql.calendar import Stored, plain, stored
from connectors.sql.collation import MYSQL
from connectors.sql.constants import constant, place
from connectors.sql.fragment import MARK
from connectors.sql.spellings import SQL_TYPES
from govgraph.expressions.terms import Column, Constant, Expression, Kind, Slice

Sql = ColumnElement[Any]


class Atoms:
    """What stands behind the marks of a text, in their order."""

    def __init__(self, columns: Mapping[str, Sql], dialect: str) -> None:
        self.all: list[Sql] = []
        self._columns = columns
        self._dialect = dialect
        self._marks: dict[object, str] = {}

    def mark(self, key: object, make: Callable[[], Sql]) -> str:
        """Return the mark of what is made, one for each key."""
        if key not in self._marks:
            self._marks[key] = f"{MARK}{len(self.all)}{MARK}"
            self.all.append(make())
        return self._marks[key]

    def constant(self, value: str | int | bool) -> str:
        """Return the parameter that stands for a value."""
        return self.mark((type(value), value), lambda: constant(value))

    def place(self, value: int) -> str:
        """Return the parameter that stands for a place in a text, or a number of its characters."""
        return self.mark(("place", value), lambda: place(value))

    def parameter(self, name: str, kind: Kind, *, listed: bool = False) -> str:
        """Return a parameter; a decimal travels as text, a list as JSON text where there are no arrays."""
        one = String() if kind is Kind.DECIMAL else SQL_TYPES[kind]()
        many = ARRAY(one) if self._dialect in ("postgresql", "duckdb", "trino") else String()
        return self.mark(
            (name, kind, listed), lambda: bindparam(name, type_=many if listed else one, required=True)
        )

    def stored(self, term: Expression) -> Stored | None:
        """Return a column read as a day or an instant that its source stores as such: its index serves."""
        column = self._columns[term.name] if isinstance(term, Column) else None
        if column is None or not isinstance(term, Column) or not stored(term, column, self._dialect):
            return None
        written = self.mark((term.name, term.kind, "stored"), lambda: plain(term, column))
        return Stored(term.kind, column, written, self._dialect)

    def bare(self, term: Expression) -> str | None:
        """Return a text column of MySQL as it is stored, so that its index finds as many rows or more."""
        if self._dialect not in MYSQL or not isinstance(term, Column) or term.kind is not Kind.TEXT:
            return None
        column = self._columns[term.name]
        return self.mark((term.name, "bare"), lambda: column) if storage.is_text(column, "mysql") else None

    def absent(self, term: Expression) -> str | None:
        """Return whether a column has no text, where that can be told without the text."""
        if (day := self._stored_day(term)) is not None:
            return self.mark((term, "absent"), lambda: days.absent(day))
        if not isinstance(term, Column) or term.kind is not Kind.TEXT:
            return None
        told = storage.is_null(self._columns[term.name], self._dialect)
        return None if told is None else self.mark((term.name, "absent"), lambda: told)

    def untouched(self, term: Expression, characters: str) -> bool:
        """Return whether a column stores numbers, of whose text no blanks can be trimmed."""
        blank = not any("!" <= character <= "~" for character in characters)
        if not blank or self._dialect == "sqlite" or not isinstance(term, Column):
            return False
        return isinstance(self._columns[term.name].type, Integer | Numeric)

    def year(self, text: Expression) -> str | None:
        """Return the year of a day that PostgreSQL stores, of which a text is the first four characters."""
        match text:
            case Slice(of, Constant(0), Constant(4)) if (day := self._stored_day(of)) is not None:
                return self.mark((text, "year"), lambda: days.year(day))
        return None

    def _stored_day(self, term: Expression) -> Sql | None:
        if self._dialect != "postgresql" or not isinstance(term, Column) or term.kind is not Kind.DATE:
            return None
        column = self._columns[term.name]
        return column if days.stored_as_day(column, self._dialect) else None
