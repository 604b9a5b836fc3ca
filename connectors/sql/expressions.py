"""Writes expressions of the algebra in a source's own SQL; the meaning of each term is in `terms`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from sqlalchemy import Boolean, String, and_, bindparam, case, cast, collate, func, not_, or_
from sqlalchemy import literal_column as literal
from sqlalchemy.sql.elements import ColumnElement, Grouping

from connectors.sql import storage
from connectors.sql.constants import constant
from connectors.sql.spellings import Spelling, operate, spelling, type_of
from govgraph.expressions.reading import boolean_of, decimal_text, integer_of
from govgraph.expressions.terms import (
    Among,
    And,
    Arithmetic,
    Bind,
    Case,
    Column,
    Compare,
    Comparison,
    Concat,
    Constant,
    Expression,
    IsNull,
    Kind,
    Length,
    Not,
    OnlyOf,
    Operation,
    Or,
    Position,
    Repeat,
    Slice,
    ToInteger,
    ToText,
    Translate,
    Trim,
)
from govgraph.expressions.walk import LARGEST, LONGEST, SMALLEST, bounds, kind_of, unclipped

Sql = ColumnElement[Any]


def render(expression: Expression, columns: Mapping[str, Sql], dialect: str) -> Sql:
    """Return an expression as SQL of `sqlite`, `postgresql` or `duckdb`.

    `columns` stand for the row's columns; their types say how they are stored. Constants and binds
    become parameters; `spellings.bound` turns a bind's value into what the client takes. A text column
    that is read as text stays bare, so that its index serves.
    """
    return _Writer(columns, dialect, spelling(dialect)).write(expression)


@dataclass(frozen=True, slots=True)
class _Writer:
    columns: Mapping[str, Sql]
    dialect: str
    spelling: Spelling

    def write(self, term: Expression, kind: Kind = Kind.TEXT) -> Sql:  # noqa: PLR0911 - one term, one branch
        """Return a term as SQL; `kind` is what a bare null is taken for."""
        match term:
            case Constant(None):
                return cast(constant(None), type_of(kind))
            case Constant(value):
                return constant(value)
            case Column() | Bind() | Among():
                return self._given(term)
            case Case():
                return self._case(term, kind)
            case Compare() | IsNull() | Not() | And() | Or() | OnlyOf():
                return self._truth(term)
            case Length() | Position() | ToInteger() | Arithmetic():
                return self._number(term)
        return self._text(term)

    def number(self, term: Expression) -> Sql:
        return self.write(term, Kind.INTEGER)

    def truth(self, term: Expression) -> Sql:
        return self.write(term, Kind.BOOLEAN)

    def _given(self, term: Column | Bind | Among) -> Sql:
        match term:
            case Column():
                return self._column(term)
            case Bind(name, kind):
                parameter: Sql = bindparam(name, type_=type_of(kind), required=True)
                return self.spelling.decimal(parameter) if kind is Kind.DECIMAL else parameter
            case Among(value, bind, kind):
                return self.spelling.among(self.write(value, kind), bind, kind)

    def _column(self, term: Column) -> Sql:
        column = self.columns[term.name]
        if term.kind is Kind.TEXT:
            return storage.text_of(column, self.dialect)
        native = storage.native(column, term.kind, self.dialect)
        if native is not None:
            return native
        text = Column(term.name)
        match term.kind:
            case Kind.INTEGER:
                return self.write(integer_of(text))
            case Kind.BOOLEAN:
                return self.write(boolean_of(text))
            case _:
                return self.spelling.decimal(self.write(decimal_text(text)))

    def _case(self, term: Case, kind: Kind) -> Sql:
        kind = kind_of(term) or kind
        branches = ((self.truth(condition), self.write(value, kind)) for condition, value in term.branches)
        otherwise = self.write(term.otherwise, kind)
        written = list(branches)
        return case(*written, else_=otherwise) if written else otherwise

    def _truth(self, term: Expression) -> Sql:  # noqa: PLR0911 - one term, one branch
        match term:
            case Compare():
                return self._compare(term)
            case IsNull(value):
                return Grouping(self.write(value)).op("IS", return_type=Boolean())(literal("NULL"))
            case Not(value):
                return not_(Grouping(self.truth(value)))
            case And(parts) if parts:
                return and_(*(Grouping(self.truth(part)) for part in parts))
            case Or(parts) if parts:
                return or_(*(Grouping(self.truth(part)) for part in parts))
            case OnlyOf(text, characters):
                left = self.spelling.trim(self.write(text), characters)
                return operate(left, "=", literal("''"), Boolean())
        return constant(isinstance(term, And))

    def _compare(self, term: Compare) -> Sql:
        kind = kind_of(term.left) or kind_of(term.right) or Kind.TEXT
        left, right = self.write(term.left, kind), self.write(term.right, kind)
        if kind is Kind.TEXT and self._needs_collation(term):
            left = collate(Grouping(left), self.spelling.collation or "")
        return operate(left, term.comparison.value, right, Boolean())

    def _needs_collation(self, term: Compare) -> bool:
        """Return whether a comparison must be told to go by code point.

        PostgreSQL's equality does in (almost) any collation, and there a collation named in a query
        stands between a column and its index. In SQLite only a column can bring another one.
        """
        if self.dialect == "sqlite":
            return isinstance(term.left, Column) or isinstance(term.right, Column)
        equality = term.comparison in {Comparison.EQUAL, Comparison.UNEQUAL}
        return self.spelling.collation is not None and not equality

    def _number(self, term: Expression) -> Sql:
        match term:
            case Length(text):
                return self.spelling.length(self.write(text))
            case Position(text, needle):
                return operate(self.spelling.position(self.write(text), needle), "-", literal("1"))
            case ToInteger(text):
                return self.spelling.integer(self.write(text))
            case Arithmetic():
                return self._arithmetic(term)
        raise AssertionError

    def _arithmetic(self, term: Arithmetic) -> Sql:
        left, right = self.number(term.left), self.number(term.right)
        low, high = unclipped(term)
        fits = low >= SMALLEST and high <= LARGEST
        match term.operation:
            case Operation.DIVIDE | Operation.REMAINDER:
                return self._divide(term, left, right)
            case Operation(value=operator):
                return (
                    operate(left, operator, right)
                    if fits
                    else self.spelling.within_64_bits(operator, left, right)
                )

    def _divide(self, term: Arithmetic, left: Sql, right: Sql) -> Sql:
        """Return quotient or remainder rounded down; the sources round towards zero."""
        (lowest, _), (least, greatest) = bounds(term.left), bounds(term.right)
        divisor = right if least > 0 or greatest < 0 else func.nullif(right, literal("0"))
        remainder = operate(left, "%", divisor)
        quotient = operate(left, self.spelling.divide, divisor)
        wants_remainder = term.operation is Operation.REMAINDER
        if lowest >= 0 and least > 0:
            return remainder if wants_remainder else quotient
        apart = operate(
            operate(remainder, "<", literal("0")), "<>", operate(divisor, "<", literal("0")), Boolean()
        )
        uneven = and_(operate(remainder, "<>", literal("0"), Boolean()), apart)
        if wants_remainder:
            return case((uneven, operate(remainder, "+", divisor)), else_=remainder)
        if lowest == SMALLEST and least <= -1 <= greatest:
            fits = or_(
                operate(left, ">", literal(str(SMALLEST)), Boolean()),
                operate(divisor, "<>", literal("-1"), Boolean()),
            )
            return case((and_(fits, uneven), operate(quotient, "-", literal("1"))), (fits, quotient))
        return case((uneven, operate(quotient, "-", literal("1"))), else_=quotient)

    def _text(self, term: Expression) -> Sql:  # noqa: PLR0911 - one term, one branch
        match term:
            case Slice(text, start, length):
                first = operate(self._count(start), "+", literal("1"))
                return self.spelling.slice(
                    self.write(text), first, None if length is None else self._count(length)
                )
            case Concat(parts) if parts:
                written = [self.write(part) for part in parts]
                return reduce(lambda left, right: operate(left, "||", right, String()), written)
            case Concat():
                return constant("")
            case Repeat(character, count):
                return self.spelling.repeat(character, self._count(count))
            case Translate(text, source, target):
                return self.spelling.translate(self.write(text), source, target)
            case Trim(text, characters):
                return self.spelling.trim(self.write(text), characters)
            case ToText(number):
                return cast(self.number(number), String)
        raise AssertionError

    def _count(self, term: Expression) -> Sql:
        """Return a number of characters, from none to more than there are."""
        low, high = bounds(term)
        number = self.number(term)
        bounded: list[tuple[Sql, Sql]] = []
        if low < 0:
            bounded.append((operate(number, "<", literal("0"), Boolean()), literal("0")))
        if high > LONGEST:
            bounded.append((operate(number, ">", literal(str(LONGEST)), Boolean()), literal(str(LONGEST))))
        return case(*bounded, else_=number) if bounded else number
