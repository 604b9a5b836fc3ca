"""A question as what is meant, and the many ways in which a document can write it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as filled
from typing import Any

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from schema.meaning import EdgeCursor, Edges, Meaning


class Name(str):
    """A value of an enum: written without quotes."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A cursor, known once the rows it marks have been asked for; `choice` says which of them."""

    number: int
    choice: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of the answer by its response name; `meaning` is None for `__typename`.

    `type_name` is the type it belongs to. Arguments are plain values, objects as mappings.
    """

    name: str
    field: str
    type_name: str
    meaning: Meaning | None = None
    arguments: Mapping[str, Any] = filled(default_factory=dict)
    below: tuple["Asked", ...] = ()

    def given(self, name: str) -> Any:
        """Return an argument, None where it is absent."""
        return self.arguments.get(name)


CURSORS = Asked("edges", "edges", "", Edges(""), below=(Asked("cursor", "cursor", "", EdgeCursor("")),))
"""The part of a connection that shows every cursor."""


def walk(asked: Sequence[Asked], above: tuple[Asked, ...] = ()) -> Iterator[tuple[Asked, ...]]:
    """Yield every field of a question with the fields above it, itself last."""
    for one in asked:
        yield (*above, one)
        yield from walk(one.below, (*above, one))


def alone(path: tuple[Asked, ...]) -> Asked:
    """Return the question for all cursors of the connection that a path ends at."""
    chosen = {name: path[-1].given(name) for name in ("where", "orderBy") if name in path[-1].arguments}
    whole = replace(path[-1], arguments={**chosen, "first": 100}, below=(CURSORS,))
    for one in reversed(path[:-1]):
        kept = {key: value for key, value in one.arguments.items() if not isinstance(value, Bookmark)}
        whole = replace(one, arguments=kept, below=(whole,))
    return whole


def place_of(type_: GraphQLInputObjectType, name: str) -> GraphQLInputType:
    """Return the type of a place in an object; where one entry alone is taken, it takes no null."""
    inner = type_.fields[name].type
    return GraphQLNonNull(inner) if type_.is_one_of else inner


Chance = Callable[[], bool]
"""Decides whether a thing is written in another way than the plainest."""


def plainly() -> bool:
    """Decide for the plainest way."""
    return False


class Document:
    """Writes a question down: aliases, fragments, directives and variables as chance has it."""

    def __init__(self, schema: GraphQLSchema, chance: Chance = plainly) -> None:
        self.schema = schema
        self.chance = chance
        self.variables: dict[str, Any] = {}
        self.declared: list[str] = []
        self.fragments: list[str] = []

    def text(self, roots: Sequence[Asked]) -> str:
        """Return the document; what its variables hold stands in `variables`."""
        assert self.schema.query_type is not None
        body = self.selection(roots, self.schema.query_type)
        declared = f"query({', '.join(self.declared)}) " if self.declared else ""
        return "\n".join([f"{declared}{body}", *self.fragments])

    def selection(self, asked: Sequence[Asked], type_: GraphQLObjectType) -> str:
        """Return a selection set; its fields keep their order, and may stand there twice."""
        parts = [self.field(one, type_) for one in asked]
        if self.chance():
            parts = [*parts[:1], self.fragment(parts[1:] or parts, type_)]
        if self.chance():
            parts.append(self.fragment(parts[:1], type_))
        return f"{{ {' '.join(parts)} }}"

    def fragment(self, parts: Sequence[str], type_: GraphQLObjectType) -> str:
        """Return fields in a fragment, inline or named."""
        body = f"on {type_.name} {{ {' '.join(parts)} }}"
        if self.chance():
            return f"... {body}"
        self.fragments.append(f"fragment Part{len(self.fragments)} {body}")
        return f"...Part{len(self.fragments) - 1}"

    def field(self, one: Asked, type_: GraphQLObjectType) -> str:
        """Return one field with its alias, arguments and selection."""
        text = one.field if one.name == one.field else f"{one.name}: {one.field}"
        if one.field == "__typename":
            return text
        known = type_.fields[one.field]
        if one.arguments:
            given = (
                f"{name}: {self.value(value, known.args[name].type)}" for name, value in one.arguments.items()
            )
            text += f"({', '.join(given)})"
        if self.chance():
            text += f" @include(if: {self.variable(True, 'Boolean!')})"
        inner = get_named_type(known.type)
        return f"{text} {self.selection(one.below, inner)}" if isinstance(inner, GraphQLObjectType) else text

    def value(self, value: Any, type_: GraphQLInputType) -> str:
        """Return a value, literal or as a variable of its own."""
        if isinstance(value, Bookmark):
            return self.variable(None, str(type_), f"cursor{value.number}")
        if self.chance():
            return self.variable(value, str(type_))
        inner = type_.of_type if isinstance(type_, GraphQLNonNull) else type_
        if isinstance(value, Mapping) and isinstance(inner, GraphQLInputObjectType):
            parts = (f"{key}: {self.value(one, place_of(inner, key))}" for key, one in value.items())
            return f"{{{', '.join(parts)}}}"
        if isinstance(value, list) and isinstance(inner, GraphQLList):
            return f"[{', '.join(self.value(one, inner.of_type) for one in value)}]"
        return value if isinstance(value, Name) else json.dumps(value, ensure_ascii=False)

    def variable(self, value: Any, type_name: str, name: str = "") -> str:
        """Return a new variable that holds a value."""
        name = name or f"v{len(self.variables)}"
        self.variables[name] = value
        self.declared.append(f"${name}: {type_name}")
        return f"${name}"
