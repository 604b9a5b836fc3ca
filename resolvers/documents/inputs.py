"""Input values held against the caller's schema, and refused without repeating them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    EnumValueNode,
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    ListValueNode,
    Node,
    NullValueNode,
    ObjectValueNode,
    Undefined,
    ValueNode,
    VariableNode,
)
from graphql.utilities import coerce_input_literal

from govgraph.errors import Location
from resolvers.errors import (
    DocumentError,
    FieldNotAvailableError,
    LimitExceededError,
    NotUsableHereError,
    ValueNotValidError,
)
from schema.inputs import QUANTIFIERS, READABLE, RESOURCE
from schema.visibility import OPERATORS

NO_TEXT = re.compile("[\0\ud800-\udfff]")
STATED = frozenset({*OPERATORS, *QUANTIFIERS})
"""What a condition may state of a field or link; refusals may repeat these words."""


def places(node: Node | None) -> list[Location]:
    """Return the place of a node in its document; empty where it has none."""
    if node is None or node.loc is None:
        return []
    token = node.loc.start_token
    return [Location(token.line, token.column)]


def not_available(node: Node | None, coordinate: str = "") -> FieldNotAvailableError:
    """Return the one answer for everything outside the caller's schema, whether it exists or not.

    `coordinate` is what was named, for the record alone.
    """
    refusal = FieldNotAvailableError(
        "The field, argument, type or value at this place is not available to this client",
        locations=places(node),
    )
    refusal.coordinate = coordinate
    return refusal


def not_valid(type_: GraphQLInputType, node: Node | None) -> ValueNotValidError:
    """Return the refusal of a value that is not of its type."""
    return ValueNotValidError(f"The value at this place is not a valid {type_}", locations=places(node))


def literal_problems(
    node: ValueNode, type_: GraphQLInputType, coordinate: str = ""
) -> Iterator[DocumentError]:
    """Yield what is wrong with a literal; a variable within it is left to the specification's rules.

    `coordinate` is the field that the value is held against, where the caller may read it.
    """
    if isinstance(node, VariableNode):
        return
    if isinstance(type_, GraphQLNonNull):
        if isinstance(node, NullValueNode):
            yield not_valid(type_, node)
        else:
            yield from literal_problems(node, type_.of_type, coordinate)
    elif isinstance(node, NullValueNode):
        return
    elif isinstance(type_, GraphQLList):
        for item in node.values if isinstance(node, ListValueNode) else [node]:
            yield from literal_problems(item, type_.of_type)
    elif isinstance(type_, GraphQLInputObjectType):
        yield from object_literal_problems(node, type_, coordinate)
    else:
        yield from leaf_literal_problems(node, type_)


def object_literal_problems(
    node: ValueNode, type_: GraphQLInputObjectType, coordinate: str
) -> Iterator[DocumentError]:
    """Yield what is wrong with a literal for an input object."""
    if not isinstance(node, ObjectValueNode):
        yield not_valid(type_, node)
        return
    given = {field.name.value for field in node.fields}
    for field in node.fields:
        known = type_.fields.get(field.name.value)
        if known is None:
            yield outside(type_, field.name.value, field, coordinate)
        else:
            yield from literal_problems(field.value, known.type, readable(type_).get(field.name.value, ""))
    if type_.is_one_of and (len(node.fields) != 1 or isinstance(node.fields[0].value, NullValueNode)):
        yield not_valid(type_, node)
    yield from missing_problems(type_, given, node)


def leaf_literal_problems(node: ValueNode, type_: GraphQLInputType) -> Iterator[DocumentError]:
    """Yield what is wrong with a literal for a scalar or an enum."""
    if isinstance(type_, GraphQLEnumType):
        if isinstance(node, EnumValueNode) and node.value not in type_.values:
            yield not_available(node)
        elif not isinstance(node, EnumValueNode):
            yield not_valid(type_, node)
        return
    try:
        refused = coerce_input_literal(node, type_) is Undefined or no_text(getattr(node, "value", ""))
    except (GraphQLError, ValueError, TypeError, OverflowError):
        refused = True
    if refused:
        yield not_valid(type_, node)


def value_problems(
    value: Any, type_: GraphQLInputType, node: Node, coordinate: str = ""
) -> Iterator[DocumentError]:
    """Yield what is wrong with the value of a variable; `node` is the variable's definition."""
    if isinstance(type_, GraphQLNonNull):
        if value is None:
            yield not_valid(type_, node)
        else:
            yield from value_problems(value, type_.of_type, node, coordinate)
    elif value is None:
        return
    elif isinstance(type_, GraphQLList):
        for item in value if isinstance(value, list) else [value]:
            yield from value_problems(item, type_.of_type, node)
    elif isinstance(type_, GraphQLInputObjectType):
        yield from object_value_problems(value, type_, node, coordinate)
    else:
        yield from leaf_value_problems(value, type_, node)


