"""Rows come batch by batch, all of one moment, and a reader that stops leaves nothing behind."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from connectors.errors import SourceBusyError, SourceTimeoutError
from connectors.guard import guarded
from connectors.model import Binds, Capability, Order, Output, Read
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.expressions.terms import Bind, Column, Kind

pytestmark = pytest.mark.anyio
COUNT = 25
READ = Read("t", (Output("a", Column("a")),), order=(Order(Column("a")),), limit=Bind("most", Kind.INTEGER))
ALL: Binds = {"most": COUNT}
CELLS = [f"{number:03d}" for number in range(COUNT)]
KINDS = ["sqlite", "files", "memory", pytest.param("postgresql", marks=pytest.mark.postgresql)]


async def settings_of(kind: str, folder: Path, new_database: Callable[[], str]) -> tuple[str, Any]:
    """Return the kind of a connector and its settings, over one table of numbered rows."""
    if kind == "memory":
        return kind, {"entities": {"t": {"columns": {"a": "text"}, "rows": [[cell] for cell in CELLS]}}}
    if kind == "files":
        path = folder / "t.jsonl"
        path.write_text("".join(json.dumps({"a": cell}) + "\n" for cell in CELLS), encoding="utf-8")
        return kind, {"entities": {"t": {"path": str(path), "format": "jsonl"}}}
    if kind == "sqlite":
        with closing(sqlite3.connect(folder / "t.db")) as database, database:
            database.execute("CREATE TABLE t (a TEXT)")
            database.executemany("INSERT INTO t VALUES (?)", [[cell] for cell in CELLS])
        return "sql", {"url": f"sqlite:///{folder / 't.db'}"}
    url = new_database()
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE t (a text)")
    await connection.copy_records_to_table("t", records=[(cell,) for cell in CELLS])
    await connection.close()
    return "sql", {"url": url}


@pytest.fixture(params=KINDS)
async def connector(
    request: pytest.FixtureRequest, tmp_path: Path, statements: Any
) -> AsyncIterator[Connector]:
    def new_database() -> str:
        return str(request.getfixturevalue("new_postgresql_database")())

    kind, settings = await settings_of(request.param, tmp_path, new_database)
    opened = await open_connector(kind, settings, statements.surroundings(), {})
    await opened.describe()
    yield opened
    await opened.aclose()


@pytest.mark.parametrize("size", [1, 7, COUNT, COUNT + 1])
async def test_batches_put_together_are_the_rows(connector: Connector, size: int) -> None:
    assert Capability.STREAM in connector.capabilities
    for one in (connector, guarded(connector, "market", 5, 2)):
        batches = [batch async for batch in one.prepare(READ).stream(ALL, size)]
        assert [cell for batch in batches for [cell] in batch] == CELLS
        assert [len(batch) for batch in batches[:-1]] == [size] * (len(batches) - 1)
        assert [batch async for batch in one.prepare(READ).stream({"most": 0}, size)] == []


async def test_a_reader_that_stops_leaves_no_connection_behind(connector: Connector) -> None:
    read = guarded(connector, "market", 5, 2).prepare(READ)
    for _ in range(9):
        async with aclosing(read.stream(ALL, 2)) as batches:
            assert [*map(list, await anext(batches))] == [["000"], ["001"]]
    assert len(await read.rows(ALL)) == COUNT
    client = getattr(connector, "_client", None)
    assert client is None or client.connections.used == 0


async def test_a_reader_that_is_cancelled_leaves_no_connection_behind(connector: Connector) -> None:
    read = guarded(connector, "market", 5, 2).prepare(READ)
    begun = asyncio.Event()

    async def reading() -> None:
        async with aclosing(read.stream(ALL, 2)) as batches:
            async for _ in batches:
                begun.set()
                await asyncio.sleep(60)

    task = asyncio.create_task(reading())
    await begun.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert len(await read.rows(ALL)) == COUNT
    client = getattr(connector, "_client", None)
    assert client is None or client.connections.used == 0


@pytest.mark.parametrize(("most", "streams"), [(1, 0), (2, 1), (5, 2)])
async def test_streams_leave_connections_to_other_reads(
    tmp_path: Path, statements: Any, most: int, streams: int
) -> None:
    kind, settings = await settings_of("sqlite", tmp_path, str)
    connector = await open_connector(
        kind, {**settings, "maxConnections": most}, statements.surroundings(), {}
    )
    await connector.describe()
    assert (Capability.STREAM in connector.capabilities) is (streams > 0)
    read = connector.prepare(READ)
    open_ = [read.stream(ALL, 2) for _ in range(streams)]
    for one in open_:
        await anext(one)
    with pytest.raises(SourceBusyError):
        await anext(read.stream(ALL, 2))
    assert len(await read.rows(ALL)) == COUNT
    for one in open_:
        await one.aclose()
    if streams:
        assert len([batch async for batch in read.stream(ALL, COUNT)]) == 1
    await connector.aclose()


async def test_the_statement_is_told_to_the_sources_log_once(tmp_path: Path, statements: Any) -> None:
    kind, settings = await settings_of("sqlite", tmp_path, str)
    connector = await open_connector(kind, settings, statements.surroundings(), {})
    await connector.describe()
    read = connector.prepare(READ)
    assert len([batch async for batch in read.stream(ALL, 2)]) == (COUNT + 1) // 2
    assert statements.texts == [read.statement]
    await connector.aclose()


@pytest.mark.postgresql
async def test_postgresql_shows_one_moment_keeps_the_rest_and_lets_go_of_the_transaction(
    tmp_path: Path, statements: Any, new_postgresql_database: Callable[[], str]
) -> None:
    kind, settings = await settings_of("postgresql", tmp_path, new_postgresql_database)
    connector = await open_connector(kind, settings, statements.surroundings(), {})
    await connector.describe()
    department = await asyncpg.connect(settings["url"])
    ours = "application_name = 'govgraph' AND datname = current_database()"
    watched = f"SELECT state FROM pg_stat_activity WHERE {ours}"
    found = []
    async for batch in connector.prepare(READ).stream({"most": 100}, 10):
        if not found:
            assert await department.fetchval(watched) == "idle in transaction"
            await department.execute("INSERT INTO t SELECT 'new' FROM generate_series(1, 20)")
        found += [cell for [cell] in batch]
    assert found == CELLS
    assert await department.fetchval(watched) == "idle"
    await department.close()
    await connector.aclose()


async def test_a_batch_that_lasts_too_long_is_a_timeout(tmp_path: Path, statements: Any) -> None:
    with closing(sqlite3.connect(tmp_path / "t.db")) as database, database:
        database.execute(
            "CREATE VIEW t AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c "
            "WHERE n < 1000000000) SELECT CAST(count(*) AS TEXT) AS a FROM c"
        )
    settings = {"url": f"sqlite:///{tmp_path / 't.db'}", "statementTimeout": "0.1s"}
    connector = await open_connector("sql", settings, statements.surroundings(), {})
    await connector.describe()
    with pytest.raises(SourceTimeoutError):
        await anext(connector.prepare(READ).stream(ALL, 2))
    await connector.aclose()
