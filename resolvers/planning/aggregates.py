"""Aggregations while a plan is made: what is counted and summed up, and the places of the answer it fills."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from connectors.model import Measure, Measured
from govgraph.expressions.shorthand import unless_null
from govgraph.expressions.terms import (
    Among,
    And,
    Case,
    Column,
    Compare,
    Comparison,
    Constant,
    Expression,
    Kind,
)
from resolvers.documents.selection import Asked
from resolvers.errors import NotUsableHereError
from resolvers.planning.connections import person_cell
from resolvers.planning.drafting import Drafting
from resolvers.planning.fields import (
    COMPLETIONS,
    LARGEST_INT,
    bare,
    completion,
    decimal_text,
    instant,
    kind,
    normal,
)
from resolvers.planning.shape import Entry, FromCell, Inner, Shape, Summed, TypeName
from resolvers.planning.steps import StepDraft
from resolvers.planning.summary import Amount, Summary
from schema.catalog import CatalogField
from schema.meaning import Figure, SummaryFact, SummaryPart
from schema.types import normalise

MOST_GROUPS = 10_000
"""Groups of all parents together, where rows across a link are summed up."""

EXTREMES: Mapping[str, Measure] = MappingProxyType({"min": Measure.LEAST, "max": Measure.GREATEST})


class Aggregation:
    """One aggregation while it is planned: its step and its amounts, each once.

    `draft` is a new step over its rows: all of a resource, or those across a link for every parent.
    """

    def __init__(self, rows: Drafting, draft: StepDraft, asked: Asked) -> None:
        self.rows = rows
        self.asked = asked
        self.draft = draft
        self.resource = resource = draft.resource
        rows.narrow(draft, {"where": asked.arguments.get("where")})
        draft.group_by_key()
        self.most = MOST_GROUPS if draft.key_fields else rows.page_limit
        draft.limit = Constant(self.most + 1)
        self.grouped = tuple(dict.fromkeys(leaf.literal for leaf in asked.arguments.get("groupBy") or ()))
        self.keys = {name: self.key(resource.fields[name]) for name in self.grouped}
        self.count = self.draft.measure(self.coordinate(resource.key[0]), Measured(Measure.COUNT))
        self.persons = person_cell(self.draft)
        self.amounts: list[Amount] = []
        rows.facts.summed(resource, (*resource.key, *self.grouped))

    def coordinate(self, name: str) -> str:
        """Return the coordinate of a field."""
        return f"{self.resource.name}.{name}"

    def key(self, one: CatalogField) -> int:
        """Return the cell with what groups are told apart by."""
        self.rows.facts.asked.add(self.coordinate(one.name))
        return self.draft.cell(
            ("group", one.name), self.coordinate(one.name), group_expression(one, self.rows), shown(one)
        )

    def summary(self) -> Summary:
        """Return what makes the answer of the groups, once every amount is known."""
        having = (self.asked.arguments.get("having") or {}).get("count") or {}
        return Summary(
            keys=tuple(self.keys.values()),
            count=self.count,
            persons=self.persons,
            amounts=tuple(self.amounts),
            having=tuple((name, leaf) for name, leaf in having.items() if leaf is not None),
            one_row_each=self.resource.key == (self.resource.subject,),
            most=self.most,
            decimals=frozenset(
                cell for name, cell in self.keys.items() if kind(self.resource.fields[name]) is Kind.DECIMAL
            ),
            empty=None if self.grouped else self.draft.no_rows(),
        )

    def entry(self, branch: int, key: int | None) -> Entry:
        """Return the entry of the whole aggregation."""
        members: list[tuple[str, Shape | TypeName | None]] = []
        for below in self.asked.below:
            match below.meaning:
                case SummaryPart():
                    members.append((below.name, self.shape(below.below)))
                case SummaryFact():
                    members.append((below.name, None))
                case _:
                    members.append((below.name, TypeName(below.type_name)))
        return Summed(branch, tuple(members), key)

    def shape(self, below: tuple[Asked, ...]) -> Shape:
        """Return the shape of a group, or of a part of it."""
        return Shape(tuple((one.name, self.one(one)) for one in below))

    def one(self, asked: Asked) -> Entry:
        """Return the entry of one field of a group."""
        match asked.meaning:
            case SummaryPart():
                return Inner(self.shape(asked.below))
            case SummaryFact():
                return FromCell(self.amount(Amount(self.count)))
            case Figure(_, name, part):
                return FromCell(self.figure(asked, self.resource.fields[name], part))
        return TypeName(asked.type_name)

    def amount(self, amount: Amount) -> int:
        """Return the position of an amount in the rows of the answer."""
        if amount not in self.amounts:
            self.amounts.append(amount)
        return self.amounts.index(amount)

    def figure(self, asked: Asked, one: CatalogField, part: str) -> int:
        """Return the position of a figure. A key that is not grouped by is `NOT_USABLE_HERE`."""
        if part == "key":
            if one.name not in self.keys:
                raise NotUsableHereError(
                    f"`key` is asked for `{one.name}`, by which `groupBy` does not group",
                    remedy="Name the field in `groupBy`, or leave it out of `key`.",
                    locations=[asked.location] if asked.location else [],
                )
            return self.amount(Amount(self.keys[one.name]))
        self.rows.facts.summed(self.resource, (one.name,))
        return self.amount(self.measured(one, part))

    def measured(self, one: CatalogField, part: str) -> Amount:
        """Return an amount, with the number of persons whose values are in it."""
        coordinate, value = self.coordinate(one.name), measured_value(one, part)
        support = None
        if self.resource.subject is not None:
            person = unless_null(value, normal(self.resource.fields[self.resource.subject]))
            support = self.draft.measure(coordinate, Measured(Measure.DISTINCT, person))
        if part == "distinct":
            return Amount(self.draft.measure(coordinate, Measured(Measure.DISTINCT, value)), support)
        if part in EXTREMES:
            return Amount(
                self.draft.measure(coordinate, Measured(EXTREMES[part], value), shown(one)), support
            )
        total = self.draft.measure(coordinate, Measured(Measure.SUM, value))
        if part == "sum":
            return Amount(total, support, exact=True)
        return Amount(
            total, support, self.draft.measure(coordinate, Measured(Measure.COUNT, value)), exact=True
        )


def measured_value(one: CatalogField, part: str) -> Expression:
    """Return what a measure looks at: the number, the instant, or the normal form."""
    if one.type == "DateTime":
        return instant(one)
    return normal(one) if part == "distinct" or kind(one) is Kind.TEXT else Column(one.column, kind(one))


def group_expression(one: CatalogField, rows: Drafting) -> Expression:
    """Return what rows are grouped by; what the caller would see as null is one group."""
    if one.codes:
        known = Among(bare(one), rows.binds.add(tuple(code.stored for code in one.codes), list))
        return Case(((known, bare(one)),), Constant(None))
    if one.type == "DateTime":
        return instant(one)
    if one.type == "Int":
        return small(Column(one.column, Kind.INTEGER))
    return normal(one) if kind(one) is Kind.TEXT else Column(one.column, kind(one))


def small(number: Expression) -> Expression:
    """Return a number that the graph shows as `Int`; null beyond."""
    within = And(
        (
            Compare(Comparison.GREATER_OR_EQUAL, number, Constant(-LARGEST_INT)),
            Compare(Comparison.LESS_OR_EQUAL, number, Constant(LARGEST_INT)),
        )
    )
    return Case(((within, number),), Constant(None))


def shown(one: CatalogField) -> Any:
    """Return what completes a key or an extreme of a field."""
    if one.type == "Decimal":
        return canonical
    return completion(one) if kind(one) is Kind.TEXT else COMPLETIONS[one.type]


def canonical(value: Any) -> Any:
    """Complete a number as the field itself is shown: in its one spelling, however it was stored."""
    text = decimal_text(value)
    return normalise("Decimal", text) or text if isinstance(text, str) else text
