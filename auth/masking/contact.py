"""Masks of telephone numbers, accounts and plates."""

from auth.masking.rule import Mask
from auth.masking.showing import CELL, show
from govgraph.expressions.shorthand import (
    CAPITALS,
    DIGITS,
    all_of,
    compare,
    equal,
    joined,
    last,
    part,
    plus,
    shaped,
    stars,
)
from govgraph.expressions.terms import Comparison, Length, OnlyOf, Or

SHORTEST_ACCOUNT = 8
"""Fewer characters than this and the last four would be most of the number."""

PH = Mask(
    "PH",
    "手机号中间四位",
    show(
        all_of(shaped(CELL, 11, DIGITS), equal(part(CELL, 0, 1), "1")),
        joined(part(CELL, 0, 3), stars(4), part(CELL, 7)),
    ),
)
"""`13800135678` becomes `138****5678`; a number of another kind is hidden whole."""

AC = Mask(
    "AC",
    "账号后四位",
    show(
        all_of(
            compare(Length(CELL), Comparison.GREATER_OR_EQUAL, SHORTEST_ACCOUNT),
            OnlyOf(CELL, DIGITS + CAPITALS),
        ),
        joined(stars(plus(Length(CELL), -4)), last(CELL, 4)),
    ),
)
"""`6222020200112233445` becomes `***************3445`."""

PL = Mask(
    "PL",
    "号牌前二后二",
    show(
        all_of(
            Or((equal(Length(CELL), 7), equal(Length(CELL), 8))),
            OnlyOf(part(CELL, 1), DIGITS + CAPITALS),
        ),
        joined(part(CELL, 0, 2), stars(3), last(CELL, 2)),
    ),
)
"""`浙G12345` and `浙GD00145` become `浙G***45`: the length is hidden too."""
