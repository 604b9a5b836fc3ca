"""Expressions put together at random, each of the kind its place asks for."""

from hypothesis import strategies as st

from govgraph.expressions.terms import (
    Among,
    And,
    Arithmetic,
    Bind,
    Case,
    Column,
    Compare,
    Comparison,
    Concat,
    Constant,
    Expression,
    InCity,
    IsNull,
    Kind,
    Length,
    Not,
    Once,
    OnlyOf,
    Operation,
    Or,
    Paired,
    Position,
    Repeat,
    Slice,
    ToInteger,
    ToText,
    Translate,
    Trim,
)
from tests.expressions.dirty import PLAIN, STRANGE

CHARACTERS = st.sampled_from(PLAIN + STRANGE)
WORDS = st.text(CHARACTERS, max_size=4)
NAMED = st.text(CHARACTERS, min_size=1, max_size=3)
Expressions = st.SearchStrategy[Expression]


def _tables() -> st.SearchStrategy[tuple[str, str]]:
    sources = st.lists(CHARACTERS, unique=True, max_size=6).map("".join)
    return st.tuples(sources, WORDS).map(lambda table: (table[0], table[1][: len(table[0])]))


@st.composite
def texts(draw: st.DrawFn, depth: int) -> Expression:
    """Return an expression that yields text."""
    leaves: list[Expressions] = [
        st.sampled_from([Column("value"), Column("other"), Column("number"), Bind("text"), Constant(None)]),
        WORDS.map(Constant),
    ]
    if depth == 0:
        return draw(st.one_of(leaves))
    text, number = texts(depth - 1), numbers(depth - 1)
    inner: list[Expressions] = [
        st.builds(Slice, text, number, st.none() | number),
        st.lists(text, max_size=3).map(lambda parts: Concat(tuple(parts))),
        st.builds(Repeat, CHARACTERS, number.map(_small)),
        st.builds(lambda of, table: Translate(of, *table), text, _tables()),
        st.builds(Trim, text, WORDS),
        st.builds(ToText, number),
        st.builds(InCity, text),
        choices(text, depth),
        text.map(lambda of: Paired(of, "pairs")),
        st.tuples(text, number).map(_shared),
    ]
    return draw(st.one_of(*leaves, *inner))


def _shared(of: tuple[Expression, Expression]) -> Expression:
    """Return a text that speaks of another and of a number several times, and has both computed once."""
    text, number = of
    place = Arithmetic(Operation.REMAINDER, number, Constant(7))
    return Once(Case(((Compare(Comparison.LESS, place, Length(text)), Slice(text, place, place)),), text), of)


def _small(number: Expression) -> Expression:
    return Arithmetic(Operation.REMAINDER, number, Constant(40))


@st.composite
def numbers(draw: st.DrawFn, depth: int) -> Expression:
    """Return an expression that yields an integer."""
    leaves: list[Expressions] = [
        st.sampled_from(
            [Column("number", Kind.INTEGER), Column("value", Kind.INTEGER), Bind("number", Kind.INTEGER)]
        ),
        st.integers(-(2**63), 2**63 - 1).map(Constant),
        st.integers(-9, 30).map(Constant),
    ]
    if depth == 0:
        return draw(st.one_of(leaves))
    text, number = texts(depth - 1), numbers(depth - 1)
    inner: list[Expressions] = [
        st.builds(Length, text),
        st.builds(Position, text, NAMED | st.just(Bind("text"))),
        st.builds(ToInteger, text),
        st.builds(Arithmetic, st.sampled_from(Operation), number, number),
        choices(number, depth),
        text.map(lambda of: Paired(of, "number_pairs", Kind.INTEGER)),
    ]
    return draw(st.one_of(*leaves, *inner))


@st.composite
def truths(draw: st.DrawFn, depth: int) -> Expression:
    """Return an expression that yields a truth."""
    leaves: list[Expressions] = [
        st.booleans().map(Constant),
        st.sampled_from([Column("value", Kind.BOOLEAN), Bind("truth", Kind.BOOLEAN)]),
    ]
    if depth == 0:
        return draw(st.one_of(leaves))
    text, number, truth = texts(depth - 1), numbers(depth - 1), truths(depth - 1)
    several = st.lists(truth, max_size=3).map(tuple)
    inner: list[Expressions] = [
        st.builds(OnlyOf, text, WORDS),
        st.builds(Compare, st.sampled_from(Comparison), text, text),
        st.builds(Compare, st.sampled_from(Comparison), number, number),
        text.map(lambda of: Among(of, "texts")),
        number.map(lambda of: Among(of, "numbers", Kind.INTEGER)),
        st.one_of(text, number, truth).map(IsNull),
        truth.map(Not),
        several.map(And),
        several.map(Or),
        text.map(lambda of: Paired(of, "truth_pairs", Kind.BOOLEAN)),
    ]
    return draw(st.one_of(*leaves, *inner))


@st.composite
def choices(draw: st.DrawFn, values: Expressions, depth: int) -> Expression:
    """Return a case between values of one kind."""
    branches = st.lists(st.tuples(truths(depth - 1), values), max_size=2).map(tuple)
    return Case(draw(branches), draw(values))


def expressions() -> Expressions:
    """Return expressions of any kind, a few terms deep."""
    return st.one_of(texts(3), numbers(3), truths(3))
