"""From a caller's view to the caller's graph, in graphql-core's own types."""

from collections.abc import Callable
from functools import partial
from typing import Final

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
)

from auth.masking.masks import MASKS
from schema.aggregates import Aggregates
from schema.catalog import Link
from schema.connections import Connections
from schema.errors import GraphTooLargeError, NothingVisibleError
from schema.inputs import Leaves
from schema.lookup import Lookup, Making
from schema.meaning import Along, AlongPages, ByKey, Listing, Match, Value, Verify
from schema.naming import paged_name, root_names, summed_name, verification_name
from schema.output import masked_output, meant
from schema.reach import Part
from schema.unfolding import Unfolding, UnfoldingSchema
from schema.visibility import View, VisibleField, VisibleType

EAGER: Final = 200
"""Resources up to which every type is made at once; above, each is made when somebody asks for it."""

WHOLE: Final = 500
"""Resources up to which a graph is made whole at all, to describe it: some 60 MB, and 18 MB of JSON."""


def build(view: View, eager: int = EAGER) -> UnfoldingSchema:
    """Return the schema of a view; every field carries its meaning in `extensions`.

    Raises `NothingVisibleError` where the view has no root field.
    """
    graph = _Graph(view)
    if len(view.types) > eager:
        return graph.schema(Lookup(view, graph.roots, graph.making()).find)
    schema = graph.schema(lambda _: None)
    schema.unfold()
    return schema


