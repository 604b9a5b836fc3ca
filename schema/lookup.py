"""Finds a type of a caller's graph by its name, and makes no more of the graph than that takes."""

from collections.abc import Callable, Iterator, Mapping

from graphql import GraphQLField, GraphQLNamedType

from schema.aggregates import NUMBERS
from schema.naming import (
    AGGREGATION_COUNT,
    DIRECTION,
    PAGE_FACTS,
    operators_name,
    platform_types,
    root_names,
)
from schema.output import masked_output
from schema.reach import Part, reach
from schema.types import SEMANTIC_TYPES
from schema.unfolding import named_by, reached
from schema.visibility import View, VisibleField, VisibleType

Making = Mapping[Part, Callable[[VisibleType], GraphQLNamedType]]


class Lookup:
    """The types of a graph by name: a resource's begin with its name, the others are the platform's.

    The platform's types that the graph has are looked for once, here; that costs the most where a
    graph lacks some of them, so that all fields are looked through.
    """

    def __init__(self, view: View, roots: Mapping[str, GraphQLField], making: Making) -> None:
        self._types = view.types
        self._roots = roots
        self._making = making
        self._reach = reach(view)
        self._shared: dict[str, GraphQLNamedType] = {}
        self._platform = platform_types(semantic.scalar for semantic in SEMANTIC_TYPES.values())
        missing = set(self._platform)
        for name in self._types:
            if not missing.isdisjoint(self._may_bring(name)):
                found = {type_.name: type_ for type_ in self._brought(name) if type_.name in missing}
                self._shared |= found
                missing -= found.keys()

    def find(self, name: str) -> GraphQLNamedType | None:
        """Return the type of that name, None where no root field leads to one."""
        if name in self._shared:
            return self._shared[name]
        owners = (name[:end] for end in range(1, len(name) + 1))
        found = (type_ for owner in owners if owner in self._types for type_ in self._brought(owner))
        return next((type_ for type_ in found if type_.name == name), None)

    def _brought(self, owner: str) -> Iterator[GraphQLNamedType]:
        """Yield the types of a resource that root fields lead to, and those that these name."""
        visible = self._types[owner]
        seeds = [self._making[part](visible) for part in self._reach.get(owner, ())]
        for root in root_names(owner).all():
            if root in self._roots:
                seeds += named_by(self._roots[root])
        return reached(seeds, lambda one: one.name.startswith(owner) or one.name in self._platform)

    def _may_bring(self, owner: str) -> Iterator[str]:
        """Yield the names of the platform's types that a resource can lead to, and perhaps some more."""
        visible, parts = self._types[owner], self._reach.get(owner, frozenset())
        if visible.aggregable or Part.PAGES in parts or not all(link.one for link in visible.links.values()):
            yield "Int"
        if Part.PAGES in parts:
            yield PAGE_FACTS
        if Part.ORDER in parts:
            yield DIRECTION
        if visible.aggregable:
            yield AGGREGATION_COUNT
        if any(visible.resource.fields[name].type in NUMBERS for name in visible.aggregable):
            yield "Decimal"
        for one in visible.fields.values():
            yield from leaves_of(one)


def leaves_of(one: VisibleField) -> Iterator[str]:
    """Yield the names of the platform's types that a field shows its value in, or takes others in."""
    if one.mask is not None:
        yield masked_output(one.mask)
    if one.field.codes:
        return
    scalar = SEMANTIC_TYPES[one.field.type].scalar
    if one.clear or one.operators:
        yield scalar
    if one.operators:
        yield operators_name(scalar, "eq" in one.operators, "ne" in one.operators)
