"""Files that change while they are read: loaded aside, swapped whole, the last good copy kept."""

import logging
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import time
from typing import Any

import anyio
import duckdb
import pytest

from connectors.errors import FileBrokenError
from connectors.model import ColumnType, Entity, EntityColumn, Output, Read
from connectors.protocol import Connector, PreparedRead
from connectors.registry import open_connector
from connectors.sql import duckdb as loaded
from connectors.sql.duckdb import DuckdbClient, Seen
from connectors.sql.loading import Loading
from connectors.sql.tables import Description
from govgraph.expressions.terms import Column

pytestmark = pytest.mark.anyio
NAMES = Read("fund", (Output("name", Column("name")),))
DAY = 86_400


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "housing-fund.csv"


def take_away(path: Path) -> None:
    path.unlink()


def deliver(path: Path, text: str, day: float) -> None:
    """Write the file as it was delivered on a day of 1970."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (day * DAY, day * DAY))


async def opened(statements: Any, path: Path, **more: object) -> tuple[Connector, PreparedRead]:
    settings = {"entities": {"fund": {"path": str(path)}}, "lookEvery": "0s", **more}
    connector = await open_connector("files", settings, statements.surroundings(), {})
    await connector.describe()
    return connector, connector.prepare(NAMES)


async def test_a_changed_file_is_read_without_being_described_again(path: Path, statements: Any) -> None:
    deliver(path, "id,name\n1,a\n", 1)
    connector, read = await opened(statements, path)
    assert await read.rows({}) == [["a"]]
    deliver(path, "id,name\n1,b\n2,c\n", 2)
    assert await read.rows({}) == [["b"], ["c"]]
    assert connector.as_of == datetime.fromtimestamp(2 * DAY, UTC)
    await connector.aclose()


async def test_files_are_looked_at_no_more_often_than_said(path: Path, statements: Any) -> None:
    deliver(path, "id,name\n1,a\n", 1)
    connector, read = await opened(statements, path, lookEvery="5m")
    await read.rows({})
    deliver(path, "id,name\n1,b\n", 2)
    assert await read.rows({}) == [["a"]]
    await connector.aclose()


@pytest.mark.parametrize(
    "text", ["id,name\n1,b\n2\n", "", "id,other\n1,b\n"], ids=["broken", "empty", "other columns"]
)
async def test_of_a_file_that_became_worse_the_last_good_copy_stays(
    path: Path, statements: Any, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    deliver(path, "id,name\n1,a\n", 1)
    connector, read = await opened(statements, path)
    deliver(path, text, 2)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert await read.rows({}) == [["a"]]
    assert connector.as_of == datetime.fromtimestamp(DAY, UTC)
    assert caplog.text.count("the last good copy stays") == 1
    deliver(path, "id,name,more\n1,b,x\n", 3)
    assert await read.rows({}) == [["b"]]
    await connector.aclose()


async def test_a_file_that_is_taken_away_leaves_its_last_good_copy(path: Path, statements: Any) -> None:
    deliver(path, "id,name\n1,a\n", 1)
    connector, read = await opened(statements, path)
    take_away(path)
    assert await read.rows({}) == [["a"]]
    with pytest.raises(FileBrokenError):
        await connector.describe()
    assert await read.rows({}) == [["a"]]
    await connector.aclose()


async def test_a_file_that_is_still_being_written_waits(path: Path, statements: Any) -> None:
    deliver(path, "id,name\n1,a\n", 1)
    connector, read = await opened(statements, path)
    deliver(path, "id,name\n1,b\n", 2**16)
    assert await read.rows({}) == [["b"]]  # a clock that goes wrong stops nobody
    deliver(path, "id,name\n1,c\n", time() / DAY)
    assert await read.rows({}) == [["b"]]
    await connector.aclose()


class Slow:
    """A load that goes on until it is let go."""

    def __init__(self) -> None:
        self.mark = 0
        self.go = Event()
        self.go.set()
        self.begun = Event()

    def fill(self, database: duckdb.DuckDBPyConnection) -> list[Description]:
        mark = self.mark
        self.begun.set()
        self.go.wait(10)
        database.execute(f"CREATE TABLE fund AS SELECT {mark} AS n")
        return [Description(Entity("fund", (EntityColumn("n", ColumnType.INTEGER),)))]

    def look(self) -> Seen:
        return Seen((self.mark,), None)


async def test_a_long_load_holds_up_no_read_and_is_swapped_in_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded, "PATIENCE", 0.05)
    slow = Slow()
    client = DuckdbClient(slow.fill, slow.look, 2, 0)
    await client.descriptions()
    slow.go.clear()
    slow.mark = 1
    with anyio.fail_after(10):
        for _ in range(3):
            assert await client.fetch("SELECT n FROM fund", []) == [(0,)]
        slow.go.set()
        found: Sequence[Any] = []
        while found != [(1,)]:
            found = await client.fetch("SELECT n FROM fund", [])
    await client.aclose()


async def test_a_first_load_that_was_given_up_goes_on_for_whoever_asks_next() -> None:
    slow = Slow()
    slow.go.clear()
    client = DuckdbClient(slow.fill, slow.look, 2, 0)
    with anyio.move_on_after(0.05) as scope:
        await client.descriptions()
    assert scope.cancelled_caught
    slow.mark = 7  # a second load would see this
    slow.go.set()
    with anyio.fail_after(10):
        await client.descriptions()
        assert await client.fetch("SELECT n FROM fund", []) in ([(0,)], [(7,)])
    await client.aclose()


async def test_what_is_loaded_after_the_end_is_dropped() -> None:
    go, dropped = Event(), Event()

    def load() -> int:
        go.wait(10)
        return 7

    loading = Loading(load, lambda _seven: dropped.set())
    loading.begin()
    loading.close()
    assert not dropped.is_set()
    go.set()
    assert dropped.wait(10)
