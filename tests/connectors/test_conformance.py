"""Every connector of ours answers generated reads as the plain model does."""

import csv
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from connectors.conformance import Truth, prove
from connectors.errors import NotConformingError
from connectors.memory import MemoryConnector, MemoryTable
from connectors.model import Capability, ColumnType, Entity, EntityColumn, Read
from connectors.protocol import PreparedRead
from connectors.registry import open_connector

pytestmark = pytest.mark.anyio
COUNT = 1000 if os.environ.get("GOVGRAPH_PROVE") == "1" else 150
NAMES = [
    "陈志远",
    "陳",
    "𠮷田",
    "Ａ１ｘ",
    "a'b\"c\\",
    "100%_",
    " pad ",
    "line\nbreak",
    "é",
    "e\u0301",
    "\u200fمحمد",
    "",
]
ENTITY = Entity(
    "t 人%",
    (
        EntityColumn("id", ColumnType.TEXT),
        EntityColumn("姓名", ColumnType.TEXT),
        EntityColumn("count%of", ColumnType.INTEGER),
        EntityColumn("select", ColumnType.TEXT),
    ),
    ("id",),
)
ROWS: Sequence[Sequence[Any]] = [
    [
        f"{number:03}x" if number % 3 else f"Ｘ{number}",
        NAMES[number % len(NAMES)] if number % 7 else None,
        number * number - 50 if number % 5 else None,
        NAMES[number % 4],
    ]
    for number in range(40)
]
KEYS = (("id",), ("id", "select"), ("count%of",), ("select", "count%of"))


def without_empty(rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
    return [[None if cell == "" else cell for cell in row] for row in rows]


@pytest.mark.parametrize("seed", [1, 2])
async def test_sqlite_conforms(tmp_path: Path, statements: Any, seed: int) -> None:
    with sqlite3.connect(tmp_path / "t.db") as database:
        database.execute('CREATE TABLE "t 人%" (id TEXT, 姓名 VARCHAR(20), "count%of" INT, "select" TEXT)')
        database.executemany('INSERT INTO "t 人%" VALUES (?, ?, ?, ?)', ROWS)
    database.close()
    connector = await open_connector(
        "sql", {"url": f"sqlite:///{tmp_path / 't.db'}"}, statements.surroundings(), {}
    )
    assert await prove(connector, Truth(ENTITY, ROWS, keys=KEYS), COUNT, seed) == COUNT
    await connector.aclose()


@pytest.mark.postgresql
@pytest.mark.parametrize("types", ["text, text, bigint, text", "varchar(9), text, int, varchar(20)"])
async def test_postgresql_conforms(
    new_postgresql_database: Callable[[], str], statements: Any, types: str
) -> None:
    url = new_postgresql_database()
    database = await asyncpg.connect(url)
    columns = zip(("id", "姓名", '"count%of"', '"select"'), types.split(", "), strict=True)
    await database.execute(f'CREATE TABLE "t 人%" ({", ".join(" ".join(column) for column in columns)})')
    await database.executemany('INSERT INTO "t 人%" VALUES ($1, $2, $3, $4)', ROWS)
    await database.close()
    connector = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    assert await prove(connector, Truth(ENTITY, ROWS, keys=KEYS), COUNT) == COUNT
    await connector.aclose()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
async def test_files_conform(tmp_path: Path, statements: Any, encoding: str) -> None:
    rows = without_empty(ROWS)
    with (tmp_path / "t.csv").open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([[column.name for column in ENTITY.columns], *rows])
    settings = {
        "entities": {
            "t 人%": {
                "path": str(tmp_path / "t.csv"),
                "encoding": encoding,
                "columns": {"count%of": "integer"},
            }
        }
    }
    connector = await open_connector("files", settings, statements.surroundings(), {})
    assert await prove(connector, Truth(ENTITY, rows, keys=KEYS), COUNT) == COUNT
    await connector.aclose()


async def test_memory_conforms_with_any_capabilities() -> None:
    for left_out in (None, *Capability):
        capabilities = MemoryConnector([]).capabilities - {left_out}
        connector = MemoryConnector([MemoryTable(ENTITY, ROWS)], capabilities)
        assert await prove(connector, Truth(ENTITY, ROWS, keys=KEYS), 20) == 20


async def test_a_connector_that_forgets_a_row_does_not_conform() -> None:
    connector = MemoryConnector([MemoryTable(ENTITY, ROWS[:-1])])
    with pytest.raises(NotConformingError):
        await prove(connector, Truth(ENTITY, ROWS, keys=KEYS), 100)


class Careless(MemoryConnector):
    """Sums up rows whatever the condition says."""

    def prepare(self, read: Read) -> PreparedRead:
        return super().prepare(replace(read, predicate=None) if read.grouping else read)


async def test_a_connector_that_sums_up_other_rows_does_not_conform() -> None:
    with pytest.raises(NotConformingError) as refused:
        await prove(Careless([MemoryTable(ENTITY, ROWS)]), Truth(ENTITY, ROWS, keys=KEYS), 100)
    assert "Grouping" in refused.value.where


async def test_a_connector_without_a_column_does_not_conform() -> None:
    narrow = Entity(ENTITY.name, ENTITY.columns[:2], ENTITY.key)
    with pytest.raises(NotConformingError):
        await prove(MemoryConnector([MemoryTable(narrow, [])]), Truth(ENTITY, ROWS), 1)
