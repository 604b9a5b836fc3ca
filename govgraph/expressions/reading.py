"""How a text is read as another kind: expressions of their own, so that every source reads alike."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from govgraph.expressions.days import day_at_sight
from govgraph.expressions.moments import instant_of
from govgraph.expressions.shorthand import DIGITS, NULL, compare, equal, joined, part, plus, when
from govgraph.expressions.terms import (
    And,
    Arithmetic,
    Case,
    Comparison,
    Constant,
    Expression,
    Kind,
    Length,
    Not,
    OnlyOf,
    Operation,
    Or,
    Position,
    Slice,
    ToInteger,
    ToText,
    Trim,
)

TRUE_SPELLINGS = ("true", "1", "TRUE", "True", "t", "T", "yes", "Y", "y", "是")
FALSE_SPELLINGS = ("false", "0", "FALSE", "False", "f", "F", "no", "N", "n", "否")

CALENDAR = frozenset({Kind.DATE, Kind.INSTANT})
"""Kinds whose values are written as texts of one form."""


def integer_of(text: Expression) -> Expression:
    """Return the number that an optional `-` and 1 to 18 digits spell; null for any other text."""
    below_zero = Arithmetic(Operation.SUBTRACT, Constant(0), ToInteger(part(text, 1)))
    return when(_signed(text), below_zero, ToInteger(text))


def boolean_of(text: Expression) -> Expression:
    """Return what the usual spellings of yes and no mean; null for any other text."""

    def among(spellings: tuple[str, ...]) -> Expression:
        return Or(tuple(equal(text, spelling) for spelling in spellings))

    yes, no = Constant(value=True), Constant(value=False)
    return Case(((among(TRUE_SPELLINGS), yes), (among(FALSE_SPELLINGS), no)), NULL)


def decimal_text(text: Expression) -> Expression:
    """Return a decimal number in its canonical spelling: no leading or trailing zeros, no `-0`.

    Read: an optional `-`, 1 to 18 digits, and behind a point at most 18 more. Null for any other text.
    """
    unsigned = Slice(text, when(_signed(text), Constant(1), Constant(0)))
    point = Position(joined(unsigned, "."), ".")
    whole, decimals = Slice(unsigned, Constant(0), point), Slice(unsigned, plus(point, 1))
    spelled = And((compare(Length(decimals), Comparison.LESS_OR_EQUAL, 18), OnlyOf(decimals, DIGITS)))
    # A leading 1 keeps the zeros behind the point: there is no trimming of one side alone.
    kept = part(Trim(Trim(joined("1.", decimals), "0"), "."), 1)
    sign = when(And((_signed(text), Not(OnlyOf(text, "-0.")))), Constant("-"), Constant(""))
    return when(spelled, joined(sign, ToText(ToInteger(whole)), kept))


def _signed(text: Expression) -> Expression:
    return equal(part(text, 0, 1), "-")


READ: Mapping[Kind, Callable[[Expression], Expression]] = MappingProxyType(
    {
        Kind.INTEGER: integer_of,
        Kind.BOOLEAN: boolean_of,
        Kind.DATE: day_at_sight,
        Kind.INSTANT: instant_of,
    }
)
"""How a trimmed text is read as a kind."""
