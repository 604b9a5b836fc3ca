"""How a text is read as a day of the calendar, in the spellings that departments deliver."""

from govgraph.expressions.shorthand import (
    DIGITS,
    NULL,
    all_of,
    compare,
    equal,
    has_length,
    joined,
    part,
    shaped,
    when,
)
from govgraph.expressions.terms import (
    Arithmetic,
    Case,
    Comparison,
    Constant,
    Expression,
    OnlyOf,
    Operation,
    Or,
    ToInteger,
    Trim,
)

BLANKS = " \t\r\n\v\f\u00a0\u2002\u2003\u200b\u200e\u200f\u3000\ufeff"
"""What stands around values in exports without being part of them."""


def trimmed(cell: Expression) -> Expression:
    """Return a text without the blanks around it."""
    return Trim(cell, BLANKS)


def day_at_sight(text: Expression) -> Expression:
    """Return the same day as `day_of`, known at sight where the text is spelled as nearly all are."""
    return when(plain_day(text), text, day_of(text))


def plain_day(text: Expression) -> Expression:
    """Return whether a text is a day as ISO 8601 spells it, of our time and not at the end of a month."""
    year, month, day = part(text, 0, 4), part(text, 5, 2), part(text, 8, 2)
    return all_of(
        has_length(text, 10),
        equal(part(text, 4, 1), "-"),
        equal(part(text, 7, 1), "-"),
        OnlyOf(joined(year, month, day), DIGITS),
        compare(year, Comparison.GREATER_OR_EQUAL, "1000"),
        compare(month, Comparison.GREATER_OR_EQUAL, "01"),
        compare(month, Comparison.LESS_OR_EQUAL, "12"),
        compare(day, Comparison.GREATER_OR_EQUAL, "01"),
        compare(day, Comparison.LESS_OR_EQUAL, "28"),
    )


def day_of(text: Expression) -> Expression:
    """Return the day that a trimmed text spells as ISO 8601, null for no day; a time of day is left away."""
    apart = all_of(
        OnlyOf(part(text, 4, 1), "-/.年"),
        OnlyOf(part(text, 7, 1), "-/.月"),
        Or((OnlyOf(part(text, 10), "日"), OnlyOf(part(text, 10, 1), " T"))),
    )
    return Case(((has_length(text, 8), _calendar_day(text, 4, 6)), (apart, _calendar_day(text, 5, 8))), NULL)


def _calendar_day(text: Expression, month_at: int, day_at: int) -> Expression:
    """Return the ISO spelling of the day whose parts stand at these places; null for no day."""
    year, month, day = part(text, 0, 4), part(text, month_at, 2), part(text, day_at, 2)
    real = all_of(
        shaped(joined(year, month, day), 8, DIGITS),
        compare(year, Comparison.GREATER, "0000"),
        compare(month, Comparison.GREATER_OR_EQUAL, "01"),
        compare(month, Comparison.LESS_OR_EQUAL, "12"),
        compare(day, Comparison.GREATER_OR_EQUAL, "01"),
        compare(day, Comparison.LESS_OR_EQUAL, longest(year, month)),
    )
    return when(real, joined(year, "-", month, "-", day))


def longest(year: Expression, month: Expression) -> Expression:
    """Return the last day of a month, in two digits as the month is."""
    short = Or(tuple(equal(month, number) for number in ("04", "06", "09", "11")))
    february = when(_leap(ToInteger(year)), Constant("29"), Constant("28"))
    return Case(((short, Constant("30")), (equal(month, "02"), february)), Constant("31"))


def _leap(year: Expression) -> Expression:
    def divided_by(divisor: int) -> Expression:
        return equal(Arithmetic(Operation.REMAINDER, year, Constant(divisor)), 0)

    century = compare(Arithmetic(Operation.REMAINDER, year, Constant(100)), Comparison.UNEQUAL, 0)
    return Or((all_of(divided_by(4), century), divided_by(400)))
