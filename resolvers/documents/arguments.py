"""Arguments as the plan sees them: their shape is part of the plan, their leaves are not.

A leaf is a `Leaf`: a literal of the document or a place within a variable. Two requests whose
variables have one shape share a plan and differ in binds alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableNode,
    type_from_ast,
)
from graphql.utilities import coerce_input_literal

from resolvers.documents.inputs import not_valid


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value, or where it stands in the variables: `variable` and the keys that lead to it."""

    literal: Any = None
    variable: str = ""
    keys: tuple[str | int, ...] = ()

    def value(self, variables: Mapping[str, Any]) -> Any:
        """Return the value for one request."""
        if not self.variable:
            return self.literal
        found: Any = variables[self.variable]
        for key in self.keys:
            found = found[key]
        return found


Tree = Any
"""A `Leaf`, None, a list of trees, or a mapping of names to trees."""


def variable_trees(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Mapping[str, Any]
) -> dict[str, Tree]:
    """Return each variable that has a value as a tree; enum values stay in sight, as they shape the plan."""
    trees = {}
    for definition in operation.variable_definitions or ():
        name = definition.variable.name.value
        if name in variables:
            type_: Any = type_from_ast(schema, definition.type)
            trees[name] = variable_tree(variables[name], type_, Leaf(variable=name))
    return trees


def variable_tree(value: Any, type_: GraphQLInputType, place: Leaf) -> Tree:
    """Return the tree of one coerced value."""
    if isinstance(type_, GraphQLNonNull):
        return variable_tree(value, type_.of_type, place)
    if value is None:
        return None
    if isinstance(type_, GraphQLList):
        return list_tree(value, type_.of_type, place)
    if isinstance(type_, GraphQLInputObjectType):
        return {
            name: variable_tree(
                item, type_.fields[name].type, Leaf(variable=place.variable, keys=(*place.keys, name))
            )
            for name, item in value.items()
        }
    return Leaf(literal=value) if isinstance(type_, GraphQLEnumType) else place


def list_tree(value: list[Any], item_type: GraphQLInputType, place: Leaf) -> Tree:
    """Return a list of scalars as one leaf: its length does not shape the plan. Others go item by item."""
    inner = item_type.of_type if isinstance(item_type, GraphQLNonNull) else item_type
    if not isinstance(inner, GraphQLInputObjectType | GraphQLList | GraphQLEnumType):
        return place
    return [
        variable_tree(item, item_type, Leaf(variable=place.variable, keys=(*place.keys, index)))
        for index, item in enumerate(value)
    ]


def shape(tree: Tree) -> Any:
    """Return what of a tree shapes a plan, as a hashable value."""
    if isinstance(tree, dict):
        return tuple((name, shape(item)) for name, item in sorted(tree.items()))
    if isinstance(tree, list):
        return ("[", *(shape(item) for item in tree))
    if isinstance(tree, Leaf) and not tree.variable:
        return ("=", tree.literal)
    return "?" if isinstance(tree, Leaf) else None


def argument_trees(field: GraphQLField, node: FieldNode, variables: Mapping[str, Tree]) -> dict[str, Tree]:
    """Return the arguments of a field by name; an argument that is absent and has no default is left out."""
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    trees: dict[str, Tree] = {}
    for name, argument in field.args.items():
        tree = literal_tree(given[name], argument.type, variables) if name in given else Undefined
        if tree is Undefined and argument.default_value is not Undefined:
            tree = Leaf(literal=argument.default_value)
        if tree is Undefined and isinstance(argument.type, GraphQLNonNull):
            raise not_valid(argument.type, node)
        if tree is not Undefined:
            trees[name] = tree
    return trees


def literal_tree(node: ValueNode, type_: GraphQLInputType, variables: Mapping[str, Tree]) -> Tree:
    """Return the tree of one argument; `Undefined` for a variable without a value.

    A variable may be null, its place not: the specification lets a default allow it (section 5.8.5).
    """
    if isinstance(node, VariableNode):
        tree = variables.get(node.name.value, Undefined)
        if tree is None and isinstance(type_, GraphQLNonNull):
            raise not_valid(type_, node)
        return tree
    if isinstance(type_, GraphQLNonNull):
        return literal_tree(node, type_.of_type, variables)
    if isinstance(node, NullValueNode):
        return None
    if isinstance(type_, GraphQLList):
        items = node.values if isinstance(node, ListValueNode) else (node,)
        return [literal_tree(item, type_.of_type, variables) for item in items]
    if isinstance(type_, GraphQLInputObjectType) and isinstance(node, ObjectValueNode):
        trees = {
            f.name.value: literal_tree(f.value, type_.fields[f.name.value].type, variables)
            for f in node.fields
        }
        kept = {name: tree for name, tree in trees.items() if tree is not Undefined}
        if type_.is_one_of and (len(kept) != 1 or None in kept.values()):
            raise not_valid(type_, node)
        return kept
    return Leaf(literal=coerce_input_literal(node, type_))


def identity(tree: Tree) -> Any:
    """Return a value that is equal for equal trees, so that places that ask the same can share a step."""
    if isinstance(tree, dict):
        return tuple((name, identity(item)) for name, item in sorted(tree.items()))
    return tuple(identity(item) for item in tree) if isinstance(tree, list) else tree