class _Graph:
    """The types of one schema while they are made."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._leaves = Leaves(view.types)
        self._connections = Connections(self._leaves)
        self._aggregates = Aggregates(self._leaves)
        self._objects: dict[str, GraphQLObjectType] = {}
        self._roots: dict[str, GraphQLField] = {}
        self.roots = Unfolding(self._root, self._all_roots)
        self._offered: dict[str, Callable[[], GraphQLField]] = {}
        for visible in view.types.values():
            self._offered |= self._roots_of(visible)

    def schema(self, find: Callable[[str], GraphQLNamedType | None]) -> UnfoldingSchema:
        """Return the schema; `find` returns those of its types that are not made at once."""
        if not self._offered:
            raise NothingVisibleError("The grants open no way into the graph")
        query = GraphQLObjectType("Query", {}, description="What this client may ask for this purpose.")
        query.fields = self.roots
        return UnfoldingSchema(query, find, self._objects)

    def making(self) -> Making:
        """Return what makes the parts of a resource."""
        return {
            Part.OBJECT: self._object,
            Part.PAGES: self._page,
            Part.WHERE: self._leaves.where,
            Part.MANY_WHERE: self._leaves.many,
            Part.ORDER: self._leaves.order,
        }

    def _root(self, name: str) -> GraphQLField | None:
        return self._made_root(name) if name in self._offered else None

    def _all_roots(self) -> dict[str, GraphQLField]:
        if len(self._view.types) > WHOLE:
            raise GraphTooLargeError(f"The graph of this client has more than {WHOLE} resources")
        return {name: self._made_root(name) for name in self._offered}

    def _made_root(self, name: str) -> GraphQLField:
        if name not in self._roots:
            self._roots.setdefault(name, self._offered[name]())
        return self._roots[name]

    def _page(self, visible: VisibleType) -> GraphQLObjectType:
        return self._connections.of(visible, self._object(visible))

    def _object(self, visible: VisibleType) -> GraphQLObjectType:
        name = visible.resource.name
        if name not in self._objects:
            self._objects.setdefault(name, self._new_object(visible))
        return self._objects[name]

    def _new_object(self, visible: VisibleType) -> GraphQLObjectType:
        resource = visible.resource
        text = f"{resource.title} · {visible.department.title} · {resource.cycle}\n\n{resource.summary}"
        return GraphQLObjectType(resource.name, lambda: self._fields(visible), description=text)

    def _fields(self, visible: VisibleType) -> dict[str, GraphQLField]:
        values = {
            name: self._value(visible, field) for name, field in visible.fields.items() if field.readable
        }
        links = {name: self._along(visible, link) for name, link in visible.links.items()}
        return values | links | self._twins(visible)

    def _twins(self, visible: VisibleType) -> dict[str, GraphQLField]:
        """Return the twins of to-many links; there is none where the resource has its name already."""
        resource = visible.resource
        paged = {
            paged_name(name): self._pages(visible, link)
            for name, link in visible.links.items()
            if not link.one
        }
        summed = {
            summed_name(name): self._aggregates.along(resource.name, link, self._view.types[link.target])
            for name, link in visible.summed_by.items()
        }
        taken = {*resource.fields, *resource.links}
        return {name: twin for name, twin in (paged | summed).items() if name not in taken}

    def _value(self, visible: VisibleType, field: VisibleField) -> GraphQLField:
        resource, name = visible.resource, field.field.name
        mask = field.mask
        shown = "clear" if mask is None else f"mask {mask.mask} {MASKS[mask.mask].title}"
        parts = (
            field.field.title,
            str(field.field.level),
            shown,
            visible.department.title,
            str(resource.cycle),
        )
        type_ = (
            self._leaves.clear(resource.name, field.field)
            if mask is None
            else self._leaves.scalars[masked_output(mask)]
        )
        return meant(type_, " · ".join(parts), Value(resource.name, name))

    def _along(self, visible: VisibleType, link: Link) -> GraphQLField:
        target = self._view.types[link.target]
        meaning = Along(visible.resource.name, link)
        parts = (link.title or target.resource.title, target.department.title, str(target.resource.cycle))
        text = " · ".join(parts)
        object_ = self._object(target)
        if link.one:
            return meant(object_, text, meaning)
        return meant(GraphQLList(GraphQLNonNull(object_)), text, meaning, self._leaves.arguments(target))

    def _pages(self, visible: VisibleType, link: Link) -> GraphQLField:
        target = self._view.types[link.target]
        text = f"{link.title or target.resource.title} · {target.department.title}, page by page"
        return meant(
            self._page(target),
            text,
            AlongPages(visible.resource.name, link),
            self._connections.arguments(target),
        )

    def _roots_of(self, visible: VisibleType) -> dict[str, Callable[[], GraphQLField]]:
        """Return what makes each root field of a resource, by name."""
        names = root_names(visible.resource.name)
        offered = {
            names.by_key: (visible.by_key, self._by_key),
            names.listing: (visible.listing, self._listing),
            names.aggregate: (bool(visible.aggregable), self._aggregates.root),
            names.verify: (bool(visible.compared), self._verify),
        }
        return {name: partial(make, visible) for name, (there, make) in offered.items() if there}

    def _by_key(self, visible: VisibleType) -> GraphQLField:
        resource = visible.resource
        text = f"{resource.title}, one by its key"
        arguments = self._required(visible, resource.key)
        return meant(self._object(visible), text, ByKey(resource.name), arguments)

    def _listing(self, visible: VisibleType) -> GraphQLField:
        resource = visible.resource
        text = f"{resource.title}, page by page"
        arguments = self._connections.arguments(visible) | self._connections.of_changes(visible)
        return meant(self._page(visible), text, Listing(resource.name), arguments)

    def _verify(self, visible: VisibleType) -> GraphQLField:
        resource = visible.resource
        return meant(
            self._verification(visible),
            f"{resource.title}, verified (核验) without showing it",
            Verify(resource.name, resource.key, visible.compared),
            self._required(visible, (*resource.key, *visible.compared)),
        )

    def _required(self, visible: VisibleType, names: tuple[str, ...]) -> dict[str, GraphQLArgument]:
        fields = visible.resource.fields
        arguments = {}
        for name in names:
            leaf = self._leaves.clear(visible.resource.name, fields[name])
            arguments[name] = GraphQLArgument(GraphQLNonNull(leaf), description=fields[name].title)
        return arguments

    def _verification(self, visible: VisibleType) -> GraphQLObjectType:
        name = visible.resource.name
        text = "Whether everything given is as recorded; null where there is no such row."
        fields = {"match": meant(self._leaves.scalars["Boolean"], text, Match(name))}
        return GraphQLObjectType(verification_name(name), fields, description=text)
