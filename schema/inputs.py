"""Input types of one caller's schema: which rows, in what order."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
)

from schema.catalog import CatalogField
from schema.naming import DIRECTION, enum_name, operators_name, order_name, where_name
from schema.scalars import scalar_types
from schema.types import SEMANTIC_TYPES
from schema.visibility import VisibleField, VisibleType

READABLE = "readable"
"""Extension of an input type: fields the caller may read, name to coordinate, whether usable here or not."""

PAGE = 50
"""Rows of a list where `first` is not given."""

MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        "eq": "equals",
        "in": "equals one of",
        "gt": "is greater than",
        "gte": "is greater than or equals",
        "lt": "is less than",
        "lte": "is less than or equals",
    }
)


class Leaves:
    """Scalars, enums and the input types over them, each made once per schema."""

    def __init__(self) -> None:
        self.scalars = scalar_types()
        self._enums: dict[str, GraphQLEnumType] = {}
        self._operators: dict[str, GraphQLInputObjectType] = {}
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
            self._enums[name] = GraphQLEnumType(name, values, description=field.title)
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
        name = visible.resource.name
        usable = {key: field for key, field in visible.fields.items() if field.operators}
        fields = {
            key: GraphQLInputField(self._compare(name, field), description=field.field.title)
            for key, field in usable.items()
        }
        return self._input(where_name(name), fields, visible) if fields else None

    def _order(self, visible: VisibleType) -> GraphQLInputObjectType | None:
        fields = {
            key: GraphQLInputField(self._direction, description=field.field.title)
            for key, field in visible.fields.items()
            if field.sortable
        }
        name = order_name(visible.resource.name)
        return self._input(name, fields, visible, is_one_of=True) if fields else None

    def _input(
        self, name: str, fields: dict[str, GraphQLInputField], visible: VisibleType, **more: Any
    ) -> GraphQLInputObjectType:
        if name not in self._operators:
            coordinate = visible.resource.name
            readable = {key: f"{coordinate}.{key}" for key, field in visible.fields.items() if field.readable}
            self._operators[name] = GraphQLInputObjectType(
                name, fields, extensions={READABLE: readable}, **more
            )
        return self._operators[name]

    def _compare(self, type_name: str, visible: VisibleField) -> GraphQLInputObjectType:
        """Return the operators of a field; fields with equal types and operators share one type."""
        leaf = self.clear(type_name, visible.field)
        name = operators_name(leaf.name, "eq" in visible.operators, "gt" in visible.operators)
        if name not in self._operators:
            fields = {
                operator: GraphQLInputField(
                    GraphQLList(GraphQLNonNull(leaf)) if operator == "in" else leaf,
                    description=MEANINGS[operator],
                )
                for operator in visible.operators
            }
            text = "All conditions given hold."
            self._operators[name] = GraphQLInputObjectType(name, fields, description=text)
        return self._operators[name]
