"""From text to a validated operation with its variables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from typing import Any

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    get_variable_values,
    parse,
    type_from_ast,
)

from resolvers.documents.inputs import check_nesting, not_available, not_valid, value_problems
from resolvers.documents.limits import Limits, Measure, check_text, syntax_refused
from resolvers.documents.outline import outlined
from resolvers.documents.validation import Rule, problems
from resolvers.errors import (
    DocumentError,
    DocumentMissingError,
    OperationNameRequiredError,
    OperationNotOfferedError,
    OperationUnknownError,
)

REMEMBERED = 100
"""Refusals of one document that its record may name; the caller is told fewer."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """One operation of a parsed document, within the limits, not yet held against any schema.

    `operation_hash` is the SHA-256 of `outline`, the document without literals; `tokens` its weight.
    `deciding` names, in order, the variables that `@skip` and `@include` look at.
    """

    document: DocumentNode
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    outline: str
    operation_hash: str
    tokens: int
    deciding: tuple[str, ...]


class DocumentRefusedError(DocumentError):
    """Several refusals of one document; the first gives the code, `most` are told to the caller."""

    def __init__(self, refusals: Sequence[DocumentError], most: int) -> None:
        super().__init__(refusals[0].what, remedy=refusals[0].how, locations=refusals[0].locations)
        self.refusals = tuple(refusals[:most])
        self.every = tuple(refusals)
        self.code = refusals[0].code  # type: ignore[misc]


def read_document(query: str | None, operation_name: str | None, limits: Limits) -> Parsed:
    """Return the operation to run. Raises a `DocumentError` for anything else."""
    if not query:
        raise DocumentMissingError("The request has no document")
    tokens = check_text(query, limits)
    try:
        document = parse(query)
    except GraphQLSyntaxError as error:
        raise syntax_refused(error) from None
    operation = chosen(document, operation_name)
    Measure(document, limits).document()
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    outline = outlined(document)
    operation_hash = sha256(outline.encode()).hexdigest()
    deciding = deciding_variables([operation, *fragments.values()])
    return Parsed(document, operation, fragments, outline, operation_hash, tokens, deciding)


def chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """Return the one operation, or the one that is named."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name:
        operations = [node for node in operations if node.name and node.name.value == name]
    if not operations:
        raise OperationUnknownError("The document does not hold the operation asked for")
    if len(operations) > 1:
        raise OperationNameRequiredError("The document holds several operations")
    if operations[0].operation is not OperationType.QUERY:
        raise OperationNotOfferedError("Only queries are answered")
    return operations[0]


def deciding_variables(definitions: Sequence[Any]) -> tuple[str, ...]:
    """Return the names, in order, of the variables that `@skip` and `@include` look at."""
    names: set[str] = set()
    waiting = [*definitions]
    while waiting:
        node = waiting.pop()
        for directive in getattr(node, "directives", None) or ():
            for argument in directive.arguments or ():
                if isinstance(argument.value, VariableNode):
                    names.add(argument.value.name.value)
        if (selections := getattr(node, "selection_set", None)) is not None:
            waiting.extend(selections.selections)
    return tuple(sorted(names))


def validate_document(
    parsed: Parsed, schema: GraphQLSchema, ruleset: tuple[Rule, ...], limits: Limits
) -> None:
    """Raise `DocumentRefusedError` where the document does not fit the caller's schema."""
    if refusals := problems(schema, parsed.document, ruleset, REMEMBERED):
        raise DocumentRefusedError(refusals, limits.errors)


def read_variables(
    parsed: Parsed, schema: GraphQLSchema, given: Mapping[str, Any] | None, limits: Limits
) -> dict[str, Any]:
    """Return the coerced variables of a validated operation. Raises `DocumentRefusedError`."""
    variables = dict(given or {})
    refusals: list[DocumentError] = []
    check_nesting(variables, limits.nesting)
    for definition in parsed.operation.variable_definitions or ():
        type_: Any = type_from_ast(schema, definition.type)
        name = definition.variable.name.value
        if type_ is None:
            refusals.append(not_available(definition.type))
        elif name in variables or definition.default_value is None:
            found = value_problems(variables.get(name), type_, definition)
            refusals.extend(islice(found, REMEMBERED - len(refusals)))
    if refusals:
        raise DocumentRefusedError(refusals, limits.errors)
    return coerced(parsed, schema, variables)


def coerced(parsed: Parsed, schema: GraphQLSchema, variables: dict[str, Any]) -> dict[str, Any]:
    """Return the values graphql-core coerces; what it still refuses is refused without its words."""
    definitions = parsed.operation.variable_definitions or ()
    values = get_variable_values(schema, definitions, variables, max_errors=1, hide_suggestions=True)
    if isinstance(values, list):
        first = definitions[0]
        type_: Any = type_from_ast(schema, first.type)
        raise DocumentRefusedError([not_valid(type_, first)], 1)
    return values.coerced
