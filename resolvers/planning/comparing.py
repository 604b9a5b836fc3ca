"""A field held against values: what a caller, a grant or a manifest states, as an expression.

Against null nothing is true, as in SQL. Equality looks for the spellings that a source is known to
hold (docs/decisions/0011), so that an index serves; a value in another spelling differs from every
value. Numbers, truths and days that cannot be read are neither equal nor different.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from auth.filters import Attribute, Condition, Operator
from govgraph.expressions.shorthand import unless_null
from govgraph.expressions.terms import (
    Among,
    And,
    Bind,
    Compare,
    Comparison,
    Constant,
    Expression,
    IsNull,
    Kind,
    Length,
    Not,
    Position,
    Slice,
)
from govgraph.expressions.walk import kind_of
from resolvers.documents.arguments import Leaf
from resolvers.planning.binds import BindTable
from resolvers.planning.fields import bare, comparable, kind, plain, ranged
from resolvers.planning.plan import Operand
from schema.catalog import CatalogField, Resource
from schema.types import instant, normalise, variants

COMPARISONS: Mapping[Operator, Comparison] = {
    Operator.GT: Comparison.GREATER,
    Operator.GTE: Comparison.GREATER_OR_EQUAL,
    Operator.LT: Comparison.LESS,
    Operator.LTE: Comparison.LESS_OR_EQUAL,
}
CONTAINS = "contains"
UNKNOWN = Compare(Comparison.EQUAL, Constant(None), Constant(None))
"""What holding anything against null gives."""


def condition(resource: Resource, stated: Condition, binds: BindTable) -> Expression:
    """Return a condition of a grant or manifest as an expression over the resource's columns."""
    return held_against(resource.fields[stated.field], stated.operator, stated.value, binds)


def held_against(
    field: CatalogField,
    operator: Operator,
    operand: Operand | None,
    binds: BindTable,
    *,
    negated: bool = False,
) -> Expression:
    """Return whether a field stands in a relation to a value known when the read runs.

    An enum is compared by what its source stores. `negated` says that it makes a difference whether
    the relation is false or unknown.
    """
    if operator is Operator.IS_NULL:
        missing = IsNull(bare(field))
        return missing if operand in (True, "true") else Not(missing)
    if operand is None:
        return UNKNOWN
    if operator is Operator.STARTS_WITH:
        return begins(bare(field), operand, binds)
    if operator in (Operator.EQ, Operator.IN):
        single = operator is Operator.EQ and not negated and one_spelling(field)
        return equals_one(field, operand, binds) if single else equals(field, operand, binds, negated=negated)
    if operator in (Operator.NE, Operator.NOT_IN):
        return differs(field, operand, binds)
    compared = ranged(field, negated=negated)
    value = Bind(binds.add(operand, bound(field)), kind_of(compared) or Kind.TEXT)
    return Compare(COMPARISONS[operator], compared, value)


def stated(
    field: CatalogField, operator: str, leaf: Leaf | None, binds: BindTable, *, negated: bool
) -> Expression:
    """Return whether a field stands in a relation that a caller states, perhaps below a negation."""
    if leaf is None:
        return UNKNOWN
    if operator == Operator.IS_NULL:
        return absent(field, leaf, binds)
    if operator == Operator.STARTS_WITH:
        return begins(plain(field), leaf, binds)
    if operator == CONTAINS:
        sought = Bind(binds.add(leaf, text))
        return Compare(Comparison.GREATER_OR_EQUAL, Position(plain(field), sought), Constant(0))
    return held_against(field, Operator(operator), leaf, binds, negated=negated)


def absent(field: CatalogField, leaf: Leaf, binds: BindTable) -> Expression:
    """Return whether a source holds nothing for a field, or holds something, as the value says."""
    missing = IsNull(bare(field))
    if not leaf.variable:
        return missing if leaf.literal else Not(missing)
    return Compare(Comparison.EQUAL, missing, Bind(binds.add(leaf, lambda value: value), Kind.BOOLEAN))


def begins(value: Expression, operand: Operand, binds: BindTable) -> Expression:
    """Return whether a text begins with another."""
    prefix = Bind(binds.add(operand, text))
    return Compare(Comparison.EQUAL, Slice(value, Constant(0), Length(prefix)), prefix)


def one_spelling(field: CatalogField) -> bool:
    """Return whether a value of a field can stand in its source in one way only.

    It is then held against as one value, not as a list: so a source knows that an order beside it
    can come from an index.
    """
    names = [code.name for code in field.codes]
    return kind(field) is Kind.TEXT and not field.variants and len(set(names)) == len(names)


def equals_one(field: CatalogField, operand: Operand, binds: BindTable) -> Expression:
    """Return whether a field equals a value that its source holds in one spelling."""
    spelled = spellings(field)
    only = Bind(binds.add(operand, lambda value: next(iter(spelled(value)), None)))
    return Compare(Comparison.EQUAL, comparable(field), only)


def equals(field: CatalogField, operand: Operand, binds: BindTable, *, negated: bool = False) -> Expression:
    """Return whether a field equals one of some values, in any spelling its source is known to hold."""
    compared = comparable(field, negated=negated)
    return Among(compared, binds.add(operand, spellings(field)), kind_of(compared) or Kind.TEXT)


def differs(field: CatalogField, operand: Operand, binds: BindTable) -> Expression:
    """Return whether a field differs from each of some values.

    A caller without the attribute differs from nothing, as null does in SQL.
    """
    # The list may be empty; null is not outside an empty list either.
    different = unless_null(bare(field), Not(equals(field, operand, binds, negated=True)))
    if isinstance(operand, Attribute):
        return And((Not(IsNull(Bind(binds.add(operand, text)))), different))
    return different


def listed(value: Any) -> list[Any]:
    """Return a value, or a list of them, as a list without nulls."""
    values = value if isinstance(value, list | tuple) else [value]
    return [item for item in values if item is not None]


def spellings(field: CatalogField) -> Callable[[Any], list[Any]]:
    """Return what turns a value, or a list of them, into everything a source may hold for it."""
    one = bound(field)

    def spelled(value: Any) -> list[Any]:
        if field.codes:
            return [code.stored for item in listed(value) for code in field.codes if code.name == item]
        if kind(field) is not Kind.TEXT:
            return [one(item) for item in listed(value)]
        if field.type == "DateTime":
            return listed([instant(str(item)) for item in listed(value)])
        forms = [form for item in listed(value) if (form := normalise(field.type, str(item))) is not None]
        return [spelling for form in forms for spelling in variants(field.type, field.variants, form)]

    return spelled


def bound(field: CatalogField) -> Callable[[Any], Any]:
    """Return what turns a value of the caller into one that a source can be asked with."""
    held = kind(field)
    if held is Kind.DECIMAL:
        return lambda value: None if value is None else Decimal(str(value))
    if held is Kind.INTEGER:
        return lambda value: None if value is None else int(value)
    if held is Kind.BOOLEAN:
        return lambda value: None if value is None else value in (True, "true")
    return normal_text(field)


def normal_text(field: CatalogField) -> Callable[[Any], str | None]:
    """Return what turns a value into its normal form; a text that has none stays, but no day is null.

    A moment becomes its instant, null where it has none.
    """
    if field.codes:
        return text
    if field.type == "DateTime":
        return lambda value: None if value is None else instant(str(value))

    def form(value: Any) -> str | None:
        made = None if value is None else normalise(field.type, str(value))
        return text(value) if made is None and field.type != "Date" else made

    return form


def text(value: Any) -> str | None:
    """Return a value as text."""
    return None if value is None else str(value)
