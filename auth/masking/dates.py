"""Masks of days."""

from auth.masking.rule import Mask
from auth.masking.showing import CELL
from govgraph.expressions.shorthand import DIGITS, all_of, compare, equal, part, when
from govgraph.expressions.terms import Comparison, Kind, Length, OnlyOf, ToInteger

YEAR = part(CELL, 0, 4)
YR = Mask(
    "YR",
    "只显示年份",
    when(
        all_of(
            compare(Length(CELL), Comparison.GREATER_OR_EQUAL, 10),
            equal(part(CELL, 4, 1), "-"),
            OnlyOf(part(CELL, 5, 2), DIGITS),
            equal(part(CELL, 7, 1), "-"),
        ),
        ToInteger(YEAR),
    ),
    output=Kind.INTEGER,
    technique="generalisation",
    of_day=ToInteger(YEAR),
)
"""`1990-03-07` becomes the number 1990; what is not a day or a moment becomes null."""
