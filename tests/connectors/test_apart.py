"""Conditions and orders with long expressions: written once, and the same rows as the plain meaning."""

import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from auth.masking.rule import VALUE
from connectors.memory import MemoryConnector, MemoryTable
from connectors.model import (
    ColumnType,
    Entity,
    EntityColumn,
    Grouping,
    Keys,
    Measure,
    Measured,
    Order,
    Output,
    Read,
)
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.expressions.terms import And, Bind, Column, Compare, Comparison, Constant, Expression, Not, Or
from govgraph.expressions.walk import substitute
from schema.types import SEMANTIC_TYPES

pytestmark = pytest.mark.anyio

CELLS = [
    "2024-02-29", "2023-02-29", "20240301", "2024/03/01", " 2024-03-02 ", "2024-3-1", "2024-13-01", "x", "",
    "2024-03-01T08:30:00", "2024-03-01 08:30", "2024-03-01T08:30:00.5+08:00", "2024年03月01日", "0000-01-01",
    None,
]  # fmt: skip
ROWS = [[f"k{number % 4}", cell, f"{number:02}"] for number, cell in enumerate(CELLS)]
COLUMNS = ("key", "day", "number")
MOMENT = substitute(SEMANTIC_TYPES["DateTime"].normal, {VALUE: Column("day")})
DAY = substitute(SEMANTIC_TYPES["Date"].normal, {VALUE: Column("day")})
NUMBER = Output("number", Column("number"))
BY_NUMBER = Order(Column("number"))


def between(value: Expression) -> Expression:
    low = Compare(Comparison.GREATER_OR_EQUAL, value, Bind("low"))
    return And(
        (
            low,
            Or(
                (
                    Not(Compare(Comparison.GREATER, value, Bind("high"))),
                    Compare(Comparison.EQUAL, value, low_text()),
                )
            ),
        )
    )


def low_text() -> Expression:
    return Constant("2024-03-02")


PLAIN = Read("cells", (NUMBER,), predicate=between(DAY), order=(BY_NUMBER,))
READS = {
    "condition": PLAIN,
    "moment": replace(PLAIN, predicate=Not(between(MOMENT))),
    "order": replace(
        PLAIN, predicate=None, order=(Order(DAY, descending=True), BY_NUMBER), limit=Constant(9)
    ),
    "keys": replace(PLAIN, keys=Keys((Column("key"),), "keys"), per_key=Constant(1)),
    "derived": replace(
        PLAIN, derived=(Output("made", MOMENT),), outputs=(NUMBER, Output("m", Column("made")))
    ),
    "groups": Read(
        "cells", (), predicate=between(DAY), grouping=Grouping((DAY,), (Measured(Measure.COUNT),))
    ),
}
BINDS = {"low": "2024-02-29", "high": "2024-03-01", "keys": [("k0",), ("k2",), ("k3",)]}


async def sqlite_url(folder: Path) -> str:
    path = folder / "cells.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE cells (key TEXT, day TEXT, number TEXT)")
        database.execute("CREATE INDEX by_key ON cells (key)")
        database.executemany("INSERT INTO cells VALUES (?, ?, ?)", ROWS)
    return f"sqlite:///{path}"


async def postgresql_url(url: str) -> str:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE cells (key text, day text, number text)")
    await connection.copy_records_to_table("cells", records=[tuple(row) for row in ROWS])
    await connection.close()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def connector(
    request: pytest.FixtureRequest, tmp_path: Path, statements: Any
) -> AsyncIterator[Connector]:
    make: Callable[[], str] | None = None
    if request.param == "postgresql":
        make = request.getfixturevalue("new_postgresql_database")
    url = await postgresql_url(make()) if make else await sqlite_url(tmp_path)
    opened = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    await opened.describe()
    yield opened
    await opened.aclose()


@pytest.mark.parametrize("name", list(READS))
async def test_rows_are_those_of_the_plain_meaning(connector: Connector, name: str) -> None:
    entity = Entity("cells", tuple(EntityColumn(one, ColumnType.TEXT) for one in COLUMNS))
    plain = MemoryConnector([MemoryTable(entity, ROWS)], connector.capabilities)
    rows, meant = [await one.prepare(READS[name]).rows(BINDS) for one in (connector, plain)]
    assert list(map(list, sorted(rows))) == list(map(list, sorted(meant)))
    assert meant
    if name in ("order", "condition"):
        assert list(map(list, rows)) == list(map(list, meant))


async def test_long_expression_is_written_once_however_often_it_is_used(
    connector: Connector, statements: Any
) -> None:
    once = replace(PLAIN, predicate=Compare(Comparison.LESS, DAY, Bind("low")))
    for read in (once, replace(PLAIN, order=(Order(DAY),))):
        await connector.prepare(read).rows(BINDS)
    assert len(statements.texts[-1]) < len(statements.texts[-2]) + 400


async def test_condition_on_a_moment_may_stand_deep_within_others(connector: Connector) -> None:
    deep = between(MOMENT)
    for level in range(12):
        deep = (
            Not(deep) if level % 2 else Or((Compare(Comparison.EQUAL, Column("key"), Constant("no")), deep))
        )
    assert await connector.prepare(replace(PLAIN, predicate=deep)).rows(BINDS) is not None


async def test_keys_still_find_their_index(tmp_path: Path, statements: Any) -> None:
    connector = await open_connector(
        "sql", {"url": await sqlite_url(tmp_path)}, statements.surroundings(), {}
    )
    await connector.describe()
    read = connector.prepare(READS["keys"])
    await read.rows(BINDS)
    with closing(sqlite3.connect(tmp_path / "cells.db")) as database:
        values = [None] * 99
        count = max(number for number in range(1, 99) if f"?{number}" in statements.texts[-1])
        steps = database.execute(f"EXPLAIN QUERY PLAN {statements.texts[-1]}", values[:count]).fetchall()
    assert any("USING INDEX by_key" in step[3] for step in steps)
    await connector.aclose()


async def test_an_order_by_a_long_value_computes_it_once_a_row(tmp_path: Path, statements: Any) -> None:
    connector = await open_connector(
        "sql", {"url": await sqlite_url(tmp_path)}, statements.surroundings(), {}
    )
    await connector.describe()
    both = And((Compare(Comparison.EQUAL, Column("key"), Constant("k0")), between(DAY)))
    await connector.prepare(replace(PLAIN, predicate=both, order=(Order(DAY), BY_NUMBER))).rows(BINDS)
    with closing(sqlite3.connect(tmp_path / "cells.db")) as database:
        count = max(number for number in range(1, 99) if f"?{number}" in statements.texts[-1])
        plan = f"EXPLAIN QUERY PLAN {statements.texts[-1]}"
        steps = [step[3] for step in database.execute(plan, [None] * count)]
    assert any(step.startswith("CO-ROUTINE") for step in steps)
    assert any("USING INDEX by_key" in step for step in steps)
    await connector.aclose()
