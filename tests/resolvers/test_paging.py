"""Pages: complete, without duplicates, in order, whatever the order, the nulls and the size of a page."""

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import cmp_to_key
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.filters import Condition, Operator, RowFilter
from auth.grants import FieldGrant
from auth.rights import Right
from connectors.model import Capability
from schema.catalog import Catalog
from tests.resolvers.market import (
    GRANTED,
    PAGE,
    SHOPPER,
    STALL,
    Market,
    data,
    fill_postgresql,
    fill_sqlite,
    opened_at,
    stalls,
)
from tests.resolvers.world import World

pytestmark = pytest.mark.anyio

ORDERS = ("hall", "size", "rent", "since", "id")


def expected(rows: list[list[Any]], order: list[dict[str, str]]) -> list[str]:
    """Return the ids in order: nulls after everything where a step ascends, before where it descends."""
    steps = [pair for one in order for pair in one.items()]
    steps += [("id", "ASC")]

    def compared(left: list[Any], right: list[Any]) -> int:
        for name, direction in steps:
            one, other = (row[STALL.index(name)] for row in (left, right))
            if one == other:
                continue
            before = other is None or (one is not None and one < other)
            return -1 if before is (direction == "ASC") else 1
        return 0

    return [row[0] for row in sorted(rows, key=cmp_to_key(compared))]


async def walked(world: World, size: int, order: list[dict[str, str]], *, backward: bool) -> list[str]:
    """Return the ids of all pages, one after the other, and hold what each page says against its place."""
    found: list[str] = []
    cursor = None
    while True:
        sizes = {"last": size, "before": cursor} if backward else {"first": size, "after": cursor}
        page = data(await world.ask(PAGE, {"order": order, **sizes}, SHOPPER))["stalls"]
        ids = [edge["node"]["id"] for edge in page["edges"]]
        assert ids == [node["id"] for node in page["nodes"]]
        told = page["pageInfo"]
        assert told["startCursor" if not backward else "endCursor"] is not None or not ids
        assert told["hasNextPage" if backward else "hasPreviousPage"] is (cursor is not None)
        found = [*ids, *found] if backward else [*found, *ids]
        if not told["hasPreviousPage" if backward else "hasNextPage"]:
            return found
        cursor = told["startCursor" if backward else "endCursor"]


steps = st.tuples(st.sampled_from(ORDERS), st.sampled_from(["ASC", "DESC"]))
ordering = st.lists(steps, max_size=3, unique_by=lambda one: one[0]).map(
    lambda pairs: [{name: direction} for name, direction in pairs]
)


