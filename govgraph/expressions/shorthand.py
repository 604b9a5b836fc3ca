"""Short ways to write what masks and normal forms say again and again."""

from govgraph.expressions.terms import (
    And,
    Arithmetic,
    Case,
    Compare,
    Comparison,
    Concat,
    Constant,
    Expression,
    IsNull,
    Length,
    Once,
    OnlyOf,
    Operation,
    Repeat,
    Slice,
)

DIGITS = "0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NULL = Constant(None)


def equal(left: Expression, right: Expression | str | int) -> Expression:
    """Return whether two values are equal; a plain value stands for its constant."""
    return compare(left, Comparison.EQUAL, right)


def compare(left: Expression, comparison: Comparison, right: Expression | str | int) -> Expression:
    """Return whether two values stand in a relation; a plain value stands for its constant."""
    return Compare(comparison, left, Constant(right) if isinstance(right, str | int) else right)


def plus(left: Expression, right: int) -> Expression:
    """Return a number and a constant added; the constant may be negative."""
    return Arithmetic(Operation.ADD, left, Constant(right))


def part(text: Expression, start: int, length: int | None = None) -> Expression:
    """Return the code points from a fixed place, at most a fixed number of them."""
    return Slice(text, Constant(start), None if length is None else Constant(length))


def last(text: Expression, length: int) -> Expression:
    """Return the last code points of a text, all where there are no more."""
    return Slice(text, plus(Length(text), -length))


def joined(*parts: Expression | str) -> Expression:
    """Return texts one after the other; a plain text stands for its constant."""
    return Concat(tuple(Constant(part) if isinstance(part, str) else part for part in parts))


def stars(count: int | Expression) -> Expression:
    """Return so many asterisks."""
    return Constant("*" * count) if isinstance(count, int) else Repeat("*", count)


def has_length(text: Expression, length: int) -> Expression:
    """Return whether a text has so many code points."""
    return equal(Length(text), length)


def all_of(*conditions: Expression) -> Expression:
    """Return whether every condition holds."""
    return And(conditions)


def shaped(text: Expression, length: int, characters: str) -> Expression:
    """Return whether a text is so long and made of the given characters alone."""
    return all_of(has_length(text, length), OnlyOf(text, characters))


def when(condition: Expression, value: Expression, otherwise: Expression = NULL) -> Expression:
    """Return one value where a condition is true, another (null) where it is false or unknown."""
    return Case(((condition, value),), otherwise)


def once(value: Expression, *shared: Expression) -> Expression:
    """Return a value, of whose terms some are to be computed once."""
    return Once(value, shared)


def unless_null(value: Expression, result: Expression) -> Expression:
    """Return a result, or null where the value it is made from is null."""
    return when(IsNull(value), NULL, result)
