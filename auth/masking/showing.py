"""The frame every text mask stands in: null stays null, and what is not as expected is hidden whole."""

from auth.masking.rule import VALUE
from govgraph.expressions.shorthand import stars, unless_null, when
from govgraph.expressions.terms import Column, Expression

CELL = Column(VALUE)
"""The normal form of the value that is masked, as text."""

HIDDEN = stars(3)
"""What stands for a value of which nothing is shown, not even its length."""


def show(expected: Expression, masked: Expression) -> Expression:
    """Return the masked value where the value has the expected form, `***` where it has not."""
    return unless_null(CELL, when(expected, masked, HIDDEN))
