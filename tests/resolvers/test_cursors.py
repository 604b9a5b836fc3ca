"""Cursors: of use to one caller, for the same rows in the same order; readable to nobody."""

from base64 import urlsafe_b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auth.grants import FieldGrant
from auth.rights import Right
from tests.resolvers.market import GRANTED, PAGE, SHOPPER, Market, data, stalls
from tests.resolvers.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(tmp_path: Path) -> World:
    market = Market({"stall": stalls(20, 3)})
    return market.world(tmp_path, market.memory())


async def end_of_first(world: World, **more: Any) -> str:
    page = data(await world.ask(PAGE, {"first": 3, **more}, SHOPPER))["stalls"]
    return str(page["pageInfo"]["endCursor"])


async def test_a_cursor_belongs_to_its_order_and_rows(world: World) -> None:
    cursor = await end_of_first(world)
    assert data(await world.ask(PAGE, {"first": 5, "after": cursor}, SHOPPER))
    assert data(await world.ask(PAGE, {"last": 5, "before": cursor}, SHOPPER))
    other = {"first": 5, "after": cursor, "order": [{"hall": "ASC"}]}
    assert await world.code(PAGE, other, SHOPPER) == "CURSOR_NOT_VALID"
    narrowed = "query($after: String) { stalls(after: $after, where: {size: {eq: 1}}) { nodes { id } } }"
    assert await world.code(narrowed, {"after": cursor}, SHOPPER) == "CURSOR_NOT_VALID"


async def test_a_cursor_belongs_to_the_values_of_where(world: World) -> None:
    query = """query($size: Int, $after: String) {
      stalls(where: {size: {gte: $size}}, after: $after, first: 1) { pageInfo { endCursor } }
    }"""
    page = data(await world.ask(query, {"size": -5}, SHOPPER))["stalls"]
    cursor = page["pageInfo"]["endCursor"]
    assert data(await world.ask(query, {"size": -5, "after": cursor}, SHOPPER))
    assert await world.code(query, {"size": 0, "after": cursor}, SHOPPER) == "CURSOR_NOT_VALID"


async def test_a_cursor_is_of_no_use_to_another_client_or_under_other_rights(
    world: World, tmp_path: Path
) -> None:
    cursor = await end_of_first(world)
    asked = {"first": 5, "after": cursor}
    changed = Market({"stall": stalls(20, 3)})
    changed.grants["Stall"] = {**GRANTED["Stall"], "rent": FieldGrant(frozenset({Right.READ, Right.SORT}))}
    less = changed.world(tmp_path, changed.memory())
    less.with_rooms(cursors=world.rooms.cursors)
    assert await less.code(PAGE, asked, SHOPPER) == "CURSOR_NOT_VALID"
    grants = await world.rooms.grants(SHOPPER[0])

    async def everybody(client: str) -> Any:
        return [replace(grant, client=client) for grant in grants]

    world.with_rooms(grants=everybody)
    assert data(await world.ask(PAGE, asked, SHOPPER))
    assert await world.code(PAGE, asked, ("other", SHOPPER[1])) == "CURSOR_NOT_VALID"


@pytest.mark.parametrize("cursor", ["", "x", "\u4e2d", "A" * 9000, "!!", "AQ" * 60, "\ud800", "a\0b"])
async def test_what_is_no_cursor_is_refused_without_a_word_of_it(world: World, cursor: str) -> None:
    answer = await world.ask(PAGE, {"after": cursor}, SHOPPER)
    assert answer.errors[0]["extensions"]["code"] in {"CURSOR_NOT_VALID", "VALUE_NOT_VALID"}
    assert len(cursor) < 2 or cursor not in str(answer.errors)


async def test_an_altered_cursor_is_refused_and_recorded(world: World) -> None:
    cursor = await end_of_first(world)
    altered = cursor[:40] + ("A" if cursor[40] != "A" else "B") + cursor[41:]
    assert await world.code(PAGE, {"after": altered}, SHOPPER) == "CURSOR_NOT_VALID"
    assert world.record.codes == ("CURSOR_NOT_VALID",)


async def test_a_cursor_holds_no_readable_key_and_tells_little_by_its_length(tmp_path: Path) -> None:
    market = Market({"stall": [["330799199003071013", "x", 1, None, None], ["2", None, 1, None, None]]})
    world = market.world(tmp_path, market.memory())
    edges = data(await world.ask(PAGE, {}, SHOPPER))["stalls"]["edges"]
    cursors = [edge["cursor"] for edge in edges]
    assert len({len(cursor) for cursor in cursors}) == 1
    for cursor in cursors:
        assert b"330799" not in urlsafe_b64decode(cursor + "==")
    again = data(await world.ask(PAGE, {}, SHOPPER))["stalls"]["edges"]
    assert {edge["cursor"] for edge in again}.isdisjoint(cursors)


async def test_keys_are_fetched_for_cursors_only_where_one_is_asked_for(world: World) -> None:
    assert "Stall.id" not in (await facts(world, "{ stalls { nodes { hall } } }")).used_by_policy
    recorded = await facts(world, "{ stalls { nodes { hall } pageInfo { endCursor } } }")
    assert "Stall.id" in recorded.used_by_policy


async def facts(world: World, query: str) -> Any:
    data(await world.ask(query, None, SHOPPER))
    return world.record.coordinates
