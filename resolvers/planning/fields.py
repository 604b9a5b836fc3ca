"""A catalog field as an expression: bare, in normal form, or ready for the answer."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from auth.masking.rule import VALUE
from govgraph.expressions.days import trimmed
from govgraph.expressions.shorthand import joined
from govgraph.expressions.terms import And, Column, Expression, IsNull, Kind, Not, OnlyOf
from govgraph.expressions.walk import substitute
from resolvers.planning.completing import AtSight, EnumNames
from resolvers.planning.plan import DIRTY
from schema.catalog import CatalogField
from schema.normal_forms import TRIMMED
from schema.types import SEMANTIC_TYPES, normalise, variants

NUMBERS = "0123456789.+-"
LARGEST_INT = 2**31 - 1


def bare(field: CatalogField) -> Column:
    """Return the field's column as its source spells it, read as text."""
    return Column(field.column)


def normal(field: CatalogField) -> Expression:
    """Return the normal form of a field, as text; null where its source holds what cannot have one."""
    if field.codes:
        return bare(field)
    return substitute(SEMANTIC_TYPES[field.type].normal, {VALUE: bare(field)})


def maskable(field: CatalogField) -> Expression:
    """Return what a mask of a field reads: the normal form, or for amounts the digits as they are.

    The one spelling of a decimal costs far more than any mask needs; a mask hides what it cannot read.
    A day is read as one: a source that stores days need not look for one in its text.
    """
    if is_day(field):
        return Column(field.column, Kind.DATE)
    return substitute(TRIMMED, {VALUE: bare(field)}) if field.type == "Decimal" else normal(field)


def is_day(field: CatalogField) -> bool:
    """Return whether a mask reads a field as a day of the calendar."""
    return field.type == "Date" and not field.codes


def always_readable(field: CatalogField) -> bool:
    """Return whether a mask can read whatever a field holds: any text, without its outer blanks."""
    return normal(field) in (bare(field), trimmed(bare(field)))


def unreadable(field: CatalogField, read: Expression) -> Expression:
    """Return whether a field holds something that a mask cannot read; `read` is what the mask reads."""
    if field.type == "Decimal":
        return And((Not(IsNull(read)), Not(OnlyOf(read, NUMBERS))))
    return And((Not(IsNull(bare(field))), IsNull(read)))


def has_normal_form(field: CatalogField) -> bool:
    """Return whether the normal form differs from the column itself."""
    return not isinstance(normal(field), Column)


def normaliser(field: CatalogField) -> Callable[[Any], str | None]:
    """Return what gives the normal form of a cell of this field; None for what has none."""
    if field.codes:
        return lambda value: None if value is None else str(value)
    name, at_sight = field.type, SEMANTIC_TYPES[field.type].at_sight

    def form(value: Any) -> str | None:
        if value is None:
            return None
        text = str(value)
        return text if at_sight is not None and at_sight.fullmatch(text) else normalise(name, text)

    return form


def key_completion(field: CatalogField) -> Callable[[Any], Any]:
    """Return what completes a key of a row; what has no normal form is dirty."""
    form = normaliser(field)

    def completed(value: Any) -> Any:
        if value is None:
            return None
        key = form(value)
        return DIRTY if key is None else key

    clean = None if field.codes else SEMANTIC_TYPES[field.type].at_sight
    return completed if clean is None else AtSight(clean, completed)


def speller(field: CatalogField) -> Callable[[str], Sequence[str]]:
    """Return what gives the raw spellings that the source is known to hold for a normal form."""
    return lambda value: variants(field.type, field.variants, value)


def kind(field: CatalogField) -> Kind:
    """Return what a field is compared as; an enum as the text its source stores."""
    return Kind.TEXT if field.codes else SEMANTIC_TYPES[field.type].kind


def comparable(field: CatalogField, *, negated: bool = False) -> Expression:
    """Return what a field equals values by: bare where possible, so that an index serves.

    A day or a moment that is none is unknown to any comparison, which only counts below a negation:
    there its text is compared, which is null then.
    """
    if kind(field) is not Kind.TEXT:
        return Column(field.column, kind(field))
    if field.type == "DateTime":
        return joined(instant(field)) if negated else instant(field)
    if field.type == "Date":
        return normal(field) if negated else Column(field.column, Kind.DATE)
    return bare(field)


def instant(field: CatalogField) -> Column:
    """Return the instant of a moment, whatever zone its source states: what it is compared and grouped by."""
    return Column(field.column, Kind.INSTANT)


def ranged(field: CatalogField, *, negated: bool = False) -> Expression:
    """Return what a field is greater and less by: identifiers in their normal form, however spelled."""
    spelled = kind(field) is Kind.TEXT and field.type not in ("Date", "DateTime")
    return normal(field) if spelled else comparable(field, negated=negated)


def sortable(field: CatalogField) -> Expression:
    """Return what a field is ordered by: bare where its source has one spelling, so that an index serves."""
    return normal(field) if field.variants else comparable(field)


def plain(field: CatalogField) -> Expression:
    """Return a field's text without the blanks that its type does not count, for what looks at a part."""
    return substitute(TRIMMED, {VALUE: bare(field)}) if has_normal_form(field) else bare(field)


def completion(field: CatalogField) -> Callable[[Any], Any] | None:
    """Return what completes a clear value as its source spells it; None where nothing is to do."""
    if field.codes:
        return EnumNames({code.stored: code.name for code in field.codes})
    finish = COMPLETIONS.get(field.type)
    if not has_normal_form(field):
        return finish
    form = key_completion(field)
    if finish is None or field.type in WHOLLY_NORMAL:
        return form

    def completed(value: Any) -> Any:
        text = form(value)
        return text if text is None or text is DIRTY else finish(text)

    return completed


def whole_number(value: Any) -> Any:
    """Complete an `Int`: 32 bits, as GraphQL has it."""
    number = long_number(value)
    return number if number is None or number is DIRTY or abs(number) <= LARGEST_INT else DIRTY


def long_number(value: Any) -> Any:
    """Complete a `Long`."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    try:
        return int(str(value))
    except ValueError:
        return DIRTY


def decimal_text(value: Any) -> Any:
    """Complete a `Decimal`: its digits as text, without an exponent."""
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return DIRTY
    return format(number, "f") if number.is_finite() else DIRTY


def moment(value: Any) -> Any:
    """Complete a `DateTime` in RFC 3339; without a zone it is the city's (UTC+8)."""
    if value is None:
        return None
    try:
        read = datetime.fromisoformat(str(value))
    except ValueError:
        return DIRTY
    return read.isoformat() if read.tzinfo else f"{read.isoformat()}+08:00"


def truth(value: Any) -> Any:
    """Complete a `Boolean`, however its source spells it."""
    if value is None or isinstance(value, bool):
        return value
    return {"1": True, "true": True, "t": True, "0": False, "false": False, "f": False}.get(
        str(value).lower(), DIRTY
    )


WHOLLY_NORMAL = frozenset({"Decimal"})
"""Types of whose normal forms nothing is left to complete."""

COMPLETIONS: Mapping[str, Callable[[Any], Any]] = {
    "Int": whole_number,
    "Long": long_number,
    "Decimal": decimal_text,
    "DateTime": moment,
    "Boolean": truth,
}
