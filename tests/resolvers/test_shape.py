"""What links lead to is made once for each key, and found by every row above it."""

from typing import Any

from resolvers.planning.paging import Page
from resolvers.planning.shape import FromCell, Linked, Paged, RowsOf, Shape, compile_shape

EMPLOYER = Shape((("name", FromCell(0)),))
ROWS = [("a", ("one",)), ("b", ("one",)), ("c", None), ("d", ("none",))]
"""Rows of a cell and a key; two of them lead to one row, one has no key, one's key leads nowhere."""


def shown(*, one: bool, found: Any) -> list[dict[str, Any]]:
    """Return the persons of a list, each with what a link leads to."""
    link = Linked(1, 0, one, EMPLOYER)
    person = Shape((("id", FromCell(0)), ("employer", link)))
    shape = compile_shape(Shape((("persons", Paged(0, None, (("nodes", RowsOf(person)),))),)))
    nodes: list[dict[str, Any]] = shape([Page(ROWS), found], {})["persons"]["nodes"]
    return nodes


def test_rows_that_lead_to_one_row_show_one_object() -> None:
    nodes = shown(one=True, found={("one",): [("Mill",)], ("none",): []})
    assert [node["employer"] for node in nodes] == [{"name": "Mill"}, {"name": "Mill"}, None, None]
    assert nodes[0]["employer"] is nodes[1]["employer"]


def test_a_list_below_a_row_without_a_key_or_without_rows_is_empty() -> None:
    nodes = shown(one=False, found={("one",): [("Mill",), ("Shop",)], ("none",): ()})
    assert [len(node["employer"]) for node in nodes] == [2, 2, 0, 0]


def test_a_link_whose_source_failed_is_null_in_every_row() -> None:
    for one in (True, False):
        assert [node["employer"] for node in shown(one=one, found=None)] == [None] * len(ROWS)
