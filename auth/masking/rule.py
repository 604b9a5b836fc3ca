"""A mask as a value, and the rule that chooses between masks by row."""

from dataclasses import dataclass

from auth.filters import Condition
from govgraph.expressions.terms import Expression, Kind

VALUE = "value"
"""The name of the column that stands for the masked value in a mask's expression."""


@dataclass(frozen=True, slots=True)
class Mask:
    """One way to show less of a value.

    `expression` speaks of `Column(VALUE)`, the normal form of the value as text; `output` is the kind it
    yields and so the field's type in the caller's schema. `technique` is the term of GB/T 37964.
    A `keyed` mask (HS) is finished by the platform with a key that never travels: its expression
    is the value itself. Of a value that is known to be a day, `of_day` shows the same in fewer terms.
    """

    code: str
    title: str
    expression: Expression
    output: Kind = Kind.TEXT
    technique: str = "suppression"
    keyed: bool = False
    of_day: Expression | None = None


@dataclass(frozen=True, slots=True)
class MaskException:
    """A stricter mask for the rows on which a condition is not surely false."""

    condition: Condition
    mask: str


@dataclass(frozen=True, slots=True)
class MaskRule:
    """The mask of a field by code, and its exceptions; the first that applies wins."""

    mask: str
    exceptions: tuple[MaskException, ...] = ()
