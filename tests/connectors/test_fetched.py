"""A kind of source made of one function that fetches rows takes part like any other."""

from collections.abc import Sequence
from typing import Any

import pytest

from connectors.conformance import prove
from connectors.errors import EntityUnknownError, SourceAnswerError, UnsupportedReadError
from connectors.fetched import FetchedConnector, Wanted
from connectors.model import Keys, Nested, Output, Read
from govgraph.expressions.terms import Column
from tests.connectors.rest_city import TRUTH

pytestmark = pytest.mark.anyio


class Rows:
    """Fetches rows, and keeps what was wanted."""

    def __init__(self, rows: Sequence[Sequence[Any]]) -> None:
        self.rows = rows
        self.wanted: list[Wanted] = []

    async def fetch(self, wanted: Wanted) -> Sequence[Sequence[Any]]:
        self.wanted.append(wanted)
        return self.rows


async def test_it_conforms() -> None:
    connector = FetchedConnector([TRUTH.entity], Rows(TRUTH.rows).fetch, lambda _: None)
    assert await prove(connector, TRUTH, 100) == 100


async def test_the_function_learns_which_keys_are_wanted_and_may_give_more() -> None:
    rows, told = Rows(TRUTH.rows), list[str]()
    connector = FetchedConnector([TRUTH.entity], rows.fetch, told.append)
    key = TRUTH.rows[1][0]
    read = Read("people", (Output("a", Column("idNo")),), keys=Keys((Column("idNo"),), "keys"))
    assert await connector.prepare(read).rows({"keys": [(key,)]}) == [[key]]
    assert rows.wanted == [Wanted(TRUTH.entity, ("idNo",), [(key,)])]
    assert told == [connector.prepare(read).statement] == ["fetch people"]


async def test_a_row_of_another_width_is_no_answer() -> None:
    connector = FetchedConnector([TRUTH.entity], Rows([["1"]]).fetch, lambda _: None)
    with pytest.raises(SourceAnswerError):
        await connector.sample("people", 1)


async def test_what_is_not_taken_over_is_refused() -> None:
    connector = FetchedConnector([TRUTH.entity], Rows([]).fetch, lambda _: None)
    plain = Read("people", (Output("a", Column("idNo")),))
    with pytest.raises(EntityUnknownError):
        connector.prepare(Read("nobody", plain.outputs))
    with pytest.raises(UnsupportedReadError):
        connector.prepare(
            Read("people", plain.outputs, nested=(Nested("n", plain, ("idNo",), ("idNo",), one=True),))
        )
