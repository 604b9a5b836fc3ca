"""No batch of a streamed answer leaves without its record, nor once its client has lost a right."""

import pytest

from audit.errors import LogUnavailableError
from audit.record import Outcome, Part
from schema.catalog import Catalog
from tests.resolvers.market import (
    SHOPPER,
)
from tests.resolvers.pouring import LISTED, WITH_WORKERS, pour, small
from tests.resolvers.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(market_catalog: Catalog) -> World:
    return small(market_catalog, 20, 30)


async def test_the_records_begin_before_a_source_is_asked_and_stand_before_each_batch(world: World) -> None:
    seen: list[int] = []

    async def look(_pieces: list[bytes]) -> None:
        seen.append(len(world.log.records))

    given = await world.ask(WITH_WORKERS, {"n": 20}, SHOPPER, in_pieces=True)
    begin = world.record
    assert (begin.part, begin.outcome, begin.rows) == (Part.BEGIN, Outcome.PENDING, {})
    assert begin.coordinates.asked
    world.log.records.clear()
    body, pieces = await pour(world, WITH_WORKERS, {"n": 20}, look)
    records = world.log.records
    assert seen == [2, 3, 4, 5, 6, 7, 8, 8]
    assert [one.part for one in records] == [Part.BEGIN, *[Part.PART] * 7, Part.END]
    assert {one.receipt for one in records} == {body["extensions"]["receipt"]}
    parts, end = records[1:-1], records[-1]
    assert [one.rows["Stall"] for one in parts] == [3] * 6 + [2]
    assert sum(one.rows.get("Worker", 0) for one in parts) == end.rows["Worker"] == 30
    assert end.outcome is Outcome.ANSWERED
    assert end.rows["Stall"] == 20
    assert end.coordinates == parts[0].coordinates
    for record, subjects, piece in zip(parts, world.log.subjects[-8:-1], pieces, strict=False):
        assert {one for one in subjects.subjects if one.encode() not in piece} == set()
        assert record.subject_total == len(subjects.subjects) == record.subjects.get("Worker", 0)
    assert given.flow is not None


async def test_the_keys_looked_up_stand_beside_the_begin_record(world: World) -> None:
    query = '{ stalls(first: 20, where: {id: {in: ["a", "b"]}}) { nodes { id } } }'
    await pour(world, query)
    assert [one.keys for one in world.log.subjects] == [("a", "b"), (), ()]


async def test_a_batch_whose_record_is_not_durable_does_not_leave(world: World) -> None:
    async def fill(pieces: list[bytes]) -> None:
        world.log.broken = LogUnavailableError("The log is full")

    body, pieces = await pour(world, LISTED, {"n": 20}, fill)
    assert len(body["data"]["stalls"]["nodes"]) == 3
    assert {one["extensions"]["code"] for one in body["errors"]} == {LogUnavailableError.code}
    assert len(pieces) == 2
    assert [one.part for one in world.log.records] == [Part.BEGIN, Part.PART]


async def test_without_a_begin_record_nothing_is_asked_and_nothing_leaves(world: World) -> None:
    world.log.broken = LogUnavailableError("The log is full")
    body, pieces = await pour(world, LISTED, {"n": 20})
    assert ("data" in body, pieces, world.statements) == (False, [], [])
    assert body["errors"][0]["extensions"]["code"] == LogUnavailableError.code


async def test_a_right_that_is_taken_away_ends_an_open_stream(world: World) -> None:
    async def revoke(pieces: list[bytes]) -> None:
        if len(pieces) == 2:
            world.grants.clear()

    body, _ = await pour(world, LISTED, {"n": 20}, revoke)
    assert len(body["data"]["stalls"]["nodes"]) == 6
    assert body["errors"][0]["extensions"]["code"] == "RIGHTS_CHANGED"
    assert (world.record.outcome, world.record.codes) == (Outcome.FAILED, ("RIGHTS_CHANGED",))


async def test_a_right_that_is_taken_away_before_the_first_batch_refuses_the_answer(world: World) -> None:
    given = await world.ask(LISTED, {"n": 20}, SHOPPER, in_pieces=True)
    world.grants.clear()
    assert given.flow is not None
    rest = await given.flow(lambda piece: pytest.fail(str(piece)))
    assert (rest.data, rest.status) == (None, 403)
    assert (world.record.part, world.record.codes) == (Part.END, ("RIGHTS_CHANGED",))
