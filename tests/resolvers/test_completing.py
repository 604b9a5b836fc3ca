"""Rows are completed the same, whether cell by cell or after a look at whole columns."""

import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.planning.columns import AT_ONCE, MANY, clean, repeated
from resolvers.planning.completing import AtSight, EnumNames, compile_completion, completer_of
from resolvers.planning.plan import DIRTY, Cell, KeyOfRow
from schema.types import SEMANTIC_TYPES

AT_SIGHT = {name: one.at_sight for name, one in SEMANTIC_TYPES.items() if one.at_sight is not None}
ODD = st.none() | st.text() | st.integers() | st.sampled_from(["", "\0", "A\0B", " ", "330799199003071013"])
WORDS = re.compile("[A-Z]+")


def shouted(value: Any) -> Any:
    """Complete what is no word in capitals."""
    return value.upper() if isinstance(value, str) and value.isalpha() else DIRTY


def completed(complete: Any, rows: Sequence[Sequence[Any]]) -> tuple[list[list[Any]], list[int]]:
    """Return completed rows, and the cells that were dirty."""
    dirty: list[int] = []
    return [list(row) for row in complete(rows, dirty.append)], dirty


@pytest.mark.parametrize("name", AT_SIGHT)
@given(data=st.data())
def test_a_column_is_clean_exactly_where_each_of_its_cells_is(name: str, data: st.DataObject) -> None:
    pattern = AT_SIGHT[name]
    cells = data.draw(st.lists(st.from_regex(pattern, fullmatch=True) | ODD, max_size=8))
    expected = all(
        cell is None or (isinstance(cell, str) and pattern.fullmatch(cell) is not None) for cell in cells
    )
    assert clean([[cell] for cell in cells], 0, repeated(pattern)) is expected


@pytest.mark.parametrize("name", AT_SIGHT)
@given(data=st.data())
def test_no_text_that_is_clean_at_sight_holds_what_stands_between_texts(
    name: str, data: st.DataObject
) -> None:
    assert "\0" not in data.draw(st.from_regex(AT_SIGHT[name], fullmatch=True))


@given(st.lists(st.tuples(st.sampled_from(["A", "AB", "b", None, "1"]), st.sampled_from(["A", "C", "x"]))))
def test_many_rows_are_completed_as_each_of_them_is(rows: list[tuple[Any, ...]]) -> None:
    names = EnumNames({"A": "FIRST", "C": "THIRD"})
    cells = [Cell("T.a", 0, AtSight(WORDS, shouted)), Cell("T.b", 1, names)]
    keys = [KeyOfRow((0,))]
    many = [*rows, *[("A", "A")] * MANY]
    found = completed(compile_completion(cells, keys), many)
    assert found == completed(completer_of(cells, keys), many)
    assert found[0] == [row for one in many for row in completed(completer_of(cells, keys), [one])[0]]


def test_rows_whose_columns_are_clean_are_handed_on_as_they_are() -> None:
    cells = [Cell("T.a", 0, AtSight(WORDS, shouted)), Cell("T.b", 1)]
    rows = [("A", 1)] * MANY
    assert all(
        given is row
        for given, row in zip(compile_completion(cells, ())(rows, list[int]().append), rows, strict=True)
    )


def test_a_dirty_cell_is_found_behind_any_number_of_clean_ones() -> None:
    rows = [("A",)] * (2 * AT_ONCE) + [("1",)]
    complete = compile_completion([Cell("T.a", 0, AtSight(WORDS, shouted))], ())
    assert completed(complete, rows) == ([*[["A"]] * (2 * AT_ONCE), [None]], [0])


def test_a_flag_tells_of_dirt_in_a_column_that_is_clean_otherwise() -> None:
    cells = [Cell("T.a", 0, AtSight(WORDS, shouted), flag=1)]
    rows = [("A", False)] * MANY + [("B", True)]
    assert completed(compile_completion(cells, ()), rows) == ([*[["A"]] * MANY, ["B"]], [0])
