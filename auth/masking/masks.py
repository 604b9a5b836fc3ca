"""All masks by code, and the one expression that a rule over them comes to."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from auth.filters import Condition
from auth.masking.contact import AC, PH, PL
from auth.masking.dates import YR
from auth.masking.hidden import NU, RD
from auth.masking.identity_numbers import ID, ID2, UN, V4
from auth.masking.money import BK
from auth.masking.names import NM
from auth.masking.places import AD
from auth.masking.pseudonym import HS
from auth.masking.rule import VALUE, Mask, MaskRule
from govgraph.expressions.shorthand import NULL, when
from govgraph.expressions.terms import Expression, Not
from govgraph.expressions.walk import substitute

MASKS: Mapping[str, Mask] = MappingProxyType(
    {mask.code: mask for mask in (ID, ID2, NM, RD, PH, AD, AC, PL, UN, YR, BK, NU, HS, V4)}
)
"""Every mask speaks of `Column(VALUE)`, the normal form as text. Null stays null; what is not in its
normal form, or too short to hide anything of, is hidden whole; nothing is ever shown whole."""


def mask_expression(
    rule: MaskRule, value: Expression, condition: Callable[[Condition], Expression], *, day: bool = False
) -> Expression:
    """Return what a rule shows of a value in its normal form.

    `condition` gives the expression of a row's condition. The default is shown only where every
    condition is surely false; where one is unknown, its stricter mask holds. A stricter mask that
    yields another kind than the default shows null. A keyed mask is finished by the platform. Where the
    value is known to be a `day`, masks that say less of one do.
    """
    default = MASKS[rule.mask]
    shown = _of(default, value, day=day)
    for exception in reversed(rule.exceptions):
        stricter = MASKS[exception.mask]
        fits = stricter.output is default.output and stricter.keyed == default.keyed
        hidden = _of(stricter, value, day=day) if fits else NULL
        shown = when(Not(condition(exception.condition)), shown, hidden)
    return shown


def _of(mask: Mask, value: Expression, *, day: bool) -> Expression:
    short = mask.of_day if day else None
    return substitute(mask.expression if short is None else short, {VALUE: value})
