"""Aggregations: rows counted and summed up, in groups, of the fields that a caller may sum up."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
)

from schema.catalog import CatalogField, Link
from schema.inputs import MEANINGS, Leaves
from schema.meaning import AlongSummary, Figure, Summary, SummaryFact, SummaryPart
from schema.naming import AGGREGATION_COUNT, aggregation_name
from schema.output import Output, meant
from schema.visibility import VisibleType

NUMBERS = frozenset({"Int", "Long", "Decimal"})
ORDERED = NUMBERS | {"Date", "DateTime"}
COUNTED = ("eq", "gt", "gte", "lt", "lte")
TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "key": "What the rows of the group have in common.",
        "distinct": "How many different values there are.",
        "sum": "The sum of the values.",
        "avg": "The mean of the values, to six decimals.",
        "min": "The smallest value.",
        "max": "The greatest value.",
    }
)


class Aggregates:
    """The types of aggregations, each made once per schema; of two made at once, the first stays."""

    def __init__(self, leaves: Leaves) -> None:
        self._leaves = leaves
        self._made: dict[str, tuple[GraphQLObjectType, Mapping[str, GraphQLArgument]]] = {}
        fields = {name: GraphQLInputField(GraphQLInt, description=MEANINGS[name]) for name in COUNTED}
        text = "All conditions given hold."
        self._count = GraphQLInputObjectType(AGGREGATION_COUNT, fields, description=text)

    def root(self, visible: VisibleType) -> GraphQLField:
        """Return the root field that sums up the rows of a type."""
        type_, arguments = self._of(visible)
        text = f"{visible.resource.title}, counted and summed up"
        return meant(type_, text, Summary(visible.resource.name), arguments)

    def along(self, resource: str, link: Link, target: VisibleType) -> GraphQLField:
        """Return the field that sums up, for each row of a resource, the rows of a to-many link."""
        type_, arguments = self._of(target)
        text = f"{link.title or target.resource.title} · {target.department.title}, counted and summed up"
        return meant(type_, text, AlongSummary(resource, link), arguments)

    def _of(self, visible: VisibleType) -> tuple[GraphQLObjectType, Mapping[str, GraphQLArgument]]:
        """Return the type of an aggregation and its arguments, made once."""
        name = visible.resource.name
        if name not in self._made:
            self._made.setdefault(name, (self._aggregation(visible), self._arguments(visible)))
        return self._made[name]

    def _aggregation(self, visible: VisibleType) -> GraphQLObjectType:
        resource = visible.resource
        groups = GraphQLNonNull(GraphQLList(GraphQLNonNull(self._group(visible))))
        hidden = "Whether something is left out because it is about too few persons."
        fields = {
            "groups": meant(groups, "The groups, in the order of their keys.", SummaryPart("groups")),
            "suppressed": meant(
                GraphQLNonNull(self._leaves.scalars["Boolean"]), hidden, SummaryFact("suppressed")
            ),
        }
        text = f"{resource.title}, summed up."
        return GraphQLObjectType(aggregation_name(resource.name), fields, description=text)

    def _arguments(self, visible: VisibleType) -> dict[str, GraphQLArgument]:
        arguments = {name: one for name, one in self._leaves.arguments(visible).items() if name == "where"}
        if groupable := self._fields(visible, "key"):
            values = {name: GraphQLEnumValue(name, description=one.title) for name, one in groupable.items()}
            name = aggregation_name(visible.resource.name, "field")
            enum = GraphQLEnumType(name, values, description="A field that rows are grouped by.")
            listed = GraphQLList(GraphQLNonNull(enum))
            arguments["groupBy"] = GraphQLArgument(listed, description="One group for all rows where absent.")
        having = GraphQLInputObjectType(
            aggregation_name(visible.resource.name, "having"),
            {"count": GraphQLInputField(self._count, description="How many rows the group has.")},
            description="Which groups are shown.",
        )
        return arguments | {"having": GraphQLArgument(having, description="Only groups that fit.")}

    def _group(self, visible: VisibleType) -> GraphQLObjectType:
        count = meant(GraphQLNonNull(GraphQLInt), "How many rows there are.", SummaryFact("count"))
        fields = {"count": count}
        for part, text in TEXTS.items():
            if chosen := self._fields(visible, part):
                fields[part] = meant(self._part(visible, part, chosen), text, SummaryPart(part))
        name = aggregation_name(visible.resource.name, "group")
        return GraphQLObjectType(name, fields, description=f"{visible.resource.title}, one group.")

    def _fields(self, visible: VisibleType, part: str) -> Mapping[str, CatalogField]:
        """Return the fields of a part; what shows single values takes the clear value to be readable."""
        fields = {name: visible.resource.fields[name] for name in visible.aggregable}
        match part:
            case "key":
                return {name: one for name, one in _shown(visible, fields) if one.type != "Bytes"}
            case "min" | "max":
                return {name: one for name, one in _shown(visible, fields) if one.type in ORDERED}
            case "sum" | "avg":
                return {name: one for name, one in fields.items() if one.type in NUMBERS}
        return {name: one for name, one in fields.items() if one.type != "Bytes"}

    def _part(self, visible: VisibleType, part: str, chosen: Mapping[str, CatalogField]) -> GraphQLObjectType:
        name = visible.resource.name
        fields = {
            key: meant(self._output(name, one, part), f"{one.title} · {one.level}", Figure(name, key, part))
            for key, one in chosen.items()
        }
        return GraphQLObjectType(aggregation_name(name, part), fields, description=TEXTS[part])

    def _output(self, name: str, one: CatalogField, part: str) -> Output:
        if part == "distinct":
            return GraphQLInt
        return self._leaves.scalars["Decimal"] if part in ("sum", "avg") else self._leaves.clear(name, one)


def _shown(visible: VisibleType, fields: Mapping[str, CatalogField]) -> Iterator[tuple[str, CatalogField]]:
    """Yield those of some fields whose values are seen whole."""
    return (
        (name, one) for name, one in fields.items() if name in visible.fields and visible.fields[name].clear
    )
