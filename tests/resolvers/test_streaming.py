"""A streamed answer is the whole answer, batch by batch, within the limits of a whole one."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.record import Outcome, Part
from auth.client_settings import ClientSettings
from auth.principal import Principal, Role
from connectors.memory import MemoryConnector
from connectors.model import Capability
from schema.catalog import Catalog
from tests.resolvers.market import (
    SHOPPER,
    Market,
    data,
    fill_postgresql,
    fill_sqlite,
    opened_at,
    stalls,
)
from tests.resolvers.pouring import (
    LISTED,
    WITH_WORKERS,
    PlainSealer,
    market,
    pour,
    small,
    streaming,
    told,
    workers,
)
from tests.resolvers.small_world import WHO, rows, small_world
from tests.resolvers.world import World

pytestmark = pytest.mark.anyio
NODES = "nodes { id hall size rent since }"
LINKED = """edges { cursor node { id workers(first: 2) { number person }
  workersConnection(first: 1) { nodes { wage } pageInfo { hasNextPage endCursor } totalCount } } }"""
MEMBERS = (
    "{rows}",
    "totalCount {rows} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}",
    "a: pageInfo {{ endCursor }} __typename b: totalCount {rows} c: __typename",
)


@pytest.fixture
def world(market_catalog: Catalog) -> World:
    return small(market_catalog, 20, 30)


@given(
    count=st.integers(0, 25),
    first=st.integers(3, 30),
    batch=st.integers(1, 12),
    rows=st.sampled_from([NODES, LINKED]),
    members=st.sampled_from(MEMBERS),
    order=st.sampled_from(["", "orderBy: [{hall: DESC}]", "orderBy: [{size: ASC}, {rent: DESC}]"]),
)
async def test_a_streamed_answer_is_the_whole_answer(
    *, market_catalog: Catalog, count: int, first: int, batch: int, rows: str, members: str, order: str
) -> None:
    world = streaming(small(market_catalog, count, 2 * count), batch=batch)
    world.with_rooms(cursors=PlainSealer())
    query = f"{{ shown: stalls(first: {first} {order}) {{ {members.format(rows=rows)} }} }}"
    body, pieces = await pour(world, query)
    streamed = told(body)
    assert len(pieces) == max(-(-min(first, count) // batch), 1) + 1
    end, seen = world.record, {one for part in world.log.subjects for one in part.subjects}
    world.with_rooms(streaming=replace(world.rooms.streaming, above=1000))
    assert streamed == told((await pour(world, query))[0])
    assert (end.coordinates, end.outcome, end.codes) == (
        world.record.coordinates,
        world.record.outcome,
        world.record.codes,
    )
    assert end.rows.get("Stall") == world.record.rows.get("Stall")
    assert seen == {*world.log.subjects[-1].subjects}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def stored(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    made = market(60, 90)
    if request.param == "sqlite":
        url = fill_sqlite(tmp_path / "market.db", made.rows)
    else:
        url = await fill_postgresql(request.getfixturevalue("new_postgresql_database")(), made.rows)
    async with opened_at(url, tmp_path) as connector:
        yield streaming(made.world(tmp_path, connector), batch=7)


async def test_a_stored_list_streams_with_its_conditions_orders_and_links(stored: World) -> None:
    stored.with_rooms(cursors=PlainSealer())
    query = f"""{{ stalls(first: 50, where: {{workers: {{some: {{trade: {{eq: "trade"}}}}}}}},
      orderBy: [{{since: DESC}}]) {{ totalCount {LINKED} pageInfo {{ hasNextPage endCursor }} }} }}"""
    body, pieces = await pour(stored, query)
    assert len(pieces) > 5
    assert "errors" not in body
    whole = await stored.ask(query, None, SHOPPER)
    assert data(whole) == body["data"]


async def test_lists_that_cannot_leave_row_by_row_are_made_whole(world: World) -> None:
    for query in (
        "{ stalls(last: 20) { nodes { id } } }",
        "{ stalls(first: 20) { nodes { id } edges { cursor } } }",
        "{ stalls(first: 20) { totalCount } }",
        "{ stalls(first: 20) { nodes { id workersAggregate { groups { count } } } } }",
        "{ stalls(first: 20) { nodes { id } } more: stalls(first: 20) { nodes { id } } }",
        "{ stalls(first: 2) { nodes { id } } }",
    ):
        assert (await world.ask(query, None, SHOPPER, in_pieces=True)).flow is None
    assert (await world.ask(LISTED, {"n": 20}, SHOPPER)).flow is None
    bare = Market({"stall": stalls(9, 3)}, made=world.catalog)
    plain = streaming(bare.world(Path(), bare.memory(frozenset({Capability.LOOKUP, Capability.STREAM}))))
    body, pieces = await pour(plain, LISTED, {"n": 20})
    assert (len(body["data"]["stalls"]["nodes"]), pieces) == (9, [])


async def test_a_list_without_rows_streams_to_an_empty_list(market_catalog: Catalog) -> None:
    world = small(market_catalog, 0)
    body, _ = await pour(world, LISTED, {"n": 20})
    assert body["data"] == {"stalls": {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}}
    assert [one.part for one in world.log.records] == [Part.BEGIN, Part.PART, Part.END]


async def test_rows_below_the_list_need_the_bulk_right_as_in_a_whole_answer(world: World) -> None:
    world.with_rooms(bulk_limit=20)
    world.grants[:] = [replace(one, bulk=one.resource == "Stall") for one in world.grants]
    body, _ = await pour(world, WITH_WORKERS.replace("first: 9", "first: 1"), {"n": 20})
    assert "errors" not in body
    query = "query($n: Int) { stalls(first: $n) { nodes { id workers(first: 2) { person } } } }"
    body, _ = await pour(world, query, {"n": 20})
    assert body["errors"][0]["extensions"]["code"] == "BULK_NOT_GRANTED"
    end = world.record
    assert end.outcome is Outcome.FAILED
    assert end.rows["Worker"] <= 20
    world.grants[:] = [replace(one, bulk=False) for one in world.grants]
    assert await world.code(LISTED, {"n": 21}, SHOPPER, in_pieces=True) == "BULK_NOT_GRANTED"


async def test_a_row_that_many_batches_show_counts_once_against_the_bound(tmp_path: Path) -> None:
    kinds = dict.fromkeys(("Firm", "Person", "Permit"), "memory")
    async with small_world(tmp_path, kinds, rows(30)) as city:
        city.grants[:] = [replace(one, bulk=one.resource == "Firm") for one in city.grants]
        city.with_rooms(bulk_limit=5)
        query = "{ firms(first: 30) { nodes { code owner { number } } } }"
        body, pieces = await pour(streaming(city), query, who=WHO)
    assert len(pieces) == 11
    assert "errors" not in body
    owners = [firm["owner"]["number"] for firm in body["data"]["firms"]["nodes"] if firm["owner"]]
    assert len(owners) > 5 >= len({*owners})


class Paged:
    """Knows one client, whose lists may be as long as its own page."""

    def __init__(self, page: int | None) -> None:
        self.page = page

    async def principal(self, authorization_header: str) -> Principal:
        settings = ClientSettings(page=self.page)
        return Principal(authorization_header, "", Role.APPLICATION, settings=settings)


@pytest.mark.parametrize(
    ("page", "first", "streams"),
    [(None, 11, False), (15, 15, True), (15, 16, False), (150_000, 120_000, True), (150_000, 120_001, False)],
)
async def test_a_longer_list_streams_for_a_client_whose_page_allows_it(
    world: World, page: int | None, first: int, streams: bool
) -> None:
    world.with_rooms(page_limit=10, verifier=Paged(page))
    streaming(world, most=120_000)
    if streams:
        assert len((await pour(world, LISTED, {"n": first}))[1]) > 2
    else:
        assert await world.code(LISTED, {"n": first}, SHOPPER, in_pieces=True) == "PAGE_TOO_LARGE"


async def test_a_list_that_does_not_stream_is_bounded_however_long_the_page(world: World) -> None:
    world.with_rooms(verifier=Paged(150_000))
    assert await world.code(LISTED, {"n": 100_001}, SHOPPER) == "PAGE_TOO_LARGE"
    backward = "{ stalls(last: 100001) { nodes { id } } }"
    assert await world.code(backward, None, SHOPPER, in_pieces=True) == "PAGE_TOO_LARGE"


async def test_statements_do_not_grow_with_the_batches_but_for_the_links(market_catalog: Catalog) -> None:
    world = small(market_catalog, 20, 30)
    sent: list[str] = []
    connector = Market({"stall": stalls(20, 3), "worker": workers(30, 20)}).memory()
    watched = MemoryConnector([*connector._tables.values()], observe=sent.append)
    world.replace("market", watched)
    await pour(world, WITH_WORKERS, {"n": 20})
    assert Counter(sent) == {"read stall": 1, "read worker": 7}
