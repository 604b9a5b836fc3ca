"""Long expressions of conditions and orders, computed beneath them under a name.

The normal form of a day or a moment is written out in thousands of characters, nested so deep that
SQLite's parser, which holds a hundred open places, refuses it within a few brackets. Written once, in
an inner select that every planner folds into the outer one, it is a column to what is around it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy.sql.elements import ColumnElement

from connectors.grouping import expressions_of
from connectors.model import Read
from connectors.sql.calendar import storing
from connectors.sql.storage import is_number
from govgraph.expressions.reading import CALENDAR
from govgraph.expressions.shorthand import unless_null
from govgraph.expressions.terms import (
    And,
    Bind,
    Column,
    Constant,
    Expression,
    IsNull,
    Kind,
    OnlyOf,
    Slice,
    ToInteger,
    Trim,
)
from govgraph.expressions.walk import binds_of, columns_of, every, kind_of, rebuild

Sql = ColumnElement[Any]
SPELLED = "0123456789.-"
"""What the text of a stored number is made of."""
LONG = 30
"""Different terms from which on an expression is written apart; a trimmed text has two."""


@dataclass(frozen=True, slots=True)
class Apart:
    """A read whose condition and order speak of columns alone, and what some of these stand for."""

    read: Read
    held: Mapping[str, Expression]


def apart(read: Read, stored: Callable[[Column], bool]) -> Apart:
    """Return the read with the long expressions of its condition and order under names of their own.

    A day or an instant is long unless its column is `stored` as one.
    """
    found: dict[Expression, Column] = {}

    def is_long(term: Expression) -> bool:
        if isinstance(term, Column):
            return term.kind in CALENDAR and not stored(term)
        fixed = kind_of(term) is Kind.TEXT and not binds_of(term) and bool(columns_of(term))
        return fixed and sum(1 for _ in every(term)) >= LONG

    def replaced(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(replaced(item) for item in value)
        if not isinstance(value, Expression):
            return value
        if is_long(value):
            return found.setdefault(value, Column(f"apart {len(found)}"))
        if isinstance(value, Column | Bind | Constant):
            return value
        return type(value)(**{one.name: replaced(getattr(value, one.name)) for one in fields(value)})

    order = tuple(replace(step, expression=replaced(step.expression)) for step in read.order)
    predicate = replaced(read.predicate)
    held = {column.name: expression for expression, column in found.items()}
    return Apart(replace(read, order=order, predicate=predicate) if held else read, held)


def columns_beneath(read: Read) -> frozenset[str]:
    """Return the columns of the entity that a read speaks of outside its keys."""
    shown = frozenset[str]().union(*(columns_of(output.expression) for output in read.outputs))
    expressions = [output.expression for output in read.derived]
    expressions += [step.expression for step in read.order]
    expressions += [read.predicate] if read.predicate is not None else []
    expressions += expressions_of(read.grouping) if read.grouping else []
    keys = {column.name for column in read.keys.columns} if read.keys else set()
    named = shown - {output.name for output in read.derived}
    return named.union(keys, *(columns_of(expression) for expression in expressions))


def sorts_by_long(read: Read, held: Mapping[str, Expression]) -> bool:
    """Return whether the order begins with a long value, so that every row has to be looked at anyway."""
    first = read.order[0].expression if read.order else None
    return isinstance(first, Column) and first.name in held


def parted(read: Read, held: Mapping[str, Expression]) -> tuple[Expression, Read]:
    """Return what of the condition speaks of no long value, and the read with the rest of it.

    With the first part beneath a limit, SQLite computes each long value once a row, not for each use.
    """
    parts: list[Expression] = []
    waiting = [read.predicate] if read.predicate is not None else []
    while waiting:
        part = waiting.pop()
        if isinstance(part, And):
            waiting.extend(part.parts)
        else:
            parts.append(part)
    short = tuple(part for part in parts if columns_of(part).isdisjoint(held))
    long = tuple(part for part in parts if not columns_of(part).isdisjoint(held))
    return And(short), replace(read, predicate=And(long) if long else None)


def in_place(read: Read, columns: Mapping[str, Sql]) -> Read:
    """Return the read without what PostgreSQL need not be asked of values that it stores as days or numbers.

    The year and the absence of a stored day are told sooner than the day is written; the text of a stored
    number holds nothing but what numbers are spelled with.
    """
    stored = storing(columns, "postgresql")
    days = {
        one.name: one.expression
        for one in read.derived
        if isinstance(one.expression, Column) and stored(one.expression)
    }

    trimmed = {one.name: one.expression.text for one in read.derived if isinstance(one.expression, Trim)}
    numbers = {name for name, of in trimmed.items() if isinstance(of, Column) and is_number(columns[of.name])}

    def placed(term: Expression) -> Expression:
        match term:
            case IsNull(Column(name)) if name in days:
                return IsNull(days[name])
            case ToInteger(Slice(Column(name), Constant(0), Constant(4) as size)) if name in days:
                return ToInteger(Slice(days[name], Constant(0), size))
            case OnlyOf(Column(name), characters) if name in numbers and set(SPELLED) <= set(characters):
                return unless_null(Column(name), Constant(value=True))
        return term

    outputs = tuple(replace(one, expression=rebuild(one.expression, placed)) for one in read.outputs)
    named = frozenset[str]().union(*(columns_of(one.expression) for one in outputs))
    kept = tuple(one for one in read.derived if one.name not in days or one.name in named)
    return replace(read, outputs=outputs, derived=kept) if days or numbers else read
