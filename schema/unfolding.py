"""A graph whose types are made when somebody asks for them, so that a large catalog costs little."""

from collections.abc import Callable, ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Any, TypeVar

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLWrappingType,
)

Value = TypeVar("Value")


class Unfolding(dict[str, Value]):
    """Values by name, each made when it is first asked for; who asks for all of them has all made.

    `make` returns the value of a name, None where there is none, and the same one each time; `rest`
    returns all, in their order. It is a `dict` because graphql-core's schemas are made of these.
    """

    def __init__(self, make: Callable[[str], Value | None], rest: Callable[[], Mapping[str, Value]]) -> None:
        super().__init__()
        self._make = make
        self._rest = rest
        self._whole: dict[str, Value] | None = None

    def __missing__(self, name: str) -> Value:
        """Return the value, made now."""
        value = self._make(name) if self._whole is None else self._whole.get(name)
        if value is None:
            raise KeyError(name)
        return self.setdefault(name, value)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value, made now where it was not yet."""
        try:
            return self[name]
        except KeyError:
            return default

    def __contains__(self, name: object) -> bool:
        """Return whether there is a value of that name, made or not."""
        return isinstance(name, str) and self.get(name) is not None

    def whole(self) -> dict[str, Value]:
        """Return everything, made now where it was not yet."""
        if self._whole is None:
            self._whole = dict(self._rest())
        return self._whole

    def __iter__(self) -> Iterator[str]:
        """Yield all names."""
        return iter(self.whole())

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.whole())

    def keys(self) -> KeysView[str]:  # type: ignore[override]
        """Return all names."""
        return self.whole().keys()

    def values(self) -> ValuesView[Value]:  # type: ignore[override]
        """Return all values."""
        return self.whole().values()

    def items(self) -> ItemsView[str, Value]:  # type: ignore[override]
        """Return all names with their values."""
        return self.whole().items()

    def copy(self) -> dict[str, Value]:
        """Return all names with their values, apart from this."""
        return self.whole().copy()


class UnfoldingSchema(GraphQLSchema):
    """A schema of graphql-core that does not walk through all of its types when it is made.

    Its own walk goes down the links between types one after another, so that a chain of any length
    is no deep recursion. `find` returns a type by its name, the same one each time, or None; `rows`
    are the types of rows that were made so far.
    """

    def __init__(
        self,
        query: GraphQLObjectType,
        find: Callable[[str], GraphQLNamedType | None],
        rows: Mapping[str, GraphQLNamedType],
    ) -> None:
        super().__init__(assume_valid=True)
        self._rows = rows
        at_once = {query.name: query, **self.type_map}
        self.query_type = query
        self.type_map = Unfolding(
            lambda name: at_once.get(name) or find(name),
            lambda: {type_.name: type_ for type_ in reached(at_once.values())},
        )

    @property
    def made(self) -> int:
        """Return the number of resources of which something was made: what the schema weighs."""
        return len(self._rows)

    def unfold(self) -> None:
        """Make every type."""
        len(self.type_map)


def reached(
    roots: Iterable[GraphQLNamedType], through: Callable[[GraphQLNamedType], bool] = lambda _: True
) -> Iterator[GraphQLNamedType]:
    """Yield the types that some lead to, these among them, each once; only `through` some it goes on."""
    waiting = list(roots)
    known = {type_.name for type_ in waiting}
    while waiting:
        type_ = waiting.pop()
        yield type_
        for other in named_in(type_) if through(type_) else ():
            if other.name not in known:
                known.add(other.name)
                waiting.append(other)


def named_in(type_: GraphQLNamedType) -> Iterator[GraphQLNamedType]:
    """Yield the types that the fields of a type name."""
    if isinstance(type_, GraphQLObjectType):
        for field in type_.fields.values():
            yield from named_by(field)
    elif isinstance(type_, GraphQLInputObjectType):
        for entry in type_.fields.values():
            yield bare(entry.type)


def named_by(field: GraphQLField) -> Iterator[GraphQLNamedType]:
    """Yield the types that a field and its arguments name."""
    yield bare(field.type)
    for argument in field.args.values():
        yield bare(argument.type)


def bare(type_: Any) -> GraphQLNamedType:
    """Return a type without lists and non-nulls around it."""
    while isinstance(type_, GraphQLWrappingType):
        type_ = type_.of_type
    named: GraphQLNamedType = type_
    return named
