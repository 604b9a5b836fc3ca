"""Limits on a document, counted before anything expensive looks at it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    Source,
)
from graphql.language import get_location

from govgraph.errors import Location
from resolvers.errors import DocumentInvalidError, LimitExceededError, SyntaxRefusedError

TOKEN: Final = re.compile(
    r'"""(?:\\"""|(?!""").)*(?:""")?|"(?:\\.|[^"\\\n\r])*"?|\.\.\.|[_A-Za-z][_0-9A-Za-z]*'
    r"|-?[0-9][0-9.eE+-]*|#[^\n\r]*|[^\s,\ufeff]",
    re.DOTALL,
)
"""A token of the grammar (section 2.1), a comment, or one sign of neither; never fewer than there are."""

OPENING = frozenset("{[(")
CLOSING = frozenset("}])")
INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one document may be. Counts are over expanded fragments and all operations.

    `text` bounds the characters of a document, `nesting` the brackets of document and variables,
    `introspection_fields` the fields below `__schema` and `__type`, which do not count as fields or
    depth. `pairs` bounds the fields that validation holds against each other, because they share a
    place of the answer; `variables` the values that come as variables, `values` those of one answer:
    rows that many places share are written out at each.
    """

    text: int = 65_536
    tokens: int = 2000
    nesting: int = 64
    fields: int = 500
    equal_names: int = 50
    pairs: int = 2000
    coordinates: int = 300
    depth: int = 12
    introspection_fields: int = 600
    values: int = 500_000
    variables: int = 10_000
    errors: int = 10


def check_text(text: str, limits: Limits) -> int:
    """Return the number of GraphQL tokens of a text; refuse one too long, too rich or too deeply nested."""
    if len(text) > limits.text:
        raise LimitExceededError(f"The document has more than {limits.text} characters")
    if text.count("#") > limits.tokens:
        raise LimitExceededError(f"The document has more than {limits.tokens} signs of comments")
    count = depth = 0
    for found in TOKEN.finditer(text):
        sign = text[found.start()]
        if sign == "#":
            continue
        count += 1
        depth += (sign in OPENING) - (sign in CLOSING)
        if count > limits.tokens:
            raise too_much(f"The document has more than {limits.tokens} tokens", text, found.start())
        if depth > limits.nesting:
            raise too_much(f"The document nests more than {limits.nesting} brackets", text, found.start())
    return count


def too_much(what: str, text: str, position: int) -> LimitExceededError:
    """Return the refusal of a text at a position."""
    place = get_location(Source(text), position)
    return LimitExceededError(what, locations=[Location(place.line, place.column)])


def check_values(variables: Mapping[str, Any], limits: Limits) -> int:
    """Return how many values variables hold; refuse too many of them, or nested too deeply."""
    count = 0
    waiting: list[tuple[Any, int]] = [(variables, 0)]
    while waiting:
        value, depth = waiting.pop()
        inner = value.values() if isinstance(value, Mapping) else value
        count += len(inner)
        if count > limits.variables:
            raise LimitExceededError(f"The variables hold more than {limits.variables} values")
        if depth > limits.nesting:
            raise LimitExceededError(f"The variables nest more than {limits.nesting} lists and objects")
        waiting.extend((one, depth + 1) for one in inner if isinstance(one, dict | list))
    return count


def syntax_refused(error: GraphQLSyntaxError) -> SyntaxRefusedError:
    """Return our own refusal for a syntax error: its place, and not a word of its text."""
    places = [Location(line, column) for line, column in error.locations or ()]
    return SyntaxRefusedError("The text is not a GraphQL document", locations=places)


@dataclass(slots=True)
class Place:
    """A place of the answer: how many fields of the document stand for it, and the places below."""

    count: int = 0
    below: dict[str, "Place"] = field(default_factory=dict)


Places = dict[str, Place]
Inside = tuple[str, ...]


class Measure:
    """Walks a document with its fragments expanded, and stops at the first limit crossed.

    Validation looks at every operation and at fragments that none spreads, so these count too.
    """

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self.limits = limits
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self.spread_names: set[str] = set()
        self.fields = 0
        self.pairs = 0
        self.spreads = 0
        self.introspection = 0

    def document(self) -> None:
        """Raise `LimitExceededError` or `DocumentInvalidError` where the document crosses a limit."""
        for operation in self.operations:
            self.level([*operation.selection_set.selections], 1, (), {})
        for name in [name for name in self.fragments if name not in self.spread_names]:
            if name not in self.spread_names:
                self.fragment(name, 1, (), {})

    def level(self, selections: list[SelectionNode], depth: int, inside: Inside, places: Places) -> None:
        """Count one selection set."""
        self.within(depth, self.limits.depth, "levels of fields")
        self.each(selections, depth, inside, places)

    def each(self, selections: list[SelectionNode], depth: int, inside: Inside, places: Places) -> None:
        """Count each selection; a fragment's fields count where it is spread."""
        for selection in selections:
            if isinstance(selection, FieldNode):
                self.field(selection, depth, inside, places)
            elif isinstance(selection, InlineFragmentNode):
                self.spread()
                self.each([*selection.selection_set.selections], depth, inside, places)
            elif isinstance(selection, FragmentSpreadNode):
                self.fragment(selection.name.value, depth, inside, places)

    def field(self, node: FieldNode, depth: int, inside: Inside, places: Places) -> None:
        """Count one field and what is below it."""
        if node.name.value in INTROSPECTION:
            self.below_introspection(node, inside, places)
            return
        self.fields += 1
        self.within(self.fields, self.limits.fields, "fields")
        place = self.placed(node, places)
        if node.selection_set:
            self.level([*node.selection_set.selections], depth + 1, inside, place.below)

    def placed(self, node: FieldNode, places: Places) -> Place:
        """Return the place a field stands for; every field there is held against every other."""
        place = places.setdefault((node.alias or node.name).value, Place())
        self.pairs += place.count
        place.count += 1
        self.within(place.count, self.limits.equal_names, "fields with one response name")
        self.within(self.pairs, self.limits.pairs, "pairs of fields with one response name")
        return place

    def fragment(self, name: str, depth: int, inside: Inside, places: Places) -> None:
        """Count a fragment where it is spread. Unknown names are left to validation."""
        self.spread()
        if name in inside:
            raise DocumentInvalidError("A fragment spreads itself")
        self.spread_names.add(name)
        if (fragment := self.fragments.get(name)) is not None:
            self.each([*fragment.selection_set.selections], depth, (*inside, name), places)

    def below_introspection(self, node: FieldNode, inside: Inside, places: Places) -> None:
        """Count the fields below `__schema` or `__type`; validation bounds their depth."""
        waiting: list[tuple[SelectionNode, Inside, Places]] = [(node, inside, places)]
        while waiting:
            selection, names, at = waiting.pop()
            self.introspection += 1
            self.within(self.introspection, self.limits.introspection_fields, "fields of introspection")
            below = getattr(selection, "selection_set", None)
            if isinstance(selection, FieldNode):
                at = self.placed(selection, at).below
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in names:
                    raise DocumentInvalidError("A fragment spreads itself")
                self.spread_names.add(name)
                fragment = self.fragments.get(name)
                below, names = fragment.selection_set if fragment else None, (*names, name)
            waiting.extend((child, names, at) for child in (below.selections if below else ()))

    def spread(self) -> None:
        """Count one spread: empty fragments within fragments cost too."""
        self.spreads += 1
        self.within(self.spreads, 2 * self.limits.fields, "fragment spreads")

    def within(self, count: int, most: int, what: str) -> None:
        """Refuse a count above its limit."""
        if count > most:
            raise LimitExceededError(f"The document has more than {most} {what}")
