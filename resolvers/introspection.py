"""Introspection: answered by graphql-core from the caller's schema, in a worker thread."""

from collections.abc import Mapping, Sequence
from typing import Any

import anyio
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute_sync,
)

from resolvers.errors import InternalError
from resolvers.limits import INTROSPECTION


async def introspect(
    schema: GraphQLSchema,
    fields: Sequence[FieldNode],
    operation: OperationDefinitionNode,
    fragments: Sequence[FragmentDefinitionNode],
    variables: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the introspected parts by response name. `fields` are the root fields of the operation."""
    chosen = tuple(field for field in fields if field.name.value in INTROSPECTION)
    reduced = OperationDefinitionNode(
        operation=OperationType.QUERY,
        variable_definitions=operation.variable_definitions,
        directives=(),
        selection_set=SelectionSetNode(selections=chosen),
    )
    document = DocumentNode(definitions=(reduced, *fragments))
    result = await anyio.to_thread.run_sync(
        lambda: execute_sync(schema, document, variable_values=dict(variables))
    )
    if not isinstance(result, ExecutionResult) or result.errors or result.data is None:
        raise InternalError("The caller's schema could not be described")
    return result.data
