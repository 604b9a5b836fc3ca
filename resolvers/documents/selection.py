"""What a document asks for, with fragments spread, directives decided and equal fields merged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    DirectiveNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLField,
    GraphQLNonNull,
    GraphQLObjectType,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionNode,
    VariableNode,
    get_named_type,
)

from govgraph.errors import Location
from resolvers.documents.arguments import Tree, argument_trees
from resolvers.documents.inputs import not_valid, places
from schema.meaning import MEANING, Meaning


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of the answer. `meaning` is None for `__typename` and introspection.

    `type_name` is the type the field belongs to, `value_type` the type of its value, `below` what is
    asked of its value.
    """

    name: str
    field: str
    type_name: str
    value_type: str
    meaning: Meaning | None
    arguments: Mapping[str, Tree]
    below: tuple["Asked", ...]
    location: Location | None = None


class Collector:
    """Collects fields as the specification says (section 6.3.2), over concrete types only."""

    def __init__(
        self,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
        trees: Mapping[str, Tree],
    ) -> None:
        self.fragments = fragments
        self.variables = variables
        self.trees = trees

    def asked(self, type_: GraphQLObjectType, selections: Sequence[SelectionNode]) -> tuple[Asked, ...]:
        """Return the fields asked of a type, in the order of their first appearance."""
        groups: dict[str, list[FieldNode]] = {}
        for node in self.fields(type_, selections):
            groups.setdefault((node.alias or node.name).value, []).append(node)
        return tuple(self.merged(type_, name, nodes) for name, nodes in groups.items())

    def merged(self, type_: GraphQLObjectType, name: str, nodes: list[FieldNode]) -> Asked:
        """Return one field of the answer from all the places that ask for it."""
        first = nodes[0]
        field: GraphQLField | None = type_.fields.get(first.name.value)
        selections = [
            child for node in nodes if node.selection_set for child in node.selection_set.selections
        ]
        below: tuple[Asked, ...] = ()
        if field is not None and selections:
            inner = get_named_type(field.type)
            below = self.asked(inner, selections) if isinstance(inner, GraphQLObjectType) else ()
        return Asked(
            name=name,
            field=first.name.value,
            type_name=type_.name,
            value_type=get_named_type(field.type).name if field else "",
            meaning=field.extensions[MEANING] if field else None,
            arguments=argument_trees(field, first, self.trees) if field else {},
            below=below,
            location=next(iter(places(first)), None),
        )

    def fields(self, type_: GraphQLObjectType, selections: Sequence[SelectionNode]) -> Iterator[FieldNode]:
        """Yield the field nodes that apply to a type."""
        for node in selections:
            if not self.included(node.directives or ()):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if applies(node.type_condition, type_):
                    yield from self.fields(type_, node.selection_set.selections)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self.fragments[node.name.value]
                if applies(fragment.type_condition, type_):
                    yield from self.fields(type_, fragment.selection_set.selections)

    def included(self, directives: Sequence[DirectiveNode]) -> bool:
        """Return what `@skip` and `@include` decide."""
        for directive in directives:
            value = next((a.value for a in directive.arguments or () if a.name.value == "if"), None)
            given = self.variables.get(value.name.value) if isinstance(value, VariableNode) else None
            if isinstance(value, VariableNode) and given is None:
                raise not_valid(GraphQLNonNull(GraphQLBoolean), value)
            chosen = given if isinstance(value, VariableNode) else getattr(value, "value", None)
            if bool(chosen) is (directive.name.value == "skip"):
                return False
        return True


def applies(condition: NamedTypeNode | None, type_: GraphQLObjectType) -> bool:
    """Return whether a fragment's type condition holds."""
    return condition is None or condition.name.value == type_.name
