"""Masks of numbers that name a person, a vehicle or a real-estate unit."""

from auth.masking.rule import Mask
from auth.masking.showing import CELL, show
from govgraph.expressions.shorthand import (
    CAPITALS,
    DIGITS,
    all_of,
    compare,
    equal,
    has_length,
    joined,
    last,
    part,
    shaped,
    stars,
)
from govgraph.expressions.terms import Comparison, OnlyOf, Or, Position

X_AT = Position(CELL, "X")
IDENTITY_NUMBER = all_of(
    has_length(CELL, 18), OnlyOf(CELL, DIGITS + "X"), Or((compare(X_AT, Comparison.LESS, 0), equal(X_AT, 17)))
)
"""Whether the value is 17 digits and a check digit, which may be `X`."""

ID = Mask("ID", "前六后四", show(IDENTITY_NUMBER, joined(part(CELL, 0, 6), stars(8), part(CELL, 14))))
"""`330799199003071013` becomes `330799********1013`."""

ID2 = Mask("ID2", "首尾各一位", show(IDENTITY_NUMBER, joined(part(CELL, 0, 1), stars(16), part(CELL, 17))))
"""`330799199003071013` becomes `3****************3`."""

V4 = Mask(
    "V4",
    "车辆识别代号后四位",
    show(shaped(CELL, 17, DIGITS + CAPITALS), joined(stars(13), last(CELL, 4))),
)
"""`LSVAU2180N2183294` becomes `*************3294`."""

UN = Mask(
    "UN",
    "不动产单元号前十二位",
    show(shaped(CELL, 28, DIGITS + CAPITALS), joined(part(CELL, 0, 12), stars(16))),
)
"""`330799001002GB00003F00010005` becomes `330799001002****************`."""
