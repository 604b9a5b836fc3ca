"""Input types of one caller's schema: which rows, in what order."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
)

from schema.catalog import CatalogField, Link
from schema.naming import DIRECTION, enum_name, many_where_name, operators_name, order_name, where_name
from schema.scalars import scalar_types
from schema.types import SEMANTIC_TYPES
from schema.visibility import VisibleField, VisibleType

Fields = Callable[[], dict[str, GraphQLInputField]]

READABLE = "readable"
"""Extension of an input type: fields the caller may read, name to coordinate, whether usable here or not."""

RESOURCE = "resource"
"""Extension of an input type: the type whose rows it chooses or orders."""

PAGE = 50
"""Rows of a list where `first` is not given."""

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "eq": "equals",
        "ne": "differs from",
        "in": "equals one of",
        "notIn": "differs from each of",
        "gt": "is greater than",
        "gte": "is greater than or equals",
        "lt": "is less than",
        "lte": "is less than or equals",
        "startsWith": "begins with",
        "contains": "holds",
        "isNull": "has no value",
    }
)

QUANTIFIERS: Mapping[str, str] = MappingProxyType(
    {
        "some": "At least one row for which the condition is true.",
        "none": "No row for which the condition is true.",
        "every": "No row for which the condition is not true; rows without any pass.",
    }
)


class Leaves:
    """Scalars, enums and the input types over them, each made once per schema.

    Types are made while requests run, in several threads: where two make one at once, the first stays.
    """

    def __init__(self, types: Mapping[str, VisibleType]) -> None:
        self._types = types
        self.scalars = scalar_types()
        self._enums: dict[str, GraphQLEnumType] = {}
        self._inputs: dict[str, GraphQLInputObjectType] = {}
        values = {"ASC": "smallest first", "DESC": "greatest first"}
        self._direction = GraphQLEnumType(
            DIRECTION,
            {name: GraphQLEnumValue(name, description=text) for name, text in values.items()},
            description="The order of a list.",
        )

    def clear(self, type_name: str, field: CatalogField) -> GraphQLScalarType | GraphQLEnumType:
        """Return the type of a field's clear value."""
        if not field.codes:
            return self.scalars[SEMANTIC_TYPES[field.type].scalar]
        name = enum_name(type_name, field.name)
        if name not in self._enums:
            values = {code.name: GraphQLEnumValue(code.name, description=code.title) for code in field.codes}
            self._enums.setdefault(name, GraphQLEnumType(name, values, description=field.title))
        return self._enums[name]

    def arguments(self, visible: VisibleType) -> dict[str, GraphQLArgument]:
        """Return `where`, `orderBy` and `first` of a list, those that the caller may use."""
        arguments = {}
        if where := self._where(visible):
            arguments["where"] = GraphQLArgument(where, description="Rows on which every condition holds.")
        if order := self._order(visible):
            text = "One field each; the first decides, the next where it leaves a tie."
            arguments["orderBy"] = GraphQLArgument(GraphQLList(GraphQLNonNull(order)), description=text)
        arguments["first"] = GraphQLArgument(GraphQLInt, PAGE, description="At most so many rows.")
        return arguments

    def _where(self, visible: VisibleType) -> GraphQLInputObjectType | None:
        usable = visible.chosen_by or visible.compares
        name = where_name(visible.resource.name)
        return self._input(name, lambda: self._conditions(visible), visible) if usable else None

    def _conditions(self, visible: VisibleType) -> dict[str, GraphQLInputField]:
        """Return the conditions on rows of a type: on its fields, across its links, and joined."""
        fields = {
            name: GraphQLInputField(
                self._compare(visible.resource.name, field), description=field.field.title
            )
            for name, field in visible.fields.items()
            if field.operators
        }
        across = {
            name: GraphQLInputField(self._across(link), description=link.title)
            for name, link in visible.chosen_by.items()
        }
        own = self._inputs[where_name(visible.resource.name)]
        several = GraphQLList(GraphQLNonNull(own))
        joined = {
            "and": GraphQLInputField(several, description="Every one of these is true."),
            "or": GraphQLInputField(several, description="At least one of these is true."),
            "not": GraphQLInputField(own, description="This is false."),
        }
        return fields | across | joined

    def _across(self, link: Link) -> GraphQLInputObjectType:
        """Return the conditions on the row of a to-one link, or on the rows of a to-many link."""
        target = self._types[link.target]
        return self.where(target) if link.one else self.many(target)

    def where(self, target: VisibleType) -> GraphQLInputObjectType:
        """Return the conditions on a row of a type that can be chosen by some."""
        where = self._where(target)
        if where is None:
            raise AssertionError
        return where

    def many(self, target: VisibleType) -> GraphQLInputObjectType:
        """Return the conditions on the rows of a to-many link to such a type."""
        where = self.where(target)
        fields = {name: GraphQLInputField(where, description=text) for name, text in QUANTIFIERS.items()}
        return self._input(many_where_name(target.resource.name), lambda: fields, target)

    def order(self, target: VisibleType) -> GraphQLInputObjectType:
        """Return the orders of the rows of a type that can be ordered by some field."""
        order = self._order(target)
        if order is None:
            raise AssertionError
        return order

    def _order(self, visible: VisibleType) -> GraphQLInputObjectType | None:
        name = order_name(visible.resource.name)
        usable = visible.ordered_by or visible.sorts
        return self._input(name, lambda: self._orders(visible), visible, is_one_of=True) if usable else None

    def _orders(self, visible: VisibleType) -> dict[str, GraphQLInputField]:
        """Return the orders of rows of a type: by its fields, and by those of the row across a link."""
        fields = {
            key: GraphQLInputField(self._direction, description=field.field.title)
            for key, field in visible.fields.items()
            if field.sortable
        }
        across = {
            name: GraphQLInputField(self.order(self._types[link.target]), description=link.title)
            for name, link in visible.ordered_by.items()
        }
        return fields | across

    def _input(self, name: str, fields: Fields, visible: VisibleType, **more: Any) -> GraphQLInputObjectType:
        if name not in self._inputs:
            resource = visible.resource.name
            shown = [key for key, field in visible.fields.items() if field.readable]
            readable = {key: f"{resource}.{key}" for key in (*shown, *visible.links)}
            extensions = {READABLE: readable, RESOURCE: resource}
            made = GraphQLInputObjectType(name, fields, extensions=extensions, **more)
            self._inputs.setdefault(name, made)
        return self._inputs[name]

    def _compare(self, type_name: str, visible: VisibleField) -> GraphQLInputObjectType:
        """Return the operators of a field; fields with equal types and operators share one type."""
        leaf = self.clear(type_name, visible.field)
        operators = visible.operators
        name = operators_name(leaf.name, "eq" in operators, "ne" in operators)
        if name not in self._inputs:
            fields = {
                operator: GraphQLInputField(self._operand(operator, leaf), description=MEANINGS[operator])
                for operator in operators
            }
            text = "All conditions given hold."
            self._inputs.setdefault(name, GraphQLInputObjectType(name, fields, description=text))
        return self._inputs[name]

    def _operand(self, operator: str, leaf: GraphQLScalarType | GraphQLEnumType) -> GraphQLInputType:
        """Return the type of what a field is held against: a part of a code is text."""
        if operator in ("in", "notIn"):
            return GraphQLList(GraphQLNonNull(leaf))
        others = {"isNull": "Boolean", "startsWith": "String", "contains": "String"}
        return self.scalars[others[operator]] if operator in others else leaf
