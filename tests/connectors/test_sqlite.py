"""SQLite files: read-only, their index used, their dirt survived."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import (
    EntityUnknownError,
    SourceUnavailableError,
)
from connectors.guard import guarded
from connectors.model import Order, Output, Read
from connectors.registry import open_connector
from connectors.sql.sqlite import SqliteClient
from govgraph.errors import GovGraphError
from govgraph.expressions.terms import (
    Column,
    Concat,
    Constant,
    Kind,
    Slice,
)
from govgraph.file_access import FileAccess
from tests.connectors.people import BY_KEY, TABLE, keys, sqlite_city

pytestmark = pytest.mark.anyio


async def test_sqlite_cannot_be_written_to(tmp_path: Path) -> None:
    path = Path(sqlite_city(tmp_path).removeprefix("sqlite:///"))
    client = SqliteClient(path, FileAccess(allowed=(tmp_path,)), 1)
    for statement in (f"DELETE FROM {TABLE}", "CREATE TABLE x (a)", "PRAGMA user_version = 7"):
        with pytest.raises(SourceUnavailableError):
            await client.fetch(statement, [])
    assert await client.fetch(f"SELECT count(*) FROM {TABLE}", []) == [(3,)]
    await client.aclose()


async def test_sqlite_keys_use_the_index(tmp_path: Path, statements: Any) -> None:
    url = sqlite_city(tmp_path)
    connector = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    await connector.describe()
    await connector.prepare(BY_KEY).rows(keys("1"))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        parameters = ["[]"] * len(set(re.findall(r"\?\d+", statements.texts[0])))
        plan = database.execute(f"EXPLAIN QUERY PLAN {statements.texts[0]}", parameters).fetchall()
    assert any("SEARCH t_rk_jbxx USING INDEX" in step[3] for step in plan), plan
    await connector.aclose()


async def test_a_text_of_sqlite_ends_before_its_first_zero_and_broken_bytes_fail_nothing(
    tmp_path: Path, statements: Any
) -> None:
    connector = await open_connector("sql", {"url": sqlite_city(tmp_path)}, statements.surroundings(), {})
    await connector.describe()
    outputs = (
        Output("cell", Column("cell")),
        Output("mask", Concat((Slice(Column("cell"), Constant(0), Constant(2)), Constant("**")))),
        Output("day", Column("day")),
        Output("number", Column("number", Kind.INTEGER)),
    )
    rows = await connector.prepare(Read("dirt", outputs, order=(Order(Column("id")),))).rows({})
    assert rows == [["3307", "33**", "20160520", None], ["\ufffdA", rows[1][1], "2016-05-20", 3]]
    await connector.aclose()


async def test_a_missing_file_is_unavailable_and_is_not_named(tmp_path: Path, statements: Any) -> None:
    settings = {"url": f"sqlite:///{tmp_path}/secret-place.db"}
    connector = await open_connector("sql", settings, statements.surroundings(), {})
    with pytest.raises(SourceUnavailableError) as caught:
        await connector.describe()
    assert "secret-place" not in caught.value.text + repr(caught.value.__cause__)
    with pytest.raises(SourceUnavailableError):
        connector.prepare(BY_KEY)
    await connector.aclose()


@pytest.mark.parametrize("content", [b"not a database at all", b""])
async def test_a_file_that_is_no_database_is_unavailable(
    tmp_path: Path, statements: Any, content: bytes
) -> None:
    (tmp_path / "x.db").write_bytes(content)
    settings = {"url": f"sqlite:///{tmp_path}/x.db"}
    connector = guarded(
        await open_connector("sql", settings, statements.surroundings(), {}), "population", 5, 1
    )
    with pytest.raises(GovGraphError) as caught:
        await connector.prepare(BY_KEY).rows(keys("1"))
    assert caught.value.kind in {"source_retry", "source_fatal"}
    assert str(tmp_path) not in caught.value.text
    await connector.aclose()


async def test_a_table_that_was_dropped_is_told_as_such(tmp_path: Path, statements: Any) -> None:
    url = sqlite_city(tmp_path)
    connector = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    await connector.describe()
    read = connector.prepare(BY_KEY)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        database.execute("DROP VIEW v_all")
        database.execute(f"DROP TABLE {TABLE}")
    with pytest.raises(EntityUnknownError) as caught:
        await read.rows(keys("1"))
    assert TABLE not in caught.value.text
    await connector.aclose()
