"""A streamed answer that cannot be finished says so, lets go of its source, and leaves its record."""

import asyncio

import pytest

from audit.record import Outcome, Part
from connectors.errors import SourceUnavailableError
from resolvers.errors import StreamTooSlowError
from schema.catalog import Catalog
from tests.resolvers.market import (
    SHOPPER,
    data,
)
from tests.resolvers.pouring import (
    LISTED,
    acting,
    pour,
    small,
    streaming,
)
from tests.resolvers.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(market_catalog: Catalog) -> World:
    return small(market_catalog, 20, 30)


async def test_the_first_rows_leave_before_the_source_has_given_its_last(market_catalog: Catalog) -> None:
    first_left = asyncio.Event()

    async def act(number: int) -> None:
        if number == 1:
            await first_left.wait()

    async def left(_pieces: list[bytes]) -> None:
        first_left.set()

    world, source = acting(market_catalog, act)
    async with asyncio.timeout(20):
        body, pieces = await pour(world, LISTED, {"n": 20}, left)
    assert len(body["data"]["stalls"]["nodes"]) == 20
    assert pieces[0].count(b'"id"') == 3
    assert source.open == 0


async def test_a_source_that_fails_ends_the_list_and_the_record_says_failed(market_catalog: Catalog) -> None:
    async def act(number: int) -> None:
        if number == 2:
            raise SourceUnavailableError("The source went away")

    world, _ = acting(market_catalog, act)
    body, _ = await pour(world, LISTED, {"n": 20})
    page = body["data"]["stalls"]
    assert len(page["nodes"]) == 6
    assert [(one["path"], one["extensions"]["code"]) for one in body["errors"]] == [
        (["stalls"], "SOURCE_UNAVAILABLE")
    ]
    assert page["pageInfo"]["hasNextPage"] is True
    assert (world.record.part, world.record.outcome) == (Part.END, Outcome.FAILED)
    assert (world.record.codes, world.record.rows) == (("SOURCE_UNAVAILABLE",), {"Stall": 6})
    assert [fault for fault in world.faults if isinstance(fault, SourceUnavailableError)]
    rest = "query($a: String) { stalls(first: 20, after: $a) { nodes { id } } }"
    after = data(await world.ask(rest, {"a": page["pageInfo"]["endCursor"]}, SHOPPER))["stalls"]["nodes"]
    every = data(await world.ask(LISTED, {"n": 20}, SHOPPER))["stalls"]["nodes"]
    assert [*page["nodes"], *after] == every


async def test_a_source_that_fails_at_once_gives_null_as_ever(market_catalog: Catalog) -> None:
    async def act(_number: int) -> None:
        raise SourceUnavailableError("The source is down")

    world, _ = acting(market_catalog, act)
    body, _ = await pour(world, LISTED, {"n": 20})
    assert body["data"] == {"stalls": None}
    assert body["errors"][0]["extensions"]["code"] == "SOURCE_UNAVAILABLE"
    assert (world.record.part, world.record.outcome) == (Part.END, Outcome.PARTIAL)


async def test_a_fault_of_the_platform_ends_the_list_without_its_words(market_catalog: Catalog) -> None:
    async def act(number: int) -> None:
        if number == 1:
            raise RuntimeError("330799199003071013")

    world, _ = acting(market_catalog, act)
    body, _ = await pour(world, LISTED, {"n": 20})
    assert body["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert "330799199003071013" not in str(body)
    assert world.record.outcome is Outcome.FAILED


async def test_a_client_that_takes_nothing_lets_go_of_the_source(market_catalog: Catalog) -> None:
    async def act(_number: int) -> None:
        return

    async def stuck(pieces: list[bytes]) -> None:
        if len(pieces) == 2:
            await asyncio.Event().wait()

    world, source = acting(market_catalog, act)
    streaming(world, wait=0.05)
    async with asyncio.timeout(20):
        with pytest.raises(StreamTooSlowError):
            await pour(world, LISTED, {"n": 20}, stuck)
    assert source.open == 0
    assert (world.record.part, world.record.outcome) == (Part.END, Outcome.FAILED)
    assert (world.record.codes, world.record.rows) == (("STREAM_TOO_SLOW",), {"Stall": 6})


async def test_a_client_that_goes_away_lets_go_of_the_source(market_catalog: Catalog) -> None:
    taken = asyncio.Event()

    async def act(_number: int) -> None:
        return

    async def leave(_pieces: list[bytes]) -> None:
        taken.set()
        await asyncio.Event().wait()

    world, source = acting(market_catalog, act)
    asking = asyncio.create_task(pour(world, LISTED, {"n": 20}, leave))
    await taken.wait()
    asking.cancel()
    await asyncio.wait([asking])
    assert asking.cancelled()
    assert source.open == 0
    assert (world.record.part, world.record.codes) == (Part.END, ("CLIENT_GONE",))
    assert world.record.rows == {"Stall": 3}


async def test_an_answer_that_streams_too_long_ends_with_what_has_left(world: World) -> None:
    streaming(world, time=0.0)
    body, _ = await pour(world, LISTED, {"n": 20})
    assert body["errors"][0]["extensions"]["code"] == "STREAM_TOO_LONG"
