"""Masks of addresses, and of the division codes that stand for them."""

from auth.masking.rule import Mask
from auth.masking.showing import CELL, HIDDEN
from govgraph.expressions.shorthand import (
    DIGITS,
    compare,
    equal,
    joined,
    part,
    plus,
    shaped,
    unless_null,
    when,
)
from govgraph.expressions.terms import Case, Comparison, Constant, Expression, Length, Position, Slice

FAR = 2**20
"""Further than any word stands in an address."""


def _end_of(word: str) -> Expression:
    place = Position(CELL, word)
    return when(compare(place, Comparison.LESS, 0), Constant(FAR), plus(place, len(word)))


def _earlier(left: Expression, right: Expression) -> Expression:
    return when(compare(left, Comparison.LESS, right), left, right)


def _to_street() -> Expression:
    end = _earlier(_end_of("街道"), _earlier(_end_of("镇"), _end_of("乡")))
    shows_less = compare(end, Comparison.LESS, Length(CELL))
    return when(shows_less, Slice(CELL, Constant(0), end), HIDDEN)


def _masked() -> Expression:
    street_code = joined(part(CELL, 0, 9), HIDDEN)
    village = shaped(CELL, 12, DIGITS)
    return unless_null(CELL, Case(((village, street_code), (equal(CELL, ""), HIDDEN)), _to_street()))


AD = Mask("AD", "地址到街道", _masked(), technique="generalisation")
"""`浙江省金华市婺城区城东街道桃园社区5号` becomes `浙江省金华市婺城区城东街道`.

The first of 街道, 镇 and 乡 ends it. An address without any of them, or with nothing behind it, is
hidden whole. A village's division code (12 digits) shows its street's: `330702001***`.
"""
