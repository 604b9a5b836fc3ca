"""Masks that hide a value whole."""

from auth.masking.rule import Mask
from auth.masking.showing import CELL, HIDDEN
from govgraph.expressions.shorthand import NULL, unless_null

RD = Mask("RD", "全部隐藏", unless_null(CELL, HIDDEN))
"""Any value becomes `***`; only that there is one is shown."""

NU = Mask("NU", "不显示", NULL)
"""Any value becomes null."""
