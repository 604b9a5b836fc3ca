"""Questions made at random that fit a caller's schema: nothing but the schema says what may be asked."""

from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)
from hypothesis import strategies as st

from schema.catalog import CatalogField, Resource
from schema.inputs import RESOURCE
from schema.meaning import MEANING, Along, AlongPages, AlongSummary, ByKey, Listing, Nodes, Summary, Verify
from tests.resolvers.generated.asking import Asked, Bookmark, Name
from tests.resolvers.generated.cells import PARTS, STATED
from tests.resolvers.generated.cities import City, Row
from tests.resolvers.generated.values import shown

LINKS = Along | AlongPages
ELSEWHERE = AlongSummary
"""What the model does not answer: sums across links (`test_aggregates_across`)."""
PAGES = Listing | AlongPages
OFTEN = Along | AlongPages | Listing | Nodes
"""Fields that are chosen more often, as they lead to rows."""
JOINED = ("and", "or", "not")
DEEPEST = 3


class Asker:
    """Draws questions over one schema."""

    def __init__(self, draw: st.DrawFn, schema: GraphQLSchema, city: City) -> None:
        self.draw = draw
        self.schema = schema
        self.city = city
        self.bookmarks = 0

    def chance(self, of: int) -> bool:
        """Return true once in so many times."""
        return self.draw(st.integers(1, of)) == of

    def roots(self) -> tuple[Asked, ...]:
        """Return the root fields of a question."""
        assert self.schema.query_type is not None
        return self.selection(self.schema.query_type, DEEPEST, {})

    def selection(self, type_: GraphQLObjectType, depth: int, above: Mapping[str, Any]) -> tuple[Asked, ...]:
        """Return some fields of a type; links are followed `depth` levels down."""
        names = [name for name, one in type_.fields.items() if self.may_be_asked(one, depth, above)]
        more = [name for name in names if isinstance(type_.fields[name].extensions[MEANING], OFTEN)]
        chosen = (
            self.draw(st.lists(st.sampled_from(names + more * 2), min_size=1, max_size=2 + depth // 2))
            if names
            else []
        )
        if not names or self.chance(8):
            chosen.append("__typename")
        return tuple(self.field(type_, name, place, depth, above) for place, name in enumerate(chosen))

    def may_be_asked(self, one: GraphQLField, depth: int, above: Mapping[str, Any]) -> bool:
        """Return whether a field fits here: `key` shows no field by which `groupBy` does not group."""
        meaning = one.extensions[MEANING]
        if isinstance(meaning, ELSEWHERE):
            return False
        part = getattr(meaning, "part", "") or getattr(meaning, "name", "")
        if part == "key":
            grouped = above.get("groupBy") or ()
            return bool(grouped) if not hasattr(meaning, "field") else meaning.field in grouped
        return depth > 0 or not isinstance(meaning, LINKS)

    def field(
        self, type_: GraphQLObjectType, name: str, place: int, depth: int, above: Mapping[str, Any]
    ) -> Asked:
        """Return one field with its arguments and what is asked below it."""
        alias = f"{name.strip('_')}{place}"
        if name == "__typename":
            return Asked(alias, name, type_.name)
        one = type_.fields[name]
        meaning = one.extensions[MEANING]
        arguments = self.arguments(one, meaning)
        inner = get_named_type(one.type)
        below: tuple[Asked, ...] = ()
        if isinstance(inner, GraphQLObjectType):
            grouped = arguments if isinstance(meaning, Summary) else above
            below = self.selection(inner, depth - isinstance(meaning, LINKS), grouped)
        return Asked(alias, name, type_.name, meaning, arguments, below)

    def arguments(self, one: GraphQLField, meaning: Any) -> dict[str, Any]:
        """Return arguments of a field: those it needs, and some it takes."""
        if isinstance(meaning, ByKey | Verify):
            return self.of_a_row(one, self.city.catalog.resources[meaning.resource])
        chosen = {
            name: self.value(argument.type, None, 2)
            for name, argument in one.args.items()
            if name not in ("first", "last", "after", "before") and self.chance(2)
        }
        return chosen | (self.page(isinstance(meaning, PAGES)) if "first" in one.args else {})

    def of_a_row(self, one: GraphQLField, resource: Resource) -> dict[str, Any]:
        """Return the arguments that name a row: mostly what some row holds."""
        rows: list[Row | None] = [*self.city.rows[resource.name]]
        row = self.draw(st.sampled_from(rows or [None]))
        found = {}
        for name, argument in one.args.items():
            field = resource.fields[name]
            held = None if row is None or self.chance(8) else shown(field, row[name])
            if isinstance(get_named_type(argument.type), GraphQLEnumType) and held is not None:
                held = Name(held)
            found[name] = self.value(argument.type, field, 0) if held is None else held
        return found

    def page(self, connected: bool) -> dict[str, Any]:
        """Return which page is asked for; only a connection has an end to begin at, and places in it."""
        size, chance = st.integers(0, 3), st.integers(0, 5)
        which = self.draw(chance)
        page: dict[str, Any] = {"first": self.draw(size)} if which == 1 else {}
        if not connected:
            return page
        if which == 2:
            page["last"] = self.draw(size)
        for name in ("after", "before"):
            if self.draw(chance) == 1:
                page[name] = Bookmark(self.bookmarks, self.draw(st.integers(0, 5)))
                self.bookmarks += 1
        return page

    def value(self, type_: GraphQLInputType, one: CatalogField | None, depth: int) -> Any:
        """Return a value of a type; `one` is the field it is held against."""
        if isinstance(type_, GraphQLNonNull):
            return self.whole(type_.of_type, one, depth)
        return None if self.chance(20) else self.whole(type_, one, depth)

    def whole(self, type_: Any, one: CatalogField | None, depth: int) -> Any:
        """Return a value that is not null."""
        if isinstance(type_, GraphQLList):
            most = 2 if isinstance(get_named_type(type_), GraphQLInputObjectType) else 3
            count = self.draw(st.integers(1, most)) if not self.chance(6) else 0
            return [self.value(type_.of_type, one, depth) for _ in range(count)]
        if isinstance(type_, GraphQLEnumType):
            return Name(self.draw(st.sampled_from(sorted(type_.values))))
        if isinstance(type_, GraphQLInputObjectType):
            return self.object(type_, one, depth)
        if type_.name == "Boolean" and (one is None or one.type != "Boolean"):
            return self.draw(st.booleans())
        if one is None:
            return self.draw(st.integers(0, 3))
        return self.draw(st.sampled_from(STATED[one.type]))

    def object(self, type_: GraphQLInputObjectType, one: CatalogField | None, depth: int) -> dict[str, Any]:
        """Return an object: one entry where only one may be given, else some."""
        resource = self.city.catalog.resources.get(type_.extensions.get(RESOURCE, ""))
        fields = resource.fields if resource else {}
        names = [name for name in type_.fields if depth > 0 or not (name in JOINED or deeper(type_, name))]
        names = names or [*type_.fields]
        most = 1 if type_.is_one_of else 2
        least = 0 if not type_.is_one_of and self.chance(10) else 1
        few = st.lists(st.sampled_from(names), min_size=least, max_size=most, unique=True)
        chosen = self.draw(few) if names else []
        found = {}
        for name in chosen:
            inner = type_.fields[name].type
            if type_.is_one_of:
                found[name] = self.whole(inner, fields.get(name), depth - deeper(type_, name))
            elif name in ("startsWith", "contains"):
                found[name] = self.draw(st.sampled_from(PARTS))
            else:
                found[name] = self.value(inner, fields.get(name, one), depth - deeper(type_, name))
        return found


def deeper(type_: GraphQLInputObjectType, name: str) -> bool:
    """Return whether an entry leads to another condition on rows."""
    inner = get_named_type(type_.fields[name].type)
    return isinstance(inner, GraphQLInputObjectType) and bool(inner.extensions.get(RESOURCE))


@st.composite
def questions(draw: st.DrawFn, schema: GraphQLSchema, city: City) -> tuple[Asked, ...]:
    """Return the root fields of a question that fits the schema."""
    return Asker(draw, schema, city).roots()
