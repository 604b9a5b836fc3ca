"""Masks of addresses, and of the division codes that stand for them."""

from auth.masking.rule import Mask
from auth.masking.showing import CELL, HIDDEN
from govgraph.expressions.shorthand import (
    DIGITS,
    all_of,
    compare,
    equal,
    joined,
    once,
    part,
    plus,
    shaped,
    unless_null,
    when,
)
from govgraph.expressions.terms import Case, Comparison, Constant, Expression, Not, Or, Position, Slice

ROAD, TOWN, TOWNSHIP = (Position(CELL, word) for word in ("街道", "镇", "乡"))
"""Where the words that may end an address first stand in it."""


def _stands(place: Expression, *others: Expression) -> Expression:
    """Return whether a word stands in the address, and none of the others in front of it."""
    before = (Or((_absent(other), compare(place, Comparison.LESS, other))) for other in others)
    return all_of(Not(_absent(place)), *before)


def _absent(place: Expression) -> Expression:
    return compare(place, Comparison.LESS, 0)


def _up_to(end: Expression) -> Expression:
    """Return the address up to a place, hidden where there is nothing behind."""
    return when(equal(Slice(CELL, end, Constant(1)), ""), HIDDEN, Slice(CELL, Constant(0), end))


def _masked() -> Expression:
    branches = (
        (_stands(ROAD, TOWN, TOWNSHIP), _up_to(plus(ROAD, 2))),
        (_stands(TOWN, TOWNSHIP), _up_to(plus(TOWN, 1))),
        (_stands(TOWNSHIP), _up_to(plus(TOWNSHIP, 1))),
        (shaped(CELL, 12, DIGITS), joined(part(CELL, 0, 9), HIDDEN)),
    )
    return unless_null(CELL, once(Case(branches, HIDDEN), ROAD, TOWN, TOWNSHIP))


AD = Mask("AD", "地址到街道", _masked(), technique="generalisation")
"""`浙江省金华市婺城区城东街道桃园社区5号` becomes `浙江省金华市婺城区城东街道`.

The first of 街道, 镇 and 乡 ends it. An address without any of them, or with nothing behind it, is
hidden whole. A village's division code (12 digits) shows its street's: `330702001***`.
"""
