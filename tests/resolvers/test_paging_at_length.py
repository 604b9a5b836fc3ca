"""A long list is read to its end, each row once, while its department goes on writing."""

import os
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.resolvers.market import SHOPPER, Market, data, fill_postgresql, fill_sqlite, opened_at
from tests.resolvers.world import World

pytestmark = pytest.mark.anyio

ROWS = 100_000 if os.environ.get("GOVGRAPH_PROVE") == "1" else 4_000
"""The whole length with `make prove`, less of it otherwise."""

FORWARD = """query($at: String) { stalls(first: 1000, after: $at, orderBy: [{hall: DESC}]) {
  nodes { id } pageInfo { more: hasNextPage at: endCursor }
} }"""
BACKWARD = """query($at: String) { stalls(last: 1000, before: $at, orderBy: [{hall: DESC}]) {
  nodes { id } pageInfo { more: hasPreviousPage at: startCursor }
} }"""
Insert = Callable[[str, str | None], Awaitable[None]]


def hall(number: int) -> str | None:
    return None if number % 7 == 0 else f"hall {number % 90}"


async def read(world: World, query: str, insert: Insert) -> tuple[list[str], set[str]]:
    """Return the ids of all pages, and those of rows that were added before and after each place."""
    found: list[str] = []
    added: set[str] = set()
    at = None
    while True:
        page = data(await world.ask(query, {"at": at}, SHOPPER))["stalls"]
        found += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["more"]:
            return found, added
        at = page["pageInfo"]["at"]
        for place, name in (("!", None), ("b", "hall 10"), ("c", "a"), ("d", "zzz")):
            added.add(f"{place}{len(found)}")
            await insert(f"{place}{len(found)}", name)


async def check(world: World, query: str, insert: Insert) -> None:
    found, added = await read(world, query, insert)
    assert len(found) == len(set(found))
    assert set(found) >= {f"{number:06d}" for number in range(ROWS)}
    ahead = {name for name in added if name[0] == ("c" if query is FORWARD else "!")}
    assert set(found) >= ahead
    assert set(found) <= {f"{number:06d}" for number in range(ROWS)} | added


@pytest.mark.parametrize("query", [FORWARD, BACKWARD])
async def test_every_row_of_a_sqlite_table_is_read_once_while_rows_are_added(
    tmp_path: Path, query: str
) -> None:
    market = Market({"stall": rows()})
    path = tmp_path / "market.db"
    url = fill_sqlite(path, market.rows)

    async def insert(name: str, where: str | None) -> None:
        with closing(sqlite3.connect(path)) as database:
            database.execute("INSERT INTO stall (id, hall) VALUES (?, ?)", (name, where))
            database.commit()

    async with opened_at(url, tmp_path) as connector:
        await check(market.world(tmp_path, connector), query, insert)


@pytest.mark.postgresql
@pytest.mark.parametrize("query", [FORWARD, BACKWARD])
async def test_every_row_of_a_postgresql_table_is_read_once_while_rows_are_added(
    tmp_path: Path, new_postgresql_database: Callable[[], str], query: str
) -> None:
    market = Market({"stall": rows()})
    url = await fill_postgresql(new_postgresql_database(), market.rows)
    database = await asyncpg.connect(url)

    async def insert(name: str, where: str | None) -> None:
        await database.execute("INSERT INTO stall (id, hall) VALUES ($1, $2)", name, where)

    async with opened_at(url, tmp_path) as connector:
        await check(market.world(tmp_path, connector), query, insert)
    await database.close()


def rows() -> list[list[Any]]:
    return [[f"{number:06d}", hall(number), number % 13, None, None] for number in range(ROWS)]
