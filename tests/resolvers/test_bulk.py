"""Many rows of a resource in one request are given by the bulk right of its grant alone."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.record import Outcome
from tests.resolvers.world import PUBLIC, World, make

pytestmark = pytest.mark.anyio

ONE_TOO_MANY = [
    "{ divisions(first: 501) { nodes { code } } }",
    "{ divisions(last: 501) { nodes { code } } }",
    "{ a: divisions(first: 300) { nodes { code } } b: divisions(first: 201) { nodes { code } } }",
    '{ division(code: "3307") { children(first: 501) { code } } }',
    '{ division(code: "3307") { children(first: null) { code } } }',
    '{ division(code: "3307") { childrenConnection(first: 501) { nodes { code } } } }',
    '{ division(code: "3307") { children(first: 300) { code } } divisions(first: 201) { nodes { code } } }',
]


def in_bulk(world: World, *resources: str) -> None:
    """Let the grants of some resources give many rows."""
    world.grants[:] = [replace(one, bulk=one.resource in resources) for one in world.grants]


@pytest.mark.parametrize("query", ONE_TOO_MANY)
async def test_what_asks_for_more_than_the_bound_is_refused_before_any_source_is_asked(
    world: World, query: str
) -> None:
    assert await world.code(query, None, PUBLIC) == "BULK_NOT_GRANTED"
    assert world.record.outcome is Outcome.REFUSED
    assert world.record.codes == ("BULK_NOT_GRANTED",)


async def test_a_variable_is_refused_like_a_literal_and_told_where(world: World) -> None:
    query = "query($n: Int) { divisions(first: $n) { nodes { code } } }"
    assert await world.code(query, {"n": 501}, PUBLIC) == "BULK_NOT_GRANTED"
    refused = (await world.ask(query, {"n": 501}, PUBLIC)).errors[0]
    assert refused["path"] == ["divisions"]
    assert refused["locations"] == [{"line": 1, "column": 18}]
    assert "500" in refused["message"]
    assert len((await world.data(query, {"n": 500}, PUBLIC))["divisions"]["nodes"]) == 500
    assert world.record.bulk == ()


async def test_the_bulk_right_of_the_grant_gives_them_and_the_record_says_so(world: World) -> None:
    in_bulk(world, "Division")
    data = await world.data("{ divisions(first: 501) { nodes { code } } }", None, PUBLIC)
    assert len(data["divisions"]["nodes"]) == 501
    assert world.record.rows == {"Division": 501}
    assert world.record.bulk == world.record.grants
    assert len(world.record.bulk) == 1


async def test_the_bulk_right_of_one_grant_is_not_that_of_another(world: World) -> None:
    in_bulk(world, "Person", "Enterprise")
    assert await world.code(ONE_TOO_MANY[0], None, PUBLIC) == "BULK_NOT_GRANTED"


async def test_rows_that_only_the_sources_could_count_leave_nothing(world: World) -> None:
    world.with_rooms(bulk_limit=300)
    query = "{ divisions(first: 200) { nodes { code children(first: 100) { code name } } } }"
    given = await world.ask(query, None, PUBLIC)
    assert given.data is None
    assert [one["extensions"]["code"] for one in given.errors] == ["BULK_NOT_GRANTED"]
    assert world.statements
    assert world.record.codes == ("BULK_NOT_GRANTED",)
    assert world.record.rows == {}
    in_bulk(world, "Division")
    assert (await world.ask(query, None, PUBLIC)).errors == ()


async def test_a_refusal_says_the_same_whatever_the_source_holds(world: World) -> None:
    said = [
        (await world.ask(f"{{ divisions(first: 501{more}) {{ nodes {{ code }} }} }}", None, PUBLIC)).errors[0]
        for more in ("", ', where: {code: {eq: "x"}}')
    ]
    assert [one["message"] for one in said] == [said[0]["message"]] * 2


@given(pages=st.lists(st.integers(0, 400), min_size=1, max_size=4), bound=st.integers(1, 600))
async def test_pages_count_together_whatever_their_number(*, city: Any, pages: list[int], bound: int) -> None:
    world = made(city, bound)
    query = "".join(f"p{n}: divisions(first: {size}) {{ nodes {{ code }} }} " for n, size in enumerate(pages))
    given_ = await world.ask(f"{{ {query} }}", None, PUBLIC)
    refused = [one["extensions"]["code"] for one in given_.errors]
    assert refused == (["BULK_NOT_GRANTED"] if sum(pages) > bound else [])


def made(city: Any, bound: int) -> World:
    """Return a world in which the bound is another."""
    world = make(city)
    world.with_rooms(bulk_limit=bound)
    return world
