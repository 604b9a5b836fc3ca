"""One meaning: every term, mask and normal form yields the same in Python, SQLite, DuckDB and PostgreSQL."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from auth.masking.masks import MASKS
from govgraph.expressions.reading import boolean_of, decimal_text, integer_of
from govgraph.expressions.shorthand import NULL
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
from schema.types import SEMANTIC_TYPES
from tests.expressions.engines import Engine, Python
from tests.expressions.generated import expressions

pytestmark = pytest.mark.postgresql

VALUE, OTHER, NUMBER = Column("value"), Column("other"), Column("number", Kind.INTEGER)
UNKNOWN = Compare(Comparison.EQUAL, VALUE, NULL)
SHORT = Arithmetic(Operation.REMAINDER, NUMBER, Constant(50))
FIRST, LAST = Slice(VALUE, Constant(0), Constant(3)), Slice(OTHER, Length(VALUE))
BINDS: Mapping[str, Any] = {
    "text": "陈'*",
    "number": 3,
    "decimal": Decimal("9.5"),
    "truth": True,
    "texts": ["陈志远", "", "19900307", None],
    "numbers": [1, 7, 2**62],
    "none": [],
    "pairs": {"陈志远": "陈", "": 'a"\\b', "19900307": "", "陈'*": "\n\U00020bb7", "x": None},
    "number_pairs": {"陈志远": 7, "": -(2**62), "0": 0},
    "truth_pairs": {"陈志远": True, "": False},
    "decimal_pairs": {"陈志远": Decimal("-1.50"), "": Decimal(10)},
    "no_pairs": {},
}

TERMS: Sequence[Expression] = (
    VALUE,
    Constant("'; -- %s $1 ?1 :x \\"),
    Constant(-(2**63)),
    Constant(value=False),
    NULL,
    Bind("text"),
    Bind("number", Kind.INTEGER),
    Bind("truth", Kind.BOOLEAN),
    Column("value", Kind.INTEGER),
    Column("value", Kind.BOOLEAN),
    Column("number", Kind.TEXT),
    Column("number", Kind.BOOLEAN),
    Length(VALUE),
    Slice(VALUE, Constant(-2), Constant(3)),
    Slice(VALUE, Constant(2)),
    Slice(VALUE, NUMBER),
    Slice(VALUE, NUMBER, NUMBER),
    Slice(VALUE, Length(OTHER), Position(OTHER, "0")),
    Slice(VALUE, NULL),
    Slice(NULL, Constant(1)),
    Concat(()),
    Concat((VALUE, Constant(""), OTHER)),
    Concat((VALUE, NULL)),
    Repeat("*", Length(VALUE)),
    Repeat("0", SHORT),
    Repeat("\U0001f9d1", SHORT),
    Repeat("'", NULL),
    Translate(VALUE, "０１２３４５６７８９", "0123456789"),
    Translate(VALUE, "0123456789xX", "9876543210Xx"),
    Translate(VALUE, "陈\ue000\ue001志'", "志陈\ue000'\ue001"),
    Translate(VALUE, "0 -'%x", "x"),
    Translate(VALUE, "", ""),
    Trim(VALUE, " \u3000\t\n\u200b\ufeff"),
    Trim(VALUE, "0"),
    Trim(VALUE, "\u0301\U0001f9d1"),
    Trim(VALUE, ""),
    Position(VALUE, "0"),
    Position(VALUE, "街道"),
    Position(VALUE, "%"),
    Position(VALUE, "\u0301"),
    OnlyOf(VALUE, "0123456789"),
    OnlyOf(VALUE, "%_[]^\\'-"),
    OnlyOf(VALUE, ""),
    ToInteger(VALUE),
    ToInteger(Slice(VALUE, Constant(0), Constant(4))),
    ToText(NUMBER),
    ToText(NULL),
    InCity(VALUE),
    InCity(Slice(VALUE, Constant(0), Constant(25))),
    Column("value", Kind.DATE),
    Column("value", Kind.INSTANT),
    *(Arithmetic(operation, NUMBER, Column("row", Kind.INTEGER)) for operation in Operation),
    *(Arithmetic(operation, Length(VALUE), Constant(-7)) for operation in Operation),
    *(Arithmetic(operation, NUMBER, NUMBER) for operation in Operation),
    *(Arithmetic(operation, NUMBER, SHORT) for operation in Operation),
    Arithmetic(Operation.DIVIDE, NUMBER, Constant(0)),
    Arithmetic(Operation.DIVIDE, NUMBER, Constant(-1)),
    Arithmetic(Operation.REMAINDER, NUMBER, Constant(-1)),
    Arithmetic(Operation.REMAINDER, NUMBER, Position(VALUE, "0")),
    Arithmetic(Operation.DIVIDE, NUMBER, Position(VALUE, "0")),
    Arithmetic(Operation.ADD, NUMBER, NULL),
    *(Compare(comparison, VALUE, OTHER) for comparison in Comparison),
    *(Compare(comparison, NUMBER, Constant(2)) for comparison in Comparison),
    *(Compare(comparison, Constant("陈"), VALUE) for comparison in Comparison),
    Compare(Comparison.EQUAL, OnlyOf(VALUE, "0123"), Constant(value=True)),
    Among(VALUE, "texts"),
    Paired(VALUE, "pairs"),
    Paired(Slice(VALUE, Constant(0), Constant(0)), "number_pairs", Kind.INTEGER),
    Paired(NULL, "pairs"),
    Paired(VALUE, "no_pairs"),
    Paired(Column("number"), "number_pairs", Kind.INTEGER),
    Compare(Comparison.LESS, Paired(VALUE, "decimal_pairs", Kind.DECIMAL), Bind("decimal", Kind.DECIMAL)),
    Compare(Comparison.LESS, VALUE, Paired(VALUE, "pairs")),
    Not(Paired(VALUE, "truth_pairs", Kind.BOOLEAN)),
    Among(VALUE, "none"),
    Among(NUMBER, "numbers", Kind.INTEGER),
    Not(Among(VALUE, "texts")),
    IsNull(VALUE),
    IsNull(UNKNOWN),
    Not(IsNull(VALUE)),
    Not(UNKNOWN),
    And(()),
    Or(()),
    And((IsNull(VALUE), UNKNOWN)),
    Or((IsNull(VALUE), UNKNOWN)),
    And((UNKNOWN, OnlyOf(VALUE, "0123456789"))),
    Or((UNKNOWN, OnlyOf(VALUE, "0123456789"))),
    Case((), VALUE),
    Case(((UNKNOWN, Constant("never")), (OnlyOf(VALUE, "0123456789"), OTHER)), NULL),
    Case(((IsNull(VALUE), NULL), (UNKNOWN, NULL)), Length(VALUE)),
    Once(Concat((FIRST, FIRST, Slice(OTHER, Length(FIRST)))), (FIRST, Length(FIRST))),
    Once(Case(((IsNull(FIRST), OTHER),), Once(Concat((FIRST, LAST, LAST)), (LAST,))), (FIRST,)),
    Once(VALUE, (VALUE,)),
    Once(NULL, (NUMBER,)),
    integer_of(VALUE),
    boolean_of(VALUE),
    decimal_text(VALUE),
)


def differences(
    expression: Expression, python: Python, engines: Mapping[str, Engine], first: int = 0
) -> list[Any]:
    expected = python.values(expression, BINDS, first)
    return [
        (name, python.rows[place], right, wrong)
        for name, engine in engines.items()
        for place, (right, wrong) in enumerate(
            zip(expected, engine.values(expression, BINDS, first), strict=True)
        )
        if right != wrong or type(right) is not type(wrong)
    ]


@pytest.mark.parametrize("place", range(len(TERMS)))
def test_every_term_means_the_same_everywhere(
    place: int, python: Python, engines: Mapping[str, Engine]
) -> None:
    assert not differences(TERMS[place], python, engines)


@pytest.mark.parametrize("code", MASKS)
def test_every_mask_shows_the_same_everywhere(
    code: str, python: Python, engines: Mapping[str, Engine]
) -> None:
    assert not differences(MASKS[code].expression, python, engines)


@pytest.mark.parametrize("name", SEMANTIC_TYPES)
def test_every_normal_form_is_the_same_everywhere(
    name: str, python: Python, engines: Mapping[str, Engine]
) -> None:
    assert not differences(SEMANTIC_TYPES[name].normal, python, engines)


class Whole:
    """An expression whose text is cut short: Hypothesis refuses to report one of 30 kB."""

    def __init__(self, expression: Expression) -> None:
        self.expression = expression

    def __repr__(self) -> str:
        return repr(self.expression)[:20_000]


@given(expressions().map(Whole))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_terms_put_together_mean_the_same_everywhere(
    python: Python, engines: Mapping[str, Engine], whole: Whole
) -> None:
    assert not differences(whole.expression, python, engines, first=120)
