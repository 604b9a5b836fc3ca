"""Readers go away at any moment, and take nothing from those who stay."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import aclosing, closing
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from connectors.guard import guarded
from connectors.model import Capability, Order, Output, Read
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.expressions.terms import Bind, Column, Kind
from tests.servers import mariadb

pytestmark = pytest.mark.anyio
COUNT, SIZE, PLACES, PATIENCE = 3000, 200, 8, 120
TURNS = 150 if os.environ.get("GOVGRAPH_PROVE") == "1" else 15
CELLS = [f"{number:04d}" for number in range(COUNT)]
ROWS = [(cell,) for cell in CELLS]
READ = Read("t", (Output("a", Column("a")),), order=(Order(Column("a")),), limit=Bind("most", Kind.INTEGER))
BINDS = {"most": COUNT}
KINDS = [
    "sqlite",
    "files",
    pytest.param("postgresql", marks=pytest.mark.postgresql),
    pytest.param("mariadb", marks=pytest.mark.mariadb),
]


async def filled(kind: str, folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the settings of a database with the table."""
    if kind == "sqlite":
        with closing(sqlite3.connect(folder / "t.db")) as database, database:
            database.execute("CREATE TABLE t (a TEXT)")
            database.executemany("INSERT INTO t VALUES (?)", ROWS)
        return {"url": f"sqlite:///{folder / 't.db'}"}
    url = request.getfixturevalue(f"new_{kind}_database")()
    if kind == "mariadb":
        values = ", ".join(f"('{cell}')" for cell in CELLS)
        address, name = request.getfixturevalue("mariadb_address"), urlsplit(url).path[1:]
        mariadb.tell(
            address, f"CREATE TABLE {name}.t (a varchar(9))", f"INSERT INTO {name}.t VALUES {values}"
        )
        return {"url": url, "tls": "off"}
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE t (a text)")
    await connection.copy_records_to_table("t", records=ROWS)
    await connection.close()
    return {"url": url}


@pytest.fixture(params=KINDS)
async def connector(
    request: pytest.FixtureRequest, tmp_path: Path, statements: Any
) -> AsyncIterator[Connector]:
    if request.param == "files":
        path = tmp_path / "t.csv"
        path.write_text("a\n" + "".join(f"{cell}\n" for cell in CELLS), encoding="utf-8")
        kind, settings = "files", {"entities": {"t": {"path": str(path), "format": "csv"}}}
    else:
        kind, settings = "sql", await filled(request.param, tmp_path, request)
    given = {**settings, "maxConnections": PLACES, "statementTimeout": PATIENCE}
    opened = await open_connector(kind, given, statements.surroundings(), {})
    await opened.describe()
    yield opened
    await opened.aclose()


async def whole(connector: Connector) -> list[str]:
    """Return what one read gives at once."""
    return [cell for [cell] in await connector.prepare(READ).rows(BINDS)]


async def in_batches(connector: Connector) -> list[str]:
    """Return what one read gives batch by batch."""
    async with aclosing(connector.prepare(READ).stream(BINDS, SIZE)) as batches:
        return [cell async for batch in batches for [cell] in batch]


async def stop_early(connector: Connector, after: int) -> None:
    """Stop reading between two batches."""
    async with aclosing(connector.prepare(READ).stream(BINDS, SIZE)) as batches:
        for _ in range(after):
            await anext(batches)


async def leave(reading: "asyncio.Task[list[str]]", after: int) -> None:
    """Cancel a reader after some turns of the loop, wherever it is then."""
    for _ in range(after):
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])


async def restless(connector: Connector, chance: Random) -> None:
    """Read, leave, stop and stay by turns; whoever stays has all rows."""
    for _ in range(TURNS):
        if Capability.STREAM in connector.capabilities:
            await leave(asyncio.create_task(in_batches(connector)), chance.randrange(120))
            assert await in_batches(connector) == CELLS
            await stop_early(connector, chance.randrange(4))
        await leave(asyncio.create_task(whole(connector)), chance.randrange(40))
        assert await whole(connector) == CELLS


async def test_readers_who_leave_at_any_moment_take_nothing_from_those_who_stay(connector: Connector) -> None:
    one = guarded(connector, "market", PATIENCE, PLACES)
    async with asyncio.TaskGroup() as tasks:
        for seed in range(PLACES // 2):
            tasks.create_task(restless(one, Random(seed)))
    client = connector._client  # type: ignore[attr-defined]
    assert client.connections.used == 0
