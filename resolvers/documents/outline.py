"""The outline of a document: what the record keeps of it, without literals."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from graphql import (
    ArgumentNode,
    DefinitionNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    NameNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    TypeNode,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
)
from graphql.language import ListTypeNode, NamedTypeNode, NonNullTypeNode

DIGIT: Final = re.compile(r"\d")
MANY: Final = 6

EMPTY: Final = {
    "int_value": "0",
    "float_value": "0.0",
    "string_value": '""',
    "boolean_value": "false",
    "enum_value": "VALUE",
    "list_value": "[]",
    "null_value": "null",
}
"""What stands for a literal of each kind; a list is empty, so that its length does not show."""


def outlined(document: DocumentNode) -> str:
    """Return the document without its literals, printed the same whatever its spaces."""
    return "\n\n".join(definition(one) for one in document.definitions)


def definition(node: DefinitionNode) -> str:
    """Return an operation or a fragment; of anything else its kind, as it is refused."""
    if isinstance(node, OperationDefinitionNode):
        below = block(node.selection_set, "")
        variables = ", ".join(variable(one) for one in node.variable_definitions or ())
        named = (plain(node.name) if node.name else "") + (f"({variables})" if variables else "")
        head = f" {named}{directives(node.directives)}" if named else directives(node.directives)
        return f"{node.operation.value}{head} {below}" if head else below
    if isinstance(node, FragmentDefinitionNode):
        head = f"fragment {plain(node.name)} on {plain(node.type_condition.name)}"
        return f"{head}{directives(node.directives)} {block(node.selection_set, '')}"
    return node.kind


def block(node: SelectionSetNode, margin: str) -> str:
    """Return a selection set in braces, a selection on each line."""
    inner = margin + "  "
    lines = "\n".join(inner + selection(one, inner) for one in node.selections)
    return f"{{\n{lines}\n{margin}}}"


def selection(node: SelectionNode, margin: str) -> str:
    """Return one selection with what is below it."""
    if isinstance(node, FieldNode):
        alias = f"{plain(node.alias)}: " if node.alias else ""
        head = f"{alias}{plain(node.name)}{arguments(node.arguments)}{directives(node.directives)}"
        return f"{head} {block(node.selection_set, margin)}" if node.selection_set else head
    if isinstance(node, InlineFragmentNode):
        condition = f" on {plain(node.type_condition.name)}" if node.type_condition else ""
        return f"...{condition}{directives(node.directives)} {block(node.selection_set, margin)}"
    if isinstance(node, FragmentSpreadNode):
        return f"...{plain(node.name)}{directives(node.directives)}"
    raise AssertionError(node.kind)


def variable(node: VariableDefinitionNode) -> str:
    """Return the definition of a variable."""
    default = f" = {value(node.default_value)}" if node.default_value else ""
    return f"${plain(node.variable.name)}: {type_name(node.type)}{default}{directives(node.directives)}"


def type_name(node: TypeNode) -> str:
    """Return a type as it is written."""
    marks = ""
    opened = ""
    while not isinstance(node, NamedTypeNode):
        if isinstance(node, NonNullTypeNode):
            node, marks = node.type, f"!{marks}"
        elif isinstance(node, ListTypeNode):
            node, marks, opened = node.type, f"]{marks}", f"{opened}["
    return f"{opened}{plain(node.name)}{marks}"


def directives(nodes: Iterable[DirectiveNode] | None) -> str:
    """Return directives, each after a space."""
    return "".join(f" @{plain(one.name)}{arguments(one.arguments)}" for one in nodes or ())


def arguments(nodes: Iterable[ArgumentNode] | None) -> str:
    """Return arguments in brackets; nothing where there are none."""
    inner = ", ".join(named_values(nodes or ()))
    return f"({inner})" if inner else ""


def named_values(nodes: Iterable[ArgumentNode | ObjectFieldNode]) -> Iterator[str]:
    """Yield each name with its value."""
    return (f"{plain(one.name)}: {value(one.value)}" for one in nodes)


def value(node: ValueNode) -> str:
    """Return what stands for a value: variables and names of fields stay, literals go."""
    if isinstance(node, VariableNode):
        return f"${plain(node.name)}"
    if isinstance(node, ObjectValueNode):
        inner = ", ".join(named_values(node.fields))
        return f"{{ {inner} }}" if inner else "{}"
    return EMPTY[node.kind]


def plain(node: NameNode) -> str:
    """Return a name, without its digits where it has many: aliases and variables are the caller's words."""
    return DIGIT.sub("0", node.value) if len(DIGIT.findall(node.value)) >= MANY else node.value
