"""The coordinates of the catalog that a document uses: what it shows and what it holds against values."""

from collections.abc import Collection

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    visit,
)

from auth.rights import Permissions, Right, Rights
from schema.build import build
from schema.catalog import Catalog
from schema.naming import type_names
from schema.visibility import view


def whole_graph(catalog: Catalog) -> GraphQLSchema:
    """Return the graph that shows everything, for looking into documents; nobody is ever served from it."""
    every = frozenset(Right)
    rights = {
        f"{name}.{field}": Rights(every, None, "", "")
        for name, resource in catalog.resources.items()
        for field in resource.fields
    }
    return build(view(catalog, Permissions("", "", rights, {}, "")))


def used(text: str, graph: GraphQLSchema, catalog: Catalog) -> set[str]:
    """Return the coordinates `Type.field` in a document; of what cannot be read, none."""
    try:
        document = parse(text)
    except GraphQLError:
        return set()
    found = _Found(graph, _owners(catalog))
    visit(document, TypeInfoVisitor(found.types, found))
    return found.coordinates


def _owners(catalog: Catalog) -> dict[str, str]:
    """Return by type name of the graph the resource it belongs to."""
    return {
        type_name: name
        for name, resource in catalog.resources.items()
        for type_name in type_names(name, _enums(resource.fields.values()))
    }


def _enums(fields: Collection[object]) -> list[str]:
    return [str(getattr(field, "name", "")) for field in fields if getattr(field, "codes", ())]


class _Found(Visitor):
    """Gathers coordinates on the way through a document."""

    def __init__(self, graph: GraphQLSchema, owners: dict[str, str]) -> None:
        super().__init__()
        self.types = TypeInfo(graph)
        self.coordinates: set[str] = set()
        self._owners = owners

    def enter_field(self, node: FieldNode, *_: object) -> None:
        """Note a field of a resource."""
        parent = self.types.get_parent_type()
        self._note(parent.name if parent else "", node.name.value)

    def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
        """Note a field of a resource that is held against a value, or ordered by."""
        parent = self.types.get_parent_input_type()
        self._note(get_named_type(parent).name if parent else "", node.name.value)

    def _note(self, type_name: str, field: str) -> None:
        owner = self._owners.get(type_name)
        if owner is not None:
            self.coordinates.add(f"{owner}.{field}")
