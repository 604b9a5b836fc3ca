"""Variables that are plain scalars, as nearly all are: read by what was found once per document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import GraphQLError, GraphQLList, GraphQLNonNull, GraphQLScalarType, GraphQLSchema
from graphql.utilities import type_from_ast

from resolvers.documents.arguments import Leaf, shape
from resolvers.documents.document import Parsed
from resolvers.documents.inputs import no_text

MOST: Final = 100
"""Values of one list that are read this way."""


@dataclass(frozen=True, slots=True)
class PlainVariables:
    """The variables of an operation whose types are scalars, or lists of them, and have no defaults.

    `scalars` tells by name the scalar and whether there is a list of it; `trees` are the places of
    the values and `shape` is theirs, both the same whatever the values are.
    """

    scalars: Mapping[str, tuple[GraphQLScalarType, bool]]
    trees: Mapping[str, Leaf]
    shape: Any

    def read(self, given: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the coerced values; None where one is absent, null or refused, for others to say why."""
        if len(given) != len(self.scalars):
            return None
        values = {}
        try:
            for name, (scalar, several) in self.scalars.items():
                value = given[name]
                if not several:
                    values[name] = self.one(scalar, value)
                elif isinstance(value, list) and len(value) <= MOST:
                    values[name] = [self.one(scalar, item) for item in value]
                else:
                    return None
        except (GraphQLError, KeyError, ValueError, TypeError, OverflowError):
            return None
        return values

    def one(self, scalar: GraphQLScalarType, value: Any) -> Any:
        """Return one coerced value. Raises `ValueError` where it is no value for this reading."""
        if value is None or isinstance(value, dict | list) or no_text(value):
            raise ValueError
        return scalar.coerce_input_value(value)


@dataclass(frozen=True, slots=True)
class Fitting:
    """A document that fits the caller's schema; `plain` where its variables are plain scalars."""

    parsed: Parsed
    plain: PlainVariables | None


def plain_variables(parsed: Parsed, schema: GraphQLSchema) -> PlainVariables | None:
    """Return how the variables of a document are read; None where one is more than a scalar."""
    scalars = {}
    for definition in parsed.operation.variable_definitions or ():
        type_: Any = type_from_ast(schema, definition.type)
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        several = isinstance(inner, GraphQLList)
        if several:
            inner = inner.of_type
            inner = inner.of_type if isinstance(inner, GraphQLNonNull) else inner
        if definition.default_value is not None or not isinstance(inner, GraphQLScalarType):
            return None
        scalars[definition.variable.name.value] = (inner, several)
    trees = {name: Leaf(variable=name) for name in scalars}
    return PlainVariables(scalars, trees, shape(trees))
