"""Introspection: the caller's schema described by graphql-core, apart from the event loop, as bytes."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import anyio
import orjson
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    NamedTypeNode,
    NonNullTypeNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    execute_sync,
    introspection_types,
)

from govgraph.cache import BoundedCache
from govgraph.errors import GovGraphError
from resolvers.documents.limits import INTROSPECTION
from resolvers.documents.selection import Collector
from resolvers.errors import InternalError

Described = Mapping[str, orjson.Fragment]
"""The introspected parts of an answer by response name, as JSON."""

BYTES: Final = 64 * 1024 * 1024
"""What all kept descriptions together may weigh."""

ASKED_WITH: Final = frozenset({"Boolean", "String"})
"""The types of all variables that introspection, `@skip` and `@include` can take."""


@dataclass(slots=True)
class Descriptions:
    """Descriptions that were made. Whoever asks for one that is being made waits for it."""

    kept: BoundedCache[tuple[Described, int]] = field(default_factory=lambda: BoundedCache(1000, BYTES))
    awaited: dict[Hashable, anyio.Event] = field(default_factory=dict)

    async def get(self, key: Hashable, make: Callable[[], dict[str, bytes]]) -> Described:
        """Return the description kept under a key, or make it in a worker thread."""
        while key in self.awaited:
            await self.awaited[key].wait()
        found = self.kept.get(key)
        if found is not None:
            return found[0]
        made = self.awaited[key] = anyio.Event()
        try:
            parts = await anyio.to_thread.run_sync(make)
        finally:
            del self.awaited[key]
            made.set()
        weight = sum(map(len, parts.values()))
        described = {name: orjson.Fragment(part) for name, part in parts.items()}
        self.kept.put(key, (described, weight), weight)
        return described


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What is asked of a caller's schema; `given` are the variables as they came."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    collector: Collector
    given: Mapping[str, Any]

    def key(self) -> tuple[Any, ...]:
        """Return what tells apart two requests for one document."""
        named = (definition.variable.name.value for definition in self.variables())
        return tuple(self.collector.variables.get(name) for name in named)

    def variables(self) -> Sequence[VariableDefinitionNode]:
        """Return the definitions of those variables that can play a part."""
        return [one for one in self.operation.variable_definitions or () if plays_a_part(one)]

    def described(self) -> dict[str, bytes]:
        """Return the introspected root fields by response name, as JSON. Takes long: for a worker thread.

        Types are described one after another, so that no more than one of them is in memory as values.
        """
        roots = self.grouped(self.schema.query_type, self.operation.selection_set.selections)
        asked = {name: nodes for name, nodes in roots.items() if nodes[0].name.value in INTROSPECTION}
        return {
            name: self.whole(nodes)
            if nodes[0].name.value == "__schema"
            else self.part(self.schema, nodes, None)
            for name, nodes in asked.items()
        }

    def whole(self, nodes: Sequence[FieldNode]) -> bytes:
        """Return the field `__schema` as JSON."""
        type_ = introspection_types["__Schema"]
        above = schema_over(type_)
        groups = self.grouped(type_, below(nodes))
        parts = (
            orjson.dumps(name)
            + b":"
            + (self.types(inner) if inner[0].name.value == "types" else self.part(above, inner, self.schema))
            for name, inner in groups.items()
        )
        return b"{" + b",".join(parts) + b"}"

    def types(self, nodes: Sequence[FieldNode]) -> bytes:
        """Return the field `types` as JSON."""
        above = schema_over(introspection_types["__Type"])
        document = self.document(below(nodes))
        each = [self.executed(above, document, one) for one in self.schema.type_map.values()]
        return b"[" + b",".join(map(orjson.dumps, each)) + b"]"

    def part(self, above: GraphQLSchema, nodes: Sequence[FieldNode], root: Any) -> bytes:
        """Return one field of a root value as JSON."""
        (value,) = self.executed(above, self.document(nodes), root).values()
        return orjson.dumps(value)

    def executed(self, above: GraphQLSchema, document: DocumentNode, root: Any) -> dict[str, Any]:
        """Return what graphql-core answers; a refusal of ours that it met is raised as it was."""
        result = execute_sync(above, document, root, variable_values=dict(self.given))
        if not isinstance(result, ExecutionResult) or result.errors or result.data is None:
            raise refusal_in(result)
        return result.data

    def document(self, selections: Sequence[SelectionNode]) -> DocumentNode:
        """Return a document of nothing but these selections, with the fragments they may spread."""
        operation = OperationDefinitionNode(
            operation=OperationType.QUERY,
            variable_definitions=tuple(self.variables()),
            directives=(),
            selection_set=SelectionSetNode(selections=tuple(selections)),
        )
        fragments: Sequence[FragmentDefinitionNode] = [*self.collector.fragments.values()]
        return DocumentNode(definitions=(operation, *fragments))

    def grouped(self, type_: Any, selections: Sequence[SelectionNode]) -> dict[str, list[FieldNode]]:
        """Return the fields asked of a type by response name."""
        groups: dict[str, list[FieldNode]] = {}
        for node in self.collector.fields(type_, selections):
            groups.setdefault((node.alias or node.name).value, []).append(node)
        return groups


def below(nodes: Sequence[FieldNode]) -> list[SelectionNode]:
    """Return what is asked below the fields that make up one field of the answer."""
    return [one for node in nodes if node.selection_set for one in node.selection_set.selections]


def schema_over(type_: Any) -> GraphQLSchema:
    """Return a schema whose root is a type of introspection, so that a part can be described by itself."""
    return GraphQLSchema(query=type_, assume_valid=True)


def plays_a_part(definition: VariableDefinitionNode) -> bool:
    """Return whether introspection can take a variable."""
    type_ = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
    return isinstance(type_, NamedTypeNode) and type_.name.value in ASKED_WITH


def refusal_in(result: Any) -> GovGraphError:
    """Return what stood against a description."""
    causes = (error.original_error for error in getattr(result, "errors", None) or ())
    known = (cause for cause in causes if isinstance(cause, GovGraphError))
    return next(known, InternalError("The caller's schema could not be described"))
