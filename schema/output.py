"""A field of the caller's graph: its type, what it says of itself, and its meaning."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
)

from auth.masking.masks import MASKS
from auth.masking.rule import MaskRule
from govgraph.expressions.terms import Kind
from schema.meaning import MEANING, Meaning

Output = GraphQLScalarType | GraphQLEnumType | GraphQLObjectType | GraphQLList[Any] | GraphQLNonNull[Any]


def meant(
    type_: Output,
    description: str,
    meaning: Meaning,
    arguments: Mapping[str, GraphQLArgument] | None = None,
) -> GraphQLField:
    """Return the field, carrying its meaning in `extensions`."""
    return GraphQLField(
        type_, args=dict(arguments or {}), description=description, extensions={MEANING: meaning}
    )


def masked_output(mask: MaskRule) -> str:
    """Return the scalar that a mask yields; exceptions that yield another kind show null."""
    kinds = {Kind.INTEGER: "Int", Kind.BOOLEAN: "Boolean", Kind.DECIMAL: "Decimal", Kind.TEXT: "String"}
    return kinds[MASKS[mask.mask].output]
