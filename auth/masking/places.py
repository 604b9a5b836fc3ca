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
from govgraph.expressions.terms import Case, Comparison, Constant, Expression, Length, Position, Slice

WORDS = ("街道", "镇", "乡")
NOT_BEHIND = Comparison.LESS_OR_EQUAL


def _end_of(word: str) -> Expression:
    """Return where a word ends that is sure to stand: at the latest behind the address."""
    return plus(Position(joined(CELL, word), word), len(word))


def _to_street() -> Expression:
    road, town, township = (_end_of(word) for word in WORDS)
    first_of_all = all_of(compare(road, NOT_BEHIND, town), compare(road, NOT_BEHIND, township))
    end = Case(((first_of_all, road), (compare(town, NOT_BEHIND, township), town)), township)
    shows_less = compare(end, Comparison.LESS, Length(CELL))
    return once(when(shows_less, Slice(CELL, Constant(0), end), HIDDEN), road, town, township)


def _masked() -> Expression:
    street_code = joined(part(CELL, 0, 9), HIDDEN)
    village = shaped(CELL, 12, DIGITS)
    return unless_null(CELL, Case(((village, street_code), (equal(CELL, ""), HIDDEN)), _to_street()))


AD = Mask("AD", "地址到街道", _masked(), technique="generalisation")
"""`浙江省金华市婺城区城东街道桃园社区5号` becomes `浙江省金华市婺城区城东街道`.

The first of 街道, 镇 and 乡 ends it. An address without any of them, or with nothing behind it, is
hidden whole. A village's division code (12 digits) shows its street's: `330702001***`.
"""
