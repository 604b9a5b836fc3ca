"""Masks of people's names."""

from auth.masking.rule import Mask
from auth.masking.showing import CELL, HIDDEN
from govgraph.expressions.shorthand import equal, has_length, joined, part, plus, stars, unless_null
from govgraph.expressions.terms import Case, Length

NM = Mask(
    "NM",
    "姓名隐名",
    unless_null(
        CELL,
        Case(
            ((equal(CELL, ""), HIDDEN), (has_length(CELL, 1), stars(1))),
            joined(part(CELL, 0, 1), stars(plus(Length(CELL), -1))),
        ),
    ),
)
"""`陈志远` becomes `陈**`; a name of one character is hidden: `*`."""
