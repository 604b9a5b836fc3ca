"""Masks of amounts of money."""

from auth.masking.rule import Mask
from auth.masking.showing import CELL, HIDDEN
from govgraph.expressions.shorthand import DIGITS, equal, joined, once, part, plus, unless_null
from govgraph.expressions.terms import (
    And,
    Arithmetic,
    Case,
    Constant,
    Expression,
    IsNull,
    Not,
    OnlyOf,
    Operation,
    Or,
    Position,
    Slice,
    ToInteger,
    ToText,
)

WIDTH = 1000


def _bucket() -> Expression:
    point = Position(joined(CELL, "."), ".")
    before = Slice(CELL, Constant(0), point)
    whole = once(ToInteger(before), before)
    lower = Arithmetic(
        Operation.MULTIPLY, Arithmetic(Operation.DIVIDE, whole, Constant(WIDTH)), Constant(WIDTH)
    )
    negative = And((equal(part(CELL, 0, 1), "-"), OnlyOf(part(CELL, 1), DIGITS + ".")))
    spelled = And((Not(IsNull(whole)), OnlyOf(Slice(CELL, plus(point, 1)), DIGITS)))
    branches = (
        (Or((equal(CELL, ""), equal(CELL, "-"))), HIDDEN),
        (negative, Constant("<0")),
        (And((equal(whole, 0), OnlyOf(CELL, "0."), spelled)), Constant("0")),
        (spelled, joined(ToText(lower), "..", ToText(plus(lower, WIDTH)))),
    )
    return unless_null(CELL, once(Case(branches, HIDDEN), whole))


BK = Mask("BK", "金额区间", _bucket(), technique="generalisation")
"""`2400` becomes `2000..3000`: from the first number on, up to but without the second.

Nothing but zero is `0`; `0.5` is `0..1000`, `1000` is `1000..2000`, whatever is below zero `<0`.
"""
