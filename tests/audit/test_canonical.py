"""RFC 8785: one spelling per value."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govgraph.canonical import LARGEST, NotCanonicalError, canonical

TEXTS = st.text()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def test_members_are_ordered_by_utf16_code_units_as_in_the_standard() -> None:
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    ordered = json.loads(canonical(dict.fromkeys(names, 0)))
    assert list(ordered) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_text_is_escaped_as_in_the_standard() -> None:
    text = '\u20ac$\u000f\nA\'B"\\\\"/\u007f'
    assert canonical(text) == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'


def test_literals_and_nesting_have_no_blanks() -> None:
    assert canonical({"b": [None, True, False, -0, 7], "a": ()}) == b'{"a":[],"b":[null,true,false,0,7]}'


@given(VALUES)
def test_reading_back_gives_the_same_value_and_the_same_bytes(value: Any) -> None:
    written = canonical(value)
    assert json.loads(written) == value
    assert canonical(json.loads(written)) == written


@pytest.mark.parametrize("value", [1.0, [float("nan")], {1: "a"}, 2**53, -(2**53), b"a", {"a": {2}}])
def test_values_without_a_canonical_spelling_are_refused(value: Any) -> None:
    with pytest.raises(NotCanonicalError) as refusal:
        canonical(value)
    assert refusal.value.code == "NOT_CANONICAL"


@pytest.mark.parametrize("value", ["\ud800", {"\udc00": 1}, ["330799199003071013\ud800"]])
def test_text_that_is_not_unicode_is_refused_without_an_echo(value: Any) -> None:
    with pytest.raises(NotCanonicalError) as refusal:
        canonical(value)
    assert "330799199003071013" not in str(refusal.value)
    assert refusal.value.__suppress_context__