@given(
    rows=st.builds(stalls, st.integers(0, 30), st.integers(0, 1000)),
    size=st.integers(1, 12),
    order=ordering,
    backward=st.booleans(),
    plain=st.booleans(),
)
async def test_pages_put_together_are_the_sorted_list(
    *,
    market_catalog: Catalog,
    rows: list[list[Any]],
    size: int,
    order: list[dict[str, str]],
    backward: bool,
    plain: bool,
) -> None:
    market = Market({"stall": rows}, made=market_catalog)
    able = market.memory(frozenset({Capability.LOOKUP})) if plain else market.memory()
    world = market.world(Path(), able)
    assert await walked(world, size, order, backward=backward) == expected(rows, order)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def stored(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    market = Market({"stall": stalls(60, 7)})
    if request.param == "sqlite":
        url = fill_sqlite(tmp_path / "market.db", market.rows)
    else:
        url = await fill_postgresql(request.getfixturevalue("new_postgresql_database")(), market.rows)
    async with opened_at(url, tmp_path) as connector:
        yield market.world(tmp_path, connector)


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("name", ORDERS)
async def test_stored_pages_put_together_are_the_sorted_list(
    stored: World, name: str, direction: str, backward: bool
) -> None:
    order = [{name: direction}, {"hall": "DESC"}] if name != "hall" else [{name: direction}]
    found = await walked(stored, 7, order, backward=backward)
    assert found == expected(stalls(60, 7), order)


@pytest.fixture
def world(tmp_path: Path) -> World:
    market = Market({"stall": stalls(20, 3)})
    return market.world(tmp_path, market.memory())


async def test_first_and_last_together_are_refused(world: World) -> None:
    assert (
        await world.code("{ stalls(first: 1, last: 1) { nodes { id } } }", who=SHOPPER) == "VALUE_NOT_VALID"
    )
    assert await world.code(PAGE, {"first": 1, "last": 2}, SHOPPER) == "VALUE_NOT_VALID"


@pytest.mark.parametrize(("size", "code"), [(-1, "VALUE_NOT_VALID"), (1001, "PAGE_TOO_LARGE")])
@pytest.mark.parametrize("name", ["first", "last"])
async def test_a_page_has_a_size_within_the_limit(world: World, name: str, size: int, code: str) -> None:
    assert await world.code(PAGE, {name: size}, SHOPPER) == code


async def test_a_page_without_a_size_has_fifty_rows(tmp_path: Path) -> None:
    market = Market({"stall": stalls(60, 3)})
    page = data(await market.world(tmp_path, market.memory()).ask(PAGE, {}, SHOPPER))["stalls"]
    assert len(page["nodes"]) == 50
    assert page["pageInfo"]["hasNextPage"]


async def test_the_row_that_only_tells_of_more_is_not_delivered(world: World) -> None:
    data(await world.ask(PAGE, {"first": 3}, SHOPPER))
    assert world.record.rows == {"Stall": 3}


async def test_a_total_counts_all_pages_within_the_row_filter_and_where(tmp_path: Path) -> None:
    rows = stalls(40, 5)
    market = Market({"stall": rows})
    world = market.world(tmp_path, market.memory())
    grants = await world.rooms.grants(SHOPPER[0])
    filtered = RowFilter((Condition("hall", Operator.EQ, "A"),))

    async def narrowed(_client: str) -> Any:
        return [replace(grant, rows=filtered) if grant.resource == "Stall" else grant for grant in grants]

    query = "{ stalls(first: 1, where: {size: {gte: 2}}) { nodes { id } totalCount } }"
    fits = [row for row in rows if row[2] is not None and row[2] >= 2]
    assert data(await world.ask(query, None, SHOPPER))["stalls"]["totalCount"] == len(fits)
    world.with_rooms(grants=narrowed)
    mine = [row for row in fits if row[1] == "A"]
    assert data(await world.ask(query, None, SHOPPER))["stalls"]["totalCount"] == len(mine)
    after = "query($a: String) { stalls(first: 1, after: $a) { pageInfo { endCursor } totalCount } }"
    cursor = data(await world.ask(after, None, SHOPPER))["stalls"]["pageInfo"]["endCursor"]
    total = data(await world.ask(after, {"a": cursor}, SHOPPER))["stalls"]["totalCount"]
    assert total == len([row for row in rows if row[1] == "A"])


async def test_a_total_takes_the_right_to_aggregate_a_key_field(tmp_path: Path) -> None:
    market = Market({"stall": stalls(3, 5)})
    rights = frozenset(Right) - {Right.AGGREGATE}
    market.grants["Stall"] = {**GRANTED["Stall"], "id": FieldGrant(rights)}
    world = market.world(tmp_path, market.memory())
    assert await world.code("{ stalls { totalCount } }", who=SHOPPER) == "FIELD_NOT_AVAILABLE"


def workers(stall: str, count: int) -> list[list[Any]]:
    return [[f"{stall}-{n:02d}", f"p{stall}{n}", stall, "fish" if n % 2 else None, n] for n in range(count)]


@pytest.mark.parametrize(("persons", "total"), [(0, None), (4, None), (5, 5)])
async def test_fewer_than_five_persons_are_not_counted(
    tmp_path: Path, persons: int, total: int | None
) -> None:
    market = Market({"worker": workers("1", persons)})
    world = market.world(tmp_path, market.memory())
    answer = await world.ask("{ workers(first: 1) { totalCount } }", None, SHOPPER)
    assert data(answer)["workers"]["totalCount"] == total
    told = answer.extensions["govgraph"].get("warnings", [])
    assert told == ([] if total else [{"path": "workers.totalCount", "code": "SUPPRESSED"}])


TWIN = """query($first: Int, $after: String, $last: Int, $before: String) {
  stalls(orderBy: [{id: ASC}]) { nodes { id workersConnection(
    first: $first, after: $after, last: $last, before: $before, orderBy: [{trade: DESC}]
  ) {
    nodes { number } edges { cursor } totalCount
    pageInfo { hasNextPage hasPreviousPage endCursor startCursor }
  } } }
}"""


async def test_the_twin_of_a_link_pages_the_rows_of_each_parent(tmp_path: Path) -> None:
    people = [*workers("1", 7), *workers("2", 3), *workers("9", 2)]
    market = Market({"stall": [["1"] + [None] * 4, ["2"] + [None] * 4, ["3"] + [None] * 4], "worker": people})
    world = market.world(tmp_path, market.memory())
    shown = data(await world.ask(TWIN, {"first": 4}, SHOPPER))["stalls"]["nodes"]
    pages = {one["id"]: one["workersConnection"] for one in shown}
    assert [len(pages[name]["nodes"]) for name in ("1", "2", "3")] == [4, 3, 0]
    assert [pages[name]["pageInfo"]["hasNextPage"] for name in ("1", "2", "3")] == [True, False, False]
    assert [pages[name]["totalCount"] for name in ("1", "2", "3")] == [7, None, None]
    assert [one["number"] for one in pages["1"]["nodes"]] == ["1-00", "1-02", "1-04", "1-06"]
    cursor = pages["1"]["pageInfo"]["endCursor"]
    rest = data(await world.ask(TWIN, {"first": 4, "after": cursor}, SHOPPER))["stalls"]["nodes"]
    assert [one["number"] for one in rest[0]["workersConnection"]["nodes"]] == ["1-01", "1-03", "1-05"]
    ends = data(await world.ask(TWIN, {"last": 2}, SHOPPER))["stalls"]["nodes"]
    assert [one["number"] for one in ends[0]["workersConnection"]["nodes"]] == ["1-03", "1-05"]
    assert ends[0]["workersConnection"]["pageInfo"]["hasPreviousPage"]
