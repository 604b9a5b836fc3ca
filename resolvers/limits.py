"""Limits on a document, counted before anything expensive looks at it."""

from collections import Counter
from dataclasses import dataclass

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
    TokenKind,
)
from graphql.language import Lexer

from govgraph.errors import Location
from resolvers.errors import DocumentInvalidError, LimitExceededError, SyntaxRefusedError

OPENING = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
CLOSING = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})
INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one document may be. Counts are over expanded fragments.

    `text` bounds the characters of a document, `nesting` its brackets, `introspection_fields` the
    fields below `__schema` and `__type`, which do not count as fields, depth or equal names.
    `values` bounds the values of one answer: rows that many places share are written out at each.
    """

    text: int = 65_536
    tokens: int = 2000
    nesting: int = 64
    fields: int = 500
    equal_names: int = 50
    coordinates: int = 300
    depth: int = 12
    introspection_fields: int = 600
    values: int = 500_000
    errors: int = 10


def check_text(text: str, limits: Limits) -> int:
    """Return the number of GraphQL tokens of a text; refuse one too long, too rich or too deeply nested."""
    if len(text) > limits.text:
        raise LimitExceededError(f"The document has more than {limits.text} characters")
    if text.count("#") > limits.tokens:
        raise LimitExceededError(f"The document has more than {limits.tokens} signs of comments")
    lexer = Lexer(Source(text))
    count = depth = 0
    try:
        while (token := lexer.advance()).kind is not TokenKind.EOF:
            count += 1
            depth += (token.kind in OPENING) - (token.kind in CLOSING)
            place = Location(token.line, token.column)
            if count > limits.tokens:
                raise LimitExceededError(
                    f"The document has more than {limits.tokens} tokens", locations=[place]
                )
            if depth > limits.nesting:
                what = f"The document nests more than {limits.nesting} brackets"
                raise LimitExceededError(what, locations=[place])
    except GraphQLSyntaxError as error:
        raise syntax_refused(error) from None
    return count


def syntax_refused(error: GraphQLSyntaxError) -> SyntaxRefusedError:
    """Return our own refusal for a syntax error: its place, and not a word of its text."""
    places = [Location(line, column) for line, column in error.locations or ()]
    return SyntaxRefusedError("The text is not a GraphQL document", locations=places)


class Measure:
    """Walks one operation with its fragments expanded, and stops at the first limit crossed."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self.limits = limits
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.fields = 0
        self.spreads = 0
        self.introspection = 0

    def operation(self, operation: OperationDefinitionNode) -> None:
        """Raise `LimitExceededError` or `DocumentInvalidError` where the operation crosses a limit."""
        self.level([*operation.selection_set.selections], 1, ())

    def level(self, selections: list[SelectionNode], depth: int, inside: tuple[str, ...]) -> None:
        """Count one selection set."""
        self.within(depth, self.limits.depth, "levels of fields")
        names: Counter[str] = Counter()
        self.each(selections, depth, inside, names)

    def each(
        self, selections: list[SelectionNode], depth: int, inside: tuple[str, ...], names: Counter[str]
    ) -> None:
        """Count each selection; a fragment's fields count where it is spread."""
        for selection in selections:
            if isinstance(selection, FieldNode):
                self.field(selection, depth, inside, names)
            elif isinstance(selection, InlineFragmentNode):
                self.spread()
                self.each([*selection.selection_set.selections], depth, inside, names)
            elif isinstance(selection, FragmentSpreadNode):
                self.fragment(selection.name.value, depth, inside, names)

    def field(self, node: FieldNode, depth: int, inside: tuple[str, ...], names: Counter[str]) -> None:
        """Count one field and what is below it."""
        if node.name.value in INTROSPECTION:
            self.below_introspection(node, inside)
            return
        self.fields += 1
        self.within(self.fields, self.limits.fields, "fields")
        name = (node.alias or node.name).value
        names[name] += 1
        self.within(names[name], self.limits.equal_names, "fields with one response name")
        if node.selection_set:
            self.level([*node.selection_set.selections], depth + 1, inside)

    def fragment(self, name: str, depth: int, inside: tuple[str, ...], names: Counter[str]) -> None:
        """Count a fragment where it is spread. Unknown names are left to validation."""
        self.spread()
        if name in inside:
            raise DocumentInvalidError("A fragment spreads itself")
        if (fragment := self.fragments.get(name)) is not None:
            self.each([*fragment.selection_set.selections], depth, (*inside, name), names)

    def below_introspection(self, node: FieldNode, inside: tuple[str, ...]) -> None:
        """Count the fields below `__schema` or `__type`; validation bounds their depth."""
        waiting: list[tuple[SelectionNode, tuple[str, ...]]] = [(node, inside)]
        while waiting:
            selection, names = waiting.pop()
            self.introspection += 1
            self.within(self.introspection, self.limits.introspection_fields, "fields of introspection")
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name in names:
                    raise DocumentInvalidError("A fragment spreads itself")
                fragment = self.fragments.get(name)
                below = fragment.selection_set if fragment else None
                names = (*names, name)
            else:
                below = getattr(selection, "selection_set", None)
            waiting.extend((child, names) for child in (below.selections if below else ()))

    def spread(self) -> None:
        """Count one spread: empty fragments within fragments cost too."""
        self.spreads += 1
        self.within(self.spreads, 2 * self.limits.fields, "fragment spreads")

    def within(self, count: int, most: int, what: str) -> None:
        """Refuse a count above its limit."""
        if count > most:
            raise LimitExceededError(f"The document has more than {most} {what}")
