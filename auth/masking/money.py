"""Masks of amounts of money."""

from auth.masking.rule import Mask
from auth.masking.showing import CELL, HIDDEN
from govgraph.expressions.shorthand import DIGITS, compare, equal, joined, part, plus, unless_null, when
from govgraph.expressions.terms import (
    And,
    Arithmetic,
    Case,
    Comparison,
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
    point = Position(CELL, ".")
    whole = ToInteger(when(compare(point, Comparison.LESS, 0), CELL, Slice(CELL, Constant(0), point)))
    steps = Arithmetic(Operation.DIVIDE, whole, Constant(WIDTH))
    lower = Arithmetic(Operation.MULTIPLY, steps, Constant(WIDTH))
    negative = And((equal(part(CELL, 0, 1), "-"), OnlyOf(part(CELL, 1), DIGITS + ".")))
    spelled = And((Not(IsNull(whole)), OnlyOf(Slice(CELL, plus(point, 1)), DIGITS)))
    branches = (
        (Or((equal(CELL, ""), equal(CELL, "-"))), HIDDEN),
        (negative, Constant("<0")),
        (And((OnlyOf(CELL, "0."), spelled)), Constant("0")),
        (spelled, joined(ToText(lower), "..", ToText(plus(lower, WIDTH)))),
    )
    return unless_null(CELL, Case(branches, HIDDEN))


BK = Mask("BK", "金额区间", _bucket(), technique="generalisation")
"""`2400` becomes `2000..3000`: from the first number on, up to but without the second.

Nothing but zero is `0`; `0.5` is `0..1000`, `1000` is `1000..2000`, whatever is below zero `<0`.
"""
