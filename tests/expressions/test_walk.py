"""What an expression reads and yields, and what takes a column's place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govgraph.expressions.python import compile_python
from govgraph.expressions.shorthand import equal, joined, part
from govgraph.expressions.terms import (
    Among,
    And,
    Arithmetic,
    Bind,
    Case,
    Column,
    Concat,
    Constant,
    Expression,
    Kind,
    Length,
    Not,
    Operation,
    Position,
    ToInteger,
)
from govgraph.expressions.walk import LARGEST, binds_of, bounds, columns_of, kind_of, substitute, unclipped
from tests.expressions.generated import expressions, numbers

VALUE = Column("value")


def test_columns_are_found_however_deep() -> None:
    expression = Case(((equal(Column("kind"), Bind("code")), joined(VALUE, Column("more"))),), Constant(None))
    assert columns_of(expression) == {"kind", "value", "more"}


def test_binds_are_found_in_lists_too() -> None:
    assert binds_of(And((Among(VALUE, "keys"), equal(VALUE, Bind("code"))))) == {"keys", "code"}


def test_an_expression_takes_the_place_of_a_column() -> None:
    shown = substitute(joined(part(VALUE, 0, 1), Column("other")), {"value": joined("a", Column("name"))})
    assert shown == joined(part(joined("a", Column("name")), 0, 1), Column("other"))


def test_a_column_in_the_place_of_another_is_read_as_its_kind() -> None:
    number = Column("value", Kind.INTEGER)
    assert substitute(number, {"value": Column("count")}) == Column("count", Kind.INTEGER)
    assert substitute(VALUE, {"value": Column("count", Kind.INTEGER)}) == Column("count", Kind.INTEGER)


def test_what_stands_in_several_places_stays_one() -> None:
    replaced = substitute(Concat((VALUE, VALUE)), {"value": joined("a", "b")})
    assert isinstance(replaced, Concat)
    assert replaced.parts[0] is replaced.parts[1]


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        (Constant(None), None),
        (Constant(value=True), Kind.BOOLEAN),
        (Constant(1), Kind.INTEGER),
        (Constant(""), Kind.TEXT),
        (Column("n", Kind.DECIMAL), Kind.DECIMAL),
        (Case(((Not(Among(VALUE, "k")), Constant(None)),), Length(VALUE)), Kind.INTEGER),
        (Case((), Constant(None)), None),
        (Position(VALUE, "a"), Kind.INTEGER),
        (Among(VALUE, "k"), Kind.BOOLEAN),
        (joined(VALUE), Kind.TEXT),
    ],
)
def test_the_kind_of_an_expression_is_known(expression: Expression, kind: Kind | None) -> None:
    assert kind_of(expression) is kind


def test_the_bounds_of_a_remainder_are_those_of_its_divisor() -> None:
    assert bounds(Arithmetic(Operation.REMAINDER, ToInteger(VALUE), Constant(11))) == (0, 10)


def test_a_number_divided_and_multiplied_by_the_same_stays_within_64_bits() -> None:
    quotient = Arithmetic(Operation.DIVIDE, ToInteger(VALUE), Constant(1000))
    assert bounds(quotient) == (0, 10**15 - 1)
    assert unclipped(Arithmetic(Operation.MULTIPLY, quotient, Constant(1000)))[1] <= LARGEST


TEXTS = st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=12)
BINDS = {"text": "陈", "number": 3, "truth": True, "texts": ["a"], "numbers": [1]} | {
    "pairs": {},
    "number_pairs": {},
    "truth_pairs": {},
}


@given(numbers(3), TEXTS, TEXTS, st.none() | st.integers(-(2**63), 2**63 - 1))
def test_no_number_is_beyond_its_bounds(
    expression: Expression, value: str | None, other: str | None, number: int | None
) -> None:
    low, high = bounds(expression)
    result = compile_python(expression, ("value", "other", "number"))((value, other, number), BINDS)
    assert result is None or low <= result <= high


@given(expressions())
def test_what_an_expression_needs_is_what_it_says(expression: Expression) -> None:
    columns, binds = sorted(columns_of(expression)), binds_of(expression)
    evaluate = compile_python(expression, columns)
    evaluate(["1"] * len(columns), {name: BINDS[name] for name in binds})