def object_value_problems(
    value: Any, type_: GraphQLInputObjectType, node: Node, coordinate: str
) -> Iterator[DocumentError]:
    """Yield what is wrong with a variable's value for an input object."""
    if not isinstance(value, Mapping):
        yield not_valid(type_, node)
        return
    for name, item in value.items():
        known = type_.fields.get(name)
        if known is None:
            yield outside(type_, name, node, coordinate)
        else:
            yield from value_problems(item, known.type, node, readable(type_).get(name, ""))
    if type_.is_one_of and (len(value) != 1 or None in value.values()):
        yield not_valid(type_, node)
    yield from missing_problems(type_, set(value), node)


def leaf_value_problems(value: Any, type_: GraphQLInputType, node: Node) -> Iterator[DocumentError]:
    """Yield what is wrong with a variable's value for a scalar or an enum."""
    if isinstance(type_, GraphQLEnumType):
        if isinstance(value, str) and value not in type_.values:
            yield not_available(node)
        elif not isinstance(value, str):
            yield not_valid(type_, node)
        return
    assert isinstance(type_, GraphQLScalarType)  # noqa: S101 - the only input type left
    try:
        type_.coerce_input_value(value)
        refused = no_text(value)
    except (GraphQLError, ValueError, TypeError, OverflowError):
        refused = True
    if refused:
        yield not_valid(type_, node)


def no_text(value: Any) -> bool:
    """Return whether a value holds what is no text in any source: U+0000 or half a surrogate pair."""
    return isinstance(value, str) and NO_TEXT.search(value) is not None


def check_nesting(variables: Mapping[str, Any], most: int) -> None:
    """Refuse variables that nest deeper than a document may; what follows goes down into them."""
    level: list[Any] = [*variables.values()]
    for _ in range(most):
        inner = (one.values() if isinstance(one, Mapping) else one for one in level if nests(one))
        level = [item for several in inner for item in several]
        if not level:
            return
    raise LimitExceededError(f"The variables nest more than {most} lists and objects")


def nests(value: Any) -> bool:
    """Return whether a value holds others."""
    return isinstance(value, Mapping | list)


def missing_problems(type_: GraphQLInputObjectType, given: set[str], node: Node) -> Iterator[DocumentError]:
    """Yield one problem for each required field that is absent."""
    for name, field in type_.fields.items():
        required = isinstance(field.type, GraphQLNonNull) and field.default_value is Undefined
        if required and name not in given:
            yield ValueNotValidError(
                f"The value at this place lacks the required field {name} of {type_.name}",
                locations=places(node),
            )


def readable(type_: GraphQLInputObjectType) -> Mapping[str, str]:
    """Return the coordinates of the fields that the caller may read, by name; empty for operators."""
    found: Mapping[str, str] = type_.extensions.get(READABLE, {})
    return found


def outside(type_: GraphQLInputObjectType, name: str, node: Node, coordinate: str) -> DocumentError:
    """Return the refusal of an input field that the caller's schema does not have.

    Where the caller may read the field, naming it and the use it lacks tells it nothing new.
    """
    readable_here = readable(type_).get(name, "")
    named = readable_here or (coordinate if name in STATED else "")
    use = f"in {type_.name}" if readable_here else f"with `{name}`"
    if named:
        refusal = NotUsableHereError(f"{named} may be read but not used {use}", locations=places(node))
        refusal.coordinate = named
        return refusal
    return not_available(node, f"{resource_of(type_)}.{name}")


def resource_of(type_: GraphQLInputObjectType) -> str:
    """Return the type whose rows an input type chooses or orders; empty for operators."""
    return str(type_.extensions.get(RESOURCE, ""))
