"""Expressions as generated Python: what a cell is read as, and that no text becomes code."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from govgraph.expressions.days import day_at_sight, day_of
from govgraph.expressions.python import compile_python
from govgraph.expressions.shorthand import joined, when
from govgraph.expressions.terms import (
    Among,
    Bind,
    Case,
    Column,
    Compare,
    Comparison,
    Concat,
    Constant,
    Expression,
    Kind,
    Not,
)
from tests.expressions.dirty import dirty_values

EAST = timezone(timedelta(hours=8))


def read(cell: Any, kind: Kind) -> Any:
    return compile_python(Column("cell", kind), ("cell",))((cell,), {})


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("陈\0志远", "陈\0志远"),
        (96, "96"),
        (True, "true"),
        (Decimal("2400.50"), "2400.5"),
        (Decimal("1E+3"), "1000"),
        (Decimal("0.00"), "0"),
        (0.5, "0.5"),
        (2400.0, "2400"),
        (date(2016, 5, 20), "2016-05-20"),
        (datetime(2016, 5, 20, 8, 30, 0, 123), "2016-05-20T08:30:00"),  # noqa: DTZ001 - a source without zones
        (datetime(2016, 5, 20, 8, 30, tzinfo=EAST), "2016-05-20T00:30:00Z"),
        (datetime(2016, 5, 20, tzinfo=UTC), "2016-05-20T00:00:00Z"),
        (b"\xff\x00", "FF00"),
        (None, None),
    ],
)
def test_a_cell_read_as_text_is_in_its_canonical_spelling(cell: Any, text: str | None) -> None:
    assert read(cell, Kind.TEXT) == text


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("96", 96),
        ("-7", -7),
        (Decimal("96.00"), 96),
        ("9 6", None),
        ("٣", None),
        (0.5, None),
        (True, 1),
        (None, None),
    ],
)
def test_a_cell_read_as_an_integer_is_one_or_null(cell: Any, number: int | None) -> None:
    assert read(cell, Kind.INTEGER) == number


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("2400.50", Decimal("2400.5")),
        (1, 1),
        ("1e3", None),
        ("NaN", None),
        (float("nan"), None),
        (None, None),
    ],
)
def test_a_cell_read_as_a_decimal_is_one_or_null(cell: Any, number: Decimal | None) -> None:
    assert read(cell, Kind.DECIMAL) == number


@pytest.mark.parametrize(
    ("cell", "truth"), [("是", True), ("0", False), (0, False), (2, True), ("maybe", None), (None, None)]
)
def test_a_cell_read_as_a_truth_is_one_or_null(cell: Any, truth: bool | None) -> None:
    assert read(cell, Kind.BOOLEAN) is truth


@pytest.mark.parametrize("text", ['"', "'''", "\\", "{0}", "\n", "__import__('os')", "row[0]", "\u2028"])
def test_no_text_becomes_code(text: str) -> None:
    expression = Concat((Constant(text), Column(text), Bind(text)))
    assert compile_python(expression, (text,))((text,), {text: text}) == text * 3


def test_a_column_that_is_not_there_is_refused_when_compiling() -> None:
    with pytest.raises(KeyError):
        compile_python(Column("missing"), ("value",))


def test_a_bind_that_is_not_given_is_refused_when_running() -> None:
    with pytest.raises(KeyError):
        compile_python(Bind("missing"), ())((), {})


def test_a_case_as_deep_as_a_mask_rule_never_is_still_compiles() -> None:
    expression: Expression = Constant("deep")
    for _ in range(100):
        expression = when(
            Not(Compare(Comparison.EQUAL, Column("value"), Constant("x"))), expression, Constant("x")
        )
    assert compile_python(expression, ("value",))(("y",), {}) == "deep"


def test_a_case_without_branches_is_its_otherwise() -> None:
    assert compile_python(Case((), Column("value")), ("value",))(("y",), {}) == "y"


def test_a_value_of_one_branch_is_not_taken_for_that_of_another() -> None:
    shared = joined(Column("value"), "!")
    expression = Case(((Among(Column("value"), "keys"), shared),), joined(shared, "?"))
    evaluate = compile_python(expression, ("value",))
    assert [evaluate((value,), {"keys": ["a"]}) for value in ("a", "b")] == ["a!", "b!?"]


def test_nothing_is_among_nothing() -> None:
    evaluate = compile_python(Among(Column("value"), "keys"), ("value",))
    assert evaluate((None,), {"keys": []}) is False
    assert evaluate((None,), {"keys": [None]}) is False
    assert evaluate((None,), {"keys": ["a"]}) is None


def test_decimals_are_compared_by_value() -> None:
    less = Compare(Comparison.LESS, Column("value", Kind.DECIMAL), Bind("most", Kind.DECIMAL))
    evaluate = compile_python(less, ("value",))
    assert [evaluate((cell,), {"most": "10.0"}) for cell in ("9", 9, Decimal("10"), "100")] == [
        True,
        True,
        False,
        False,
    ]


DAYS = ("2024-02-29", "2023-02-29", "1990-03-31", "0999-01-01", "1990-13-01", "1990-00-10", "19900307")


@pytest.mark.parametrize("text", [*DAYS, *dirty_values(600)])
def test_a_day_known_at_sight_is_the_day_that_is_read(text: str | None) -> None:
    cell = Column("cell")
    at_sight, day = (compile_python(one(cell), ("cell",)) for one in (day_at_sight, day_of))
    assert at_sight((text,), {}) == day((text,), {})
