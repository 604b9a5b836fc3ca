"""How a text is read as a moment, and as the instant that a moment without a zone is on the city's clock.

An instant is the text `2016-05-20T08:30:00+08:00`: whole seconds, all in one zone, so that the order of
the texts is the order of time. The zone is UTC+8 in every year, as answers show it.
"""

from govgraph.expressions.days import day_of
from govgraph.expressions.shorthand import (
    DIGITS,
    NULL,
    all_of,
    compare,
    equal,
    joined,
    part,
    plus,
    shaped,
)
from govgraph.expressions.terms import (
    Arithmetic,
    Case,
    Comparison,
    Constant,
    Expression,
    InCity,
    IsNull,
    Length,
    OnlyOf,
    Operation,
    Slice,
)

CITY = "+08:00"
"""The zone of a moment that states none."""


def moment_of(text: Expression) -> Expression:
    """Return the moment of a trimmed text: RFC 3339 to the second, with its zone where it has one.

    A day is its midnight; null for what is no moment.
    """
    return joined(day_of(text), _time(text), _zone(text))


def instant_of(text: Expression) -> Expression:
    """Return the instant of a trimmed text; null for no moment, and for one beyond the calendar."""
    zone, moment = _zone(text), joined(day_of(text), _time(text))
    day = joined(part(text, 0, 4), "-", part(text, 5, 2), "-", part(text, 8, 2))
    elsewhere = InCity(joined(day, "T", part(text, 11, 8), zone))
    return Case(((IsNull(moment), NULL), (equal(zone, ""), joined(moment, CITY))), elsewhere)


def _time(text: Expression) -> Expression:
    """Return the time of day to the second, `T08:30:00`; null for what is none."""
    length, zone = Length(text), _zone(text)
    fraction = Slice(text, Constant(20), Arithmetic(Operation.SUBTRACT, length, plus(Length(zone), 20)))
    precise = Case(
        ((equal(part(text, 19, 1), "."), OnlyOf(fraction, DIGITS)),), equal(length, plus(Length(zone), 19))
    )
    minute, second = _is_minute(text), all_of(_two(text, 17, "59"), equal(part(text, 16, 1), ":"))
    branches = (
        (compare(length, Comparison.LESS_OR_EQUAL, 11), Constant("T00:00:00")),
        (all_of(equal(length, 16), minute), joined("T", part(text, 11, 5), ":00")),
        (all_of(minute, second, precise), joined("T", part(text, 11, 8))),
    )
    return Case(branches, NULL)


def _is_minute(text: Expression) -> Expression:
    return all_of(_two(text, 11, "23"), equal(part(text, 13, 1), ":"), _two(text, 14, "59"))


def _two(text: Expression, start: int, most: str) -> Expression:
    """Return whether two digits stand at a place, no more than `most`."""
    digits = part(text, start, 2)
    return all_of(shaped(digits, 2, DIGITS), compare(digits, Comparison.LESS_OR_EQUAL, most))


def _zone(text: Expression) -> Expression:
    """Return the zone that stands behind the seconds, `Z` or `+08:00`; nothing where there is none."""
    length = Length(text)

    def before_end(count: int, width: int) -> Expression:
        return Slice(text, plus(length, -count), Constant(width))

    is_offset = all_of(
        compare(length, Comparison.GREATER_OR_EQUAL, 25),
        OnlyOf(before_end(6, 1), "+-"),
        equal(before_end(3, 1), ":"),
        OnlyOf(before_end(5, 2), DIGITS),
        OnlyOf(before_end(2, 2), DIGITS),
    )
    universal = all_of(compare(length, Comparison.GREATER_OR_EQUAL, 20), equal(before_end(1, 1), "Z"))
    return Case(((universal, Constant("Z")), (is_offset, before_end(6, 6))), Constant(""))
