"""Scalars: they check, they normalise, and they never repeat what came in."""

from typing import Any

import pytest
from graphql import GraphQLError, parse_value
from graphql.utilities import coerce_input_literal
from hypothesis import given
from hypothesis import strategies as st

from schema.scalars import DESCRIPTIONS, scalar_types

P1 = "330799199003071013"


@pytest.mark.parametrize(
    ("name", "value", "normal"),
    [
        ("IdNumber", P1, P1),
        ("IdNumber", f" {P1} ", P1),
        ("IdNumber", "11010519491231002x", "11010519491231002X"),
        ("UnifiedSocialCreditCode", "91350100m000100y43", "91350100M000100Y43"),
        ("UnitNumber", "330799001002GB00003F00010005", "330799001002GB00003F00010005"),
        ("Date", "2026-06-30", "2026-06-30"),
        ("Decimal", "2400", "2400"),
        ("Decimal", 2400, "2400"),
        ("Decimal", 0.5, "0.5"),
        ("Long", 2**40, 2**40),
    ],
)
def test_a_value_comes_out_in_its_normal_form(name: str, value: Any, normal: Any) -> None:
    assert scalar_types()[name].coerce_input_value(value) == normal


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IdNumber", "330799199003071014"),
        ("IdNumber", int(P1)),
        ("IdNumber", [P1]),
        ("IdNumber", P1 + "\0"),
        ("UnifiedSocialCreditCode", "91350100M000100Y4Z"),
        ("UnitNumber", "330799"),
        ("Date", "2026-02-30"),
        ("Date", "30/06/2026"),
        ("DateTime", "yesterday"),
        ("Decimal", "many"),
        ("Decimal", True),
        ("Decimal", float("nan")),
        ("Long", 2**63),
        ("Long", "5"),
        ("Long", True),
    ],
)
def test_anything_else_is_refused_without_being_repeated(name: str, value: Any) -> None:
    with pytest.raises(GraphQLError) as refused:
        scalar_types()[name].coerce_input_value(value)
    assert refused.value.message == f"The value is not a valid {name}."


@pytest.mark.parametrize(
    ("name", "literal", "normal"),
    [("IdNumber", f'"{P1}"', P1), ("Long", "5", 5), ("Decimal", "0.50", "0.5"), ("Decimal", "7", "7")],
)
def test_a_literal_is_read_like_a_value(name: str, literal: str, normal: Any) -> None:
    assert coerce_input_literal(parse_value(literal), scalar_types()[name]) == normal


@pytest.mark.parametrize(
    ("name", "literal"),
    [("IdNumber", P1), ("Long", '"5"'), ("Long", "1.5"), ("Decimal", "1" * 50), ("Date", "[1]")],
)
def test_a_literal_of_another_kind_is_refused(name: str, literal: str) -> None:
    with pytest.raises(GraphQLError, match=rf"^The value is not a valid {name}\.$"):
        scalar_types()[name].coerce_input_literal(parse_value(literal))  # type: ignore[misc]


@given(
    st.sampled_from(sorted(DESCRIPTIONS)), st.text() | st.integers() | st.floats() | st.none() | st.binary()
)
def test_no_message_ever_depends_on_the_value(name: str, value: Any) -> None:
    refusals = []
    try:
        scalar_types()[name].coerce_input_value(value)
    except GraphQLError as error:
        refusals.append((error.message, error.original_error))
    assert refusals in ([], [(f"The value is not a valid {name}.", None)])
