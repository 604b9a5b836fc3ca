"""Questions about an expression as a tree: what it reads, what it yields, what takes a column's place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any

from govgraph.expressions.terms import (
    Among,
    Arithmetic,
    Bind,
    Case,
    Column,
    Concat,
    Constant,
    Expression,
    InCity,
    Kind,
    Length,
    Once,
    Operation,
    Paired,
    Position,
    Repeat,
    Slice,
    ToInteger,
    ToText,
    Translate,
    Trim,
)

LONGEST = 2**29
"""More code points than any text holds; the sources take no larger count."""
SMALLEST, LARGEST = -(2**63), 2**63 - 1

Bounds = tuple[int, int]


def parts(expression: Expression) -> Iterator[Expression]:
    """Yield the expressions directly beneath one, in the order they are written."""
    for field in fields(expression):
        yield from _expressions(getattr(expression, field.name))


def _expressions(value: Any) -> Iterator[Expression]:
    if isinstance(value, tuple):
        for item in value:
            yield from _expressions(item)
    elif isinstance(value, Expression):
        yield value


def every(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and all beneath it; what stands in it several times may come once."""
    waiting, seen = [expression], set()
    while waiting:
        term = waiting.pop()
        if id(term) not in seen:
            seen.add(id(term))
            yield term
            waiting.extend(parts(term))


def columns_of(expression: Expression) -> frozenset[str]:
    """Return the names of the columns that an expression reads."""
    return frozenset(term.name for term in every(expression) if isinstance(term, Column))


def binds_of(expression: Expression) -> frozenset[str]:
    """Return the names of the values that an expression needs when it runs."""
    names = (
        term.name if isinstance(term, Bind) else term.bind
        for term in every(expression)
        if isinstance(term, Bind | Among | Paired)
    )
    return frozenset(names)


def substitute(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """Return the expression with others in the place of columns, by column name.

    A column in the place of a column is read as the kind of that place, unless the place reads text.
    """

    def place(term: Expression) -> Expression:
        if not isinstance(term, Column) or term.name not in values:
            return term
        value = values[term.name]
        if isinstance(value, Column) and term.kind is not Kind.TEXT:
            return replace(value, kind=term.kind)
        return value

    return rebuild(expression, place)


def rebuild(expression: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """Return the expression with every term put through `change`, the innermost first.

    A term that stands in several places stays one, so that what is made of it stays small.
    """
    made: dict[int, Expression] = {}

    def rebuilt(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(rebuilt(item) for item in value)
        if not isinstance(value, Expression):
            return value
        if id(value) not in made:
            inner = {field.name: rebuilt(getattr(value, field.name)) for field in fields(value)}
            made[id(value)] = change(type(value)(**inner))
        return made[id(value)]

    result: Expression = rebuilt(expression)
    return result


def kind_of(expression: Expression) -> Kind | None:  # noqa: PLR0911 - one term, one branch
    """Return what an expression yields; None where it can only be null."""
    match expression:
        case Column() | Bind() | Paired():
            return expression.kind
        case Constant(value):
            return _kind_of_value(value)
        case Case(branches, otherwise):
            kinds = (kind_of(value) for value in (*(value for _, value in branches), otherwise))
            return next((kind for kind in kinds if kind is not None), None)
        case Once(value):
            return kind_of(value)
        case Slice() | Concat() | Repeat() | Translate() | Trim() | ToText() | InCity():
            return Kind.TEXT
        case Length() | Position() | ToInteger() | Arithmetic():
            return Kind.INTEGER
    return Kind.BOOLEAN


def _kind_of_value(value: str | int | bool | None) -> Kind | None:
    if isinstance(value, bool):
        return Kind.BOOLEAN
    if isinstance(value, int):
        return Kind.INTEGER
    return None if value is None else Kind.TEXT


def bounds(expression: Expression) -> Bounds:  # noqa: C901, PLR0911 - one term, one branch
    """Return the least and the greatest integer that an expression can yield, as far as its form tells."""
    match expression:
        case Constant(int(value)):
            return int(value), int(value)
        case Length():
            return 0, LONGEST
        case Position():
            return -1, LONGEST
        case ToInteger(Slice(_, _, Constant(int(length)))) if 0 < length < 18:
            return 0, 10**length - 1
        case ToInteger():
            return 0, 10**18 - 1
        case Case(branches, otherwise):
            all_bounds = [bounds(value) for _, value in branches] + [bounds(otherwise)]
            return min(low for low, _ in all_bounds), max(high for _, high in all_bounds)
        case Arithmetic():
            low, high = unclipped(expression)
            return max(low, SMALLEST), min(high, LARGEST)
        case Constant(None):
            return 0, 0
        case Once(value):
            return bounds(value)
    return SMALLEST, LARGEST


def unclipped(term: Arithmetic) -> Bounds:
    """Return the bounds of an operation before those of 64 bits: whether it can go beyond them."""
    (a, b), (c, d) = bounds(term.left), bounds(term.right)
    match term.operation:
        case Operation.ADD:
            return a + c, b + d
        case Operation.SUBTRACT:
            return a - d, b - c
        case Operation.MULTIPLY:
            products = (a * c, a * d, b * c, b * d)
            return min(products), max(products)
        case Operation.REMAINDER:
            return min(c + 1, 0), max(d - 1, 0)
        case Operation.DIVIDE:
            largest = max(abs(a), abs(b))
            return (a // d, b // c) if a >= 0 and c > 0 else (-largest - 1, largest)
    raise AssertionError
