"""From a caller's view to the caller's graph, in graphql-core's own types."""

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
)

from auth.masking.masks import MASKS
from auth.masking.rule import MaskRule
from govgraph.expressions.terms import Kind
from schema.aggregates import Aggregates
from schema.catalog import Link
from schema.connections import Connections
from schema.errors import NothingVisibleError
from schema.inputs import Leaves
from schema.meaning import Along, AlongPages, ByKey, Listing, Match, Value, Verify
from schema.naming import paged_name, root_names, verification_name
from schema.output import meant
from schema.visibility import View, VisibleField, VisibleType


def build(view: View) -> GraphQLSchema:
    """Return the schema of a view; every field carries its meaning in `extensions`.

    Raises `NothingVisibleError` where the view has no root field.
    """
    return _Graph(view).schema()


def masked_output(mask: MaskRule) -> str:
    """Return the scalar that a mask yields; exceptions that yield another kind show null."""
    kinds = {Kind.INTEGER: "Int", Kind.BOOLEAN: "Boolean", Kind.DECIMAL: "Decimal", Kind.TEXT: "String"}
    return kinds[MASKS[mask.mask].output]


class _Graph:
    """The types of one schema while they are made."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._leaves = Leaves(view.types)
        self._connections = Connections(self._leaves)
        self._aggregates = Aggregates(self._leaves)
        self._objects = {
            name: self._object(visible) for name, visible in view.types.items() if visible.readable
        }

    def schema(self) -> GraphQLSchema:
        roots: dict[str, GraphQLField] = {}
        for visible in self._view.types.values():
            roots |= self._roots(visible)
        if not roots:
            raise NothingVisibleError("The grants open no way into the graph")
        text = "What this client may ask for this purpose."
        return GraphQLSchema(GraphQLObjectType("Query", roots, description=text), assume_valid=True)

    def _object(self, visible: VisibleType) -> GraphQLObjectType:
        resource = visible.resource
        text = f"{resource.title} · {visible.department.title} · {resource.cycle}\n\n{resource.summary}"
        return GraphQLObjectType(resource.name, lambda: self._fields(visible), description=text)

    def _fields(self, visible: VisibleType) -> dict[str, GraphQLField]:
        values = {
            name: self._value(visible, field) for name, field in visible.fields.items() if field.readable
        }
        links = {name: self._along(visible, link) for name, link in visible.links.items()}
        paged = {
            paged_name(name): self._pages(visible, link)
            for name, link in visible.links.items()
            if not link.one and paged_name(name) not in visible.resource.fields
        }
        return values | links | paged

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
        object_ = self._objects[link.target]
        if link.one:
            return meant(object_, text, meaning)
        return meant(GraphQLList(GraphQLNonNull(object_)), text, meaning, self._leaves.arguments(target))

    def _pages(self, visible: VisibleType, link: Link) -> GraphQLField:
        target = self._view.types[link.target]
        text = f"{link.title or target.resource.title} · {target.department.title}, page by page"
        return meant(
            self._connections.of(target, self._objects[link.target]),
            text,
            AlongPages(visible.resource.name, link),
            self._connections.arguments(target),
        )

    def _roots(self, visible: VisibleType) -> dict[str, GraphQLField]:
        resource, names = visible.resource, root_names(visible.resource.name)
        roots = {}
        if visible.by_key:
            roots[names.by_key] = meant(
                self._objects[resource.name],
                f"{resource.title}, one by its key",
                ByKey(resource.name),
                self._required(visible, resource.key),
            )
        if visible.listing:
            roots[names.listing] = meant(
                self._connections.of(visible, self._objects[resource.name]),
                f"{resource.title}, page by page",
                Listing(resource.name),
                self._connections.arguments(visible),
            )
        if visible.aggregable:
            roots[names.aggregate] = self._aggregates.root(visible)
        if visible.compared:
            roots[names.verify] = meant(
                self._verification(visible),
                f"{resource.title}, verified (核验) without showing it",
                Verify(resource.name, resource.key, visible.compared),
                self._required(visible, (*resource.key, *visible.compared)),
            )
        return roots

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
