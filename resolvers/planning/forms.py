"""How a source can write a value as the answer shows it, where the value is as it should be.

What is not as it should be (dirt, a spelling of its own, an unknown code) is completed here, by
`resolvers.planning.fields`, whose words this repeats for clean values and never contradicts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from auth.masking.rule import VALUE
from govgraph.expressions.shorthand import equal, joined, part, when
from govgraph.expressions.terms import (
    Case,
    Column,
    Constant,
    Expression,
    IsNull,
    Kind,
    Length,
    Not,
    Or,
)
from schema.catalog import CatalogField
from schema.normal_forms import TRIMMED
from schema.types import SEMANTIC_TYPES

CELL = Column(VALUE)
MOST_CODES = 50
"""Codes of a table that a source tells apart for each row."""
SHORT_NUMBER = "0|-?[1-9][0-9]{0,8}|-?1[0-9]{9}"
"""Whole numbers that fit 32 bits at sight."""
NUMBERS: Mapping[str, Kind] = {"Int": Kind.INTEGER, "Long": Kind.INTEGER, "Boolean": Kind.BOOLEAN}


@dataclass(frozen=True, slots=True)
class Form:
    """A clean value is null or matches `pattern` whole, and `clean` is true of it; it is shown as `shown`.

    Both expressions speak of `Column(VALUE)`, the value as its source gave it. A text is written as the
    `kind` it spells.
    """

    shown: Expression = CELL
    pattern: str | None = None
    clean: Expression | None = None
    kind: Kind = Kind.TEXT

    @property
    def as_it_is(self) -> bool:
        """Return whether a clean value is shown as its source gave it."""
        return self.shown == CELL and self.kind is Kind.TEXT


AS_IT_IS = Form()


def form_of(field: CatalogField) -> Form | None:
    """Return the form of a field that is shown clear; None where its values are completed here alone."""
    if field.codes:
        return coded(field) if len(field.codes) <= MOST_CODES else None
    type_ = SEMANTIC_TYPES[field.type]
    if type_.normal == CELL:
        return AS_IT_IS
    if type_.normal == TRIMMED:
        return Form(clean=Or((IsNull(CELL), equal(TRIMMED, CELL))))
    if type_.at_sight is None:
        return None
    if field.type == "DateTime":
        zone = when(equal(Length(CELL), 19), Constant("+08:00"), Constant("+00:00"))
        return Form(joined(part(CELL, 0, 19), zone), type_.at_sight.pattern)
    pattern = SHORT_NUMBER if field.type == "Int" else type_.at_sight.pattern
    return Form(pattern=pattern, kind=NUMBERS.get(field.type, Kind.TEXT))


def coded(field: CatalogField) -> Form:
    """Return the form of an enum: the name of each code that its table has."""
    names = tuple((equal(CELL, code.stored), Constant(code.name)) for code in field.codes)
    shown = Case(names, Constant(None))
    return Form(shown, clean=Or((IsNull(CELL), Not(IsNull(shown)))))


def key_form(field: CatalogField) -> Form | None:
    """Return the form of a key in its normal form; an enum's is the code as stored."""
    if field.codes:
        return AS_IT_IS
    found = form_of(field)
    return Form(pattern=found.pattern, clean=found.clean) if found is not None else None
