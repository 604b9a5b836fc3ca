# ruff: noqa: E501 - the lines of a manifest are as long as its clerk writes them
"""A market of stalls and their goods behind the pipeline, its rows as a test likes them."""

import json
import random
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from auth.grants import FieldGrant, Grant
from auth.masking.rule import MaskRule
from auth.rights import Right
from connectors.memory import MemoryConnector, MemoryTable
from connectors.model import Capability, ColumnType, Entity, EntityColumn, Surroundings
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.egress import Egress, networks
from govgraph.file_access import FileAccess
from resolvers.question import Answer
from schema.assemble import check_manifests
from schema.catalog import Catalog
from tests.resolvers.world import Open, World, make

DAYS = (date(2026, 1, 1), date(2026, 12, 31))
SHOPPER = ("shopper", "SHOPPING")
MANIFEST = """\
manifest: 1
department: {key: market, code: 11330799T00001012K, title: 市场}
source: {kind: sql, url: "sqlite:///market.db"}
resources:
  Stall:
    table: stall
    title: 摊位
    class: {lei: 1, xiang: 01, mu: 001}
    summary: 市场的摊位
    share: {type: UNCONDITIONAL}
    open: OPEN
    cycle: REALTIME
    key: [id]
    fields:
      id: {column: id, title: 编号, level: L1, rights: [read, match, range, sort, aggregate, join]}
      hall: {column: hall, title: 大厅, level: L1}
      size: {column: size, title: 面积, type: Int, level: L1}
      rent: {column: rent, title: 租金, type: Decimal, level: L1}
      since: {column: since, title: 开业日期, type: Date, level: L1}
    links:
      workers: {to: market.Worker, one: false, by: {id: stallId}}
  Worker:
    table: worker
    title: 从业人员
    class: {lei: 1, xiang: 01, mu: 002}
    summary: 摊位的从业人员
    share: {type: UNCONDITIONAL}
    open: NOT_OPEN
    cycle: REALTIME
    key: [number]
    subject: person
    fields:
      number: {column: number, title: 编号, level: L1, rights: [read, match, range, sort, aggregate, join]}
      person: {column: person, title: 人员, level: L3, rights: [read, match, aggregate], alternatives: [RD, CLEAR]}
      stallId: {column: stall_id, title: 摊位, level: L1, rights: [read, match, aggregate, join]}
      trade: {column: trade, title: 行业, level: L1}
      wage: {column: wage, title: 工资, type: Int, level: L3, rights: [read, range, aggregate], mask: NU, alternatives: [CLEAR]}
"""
STALL = ("id", "hall", "size", "rent", "since")
WORKER = ("number", "person", "stall_id", "trade", "wage")
TYPES = {
    "size": ColumnType.INTEGER,
    "rent": ColumnType.DECIMAL,
    "since": ColumnType.DATE,
    "wage": ColumnType.INTEGER,
}
COLUMNS = {
    "stall": "id text NOT NULL, hall text, size bigint, rent numeric(12, 2), since date",
    "worker": "number text NOT NULL, person text, stall_id text, trade text, wage bigint",
}

PAGE = """query($first: Int, $after: String, $last: Int, $before: String, $order: [StallOrder!]) {
  stalls(first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
    edges { cursor node { id } } nodes { id }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""
ALL = frozenset(Right)
GRANTED: Mapping[str, Mapping[str, FieldGrant]] = {
    "Stall": {name: FieldGrant(ALL) for name in ("id", "hall", "size", "rent", "since")},
    "Worker": {
        **{name: FieldGrant(ALL) for name in ("number", "stallId", "trade")},
        "person": FieldGrant(ALL, MaskRule("CLEAR")),
        "wage": FieldGrant(ALL, MaskRule("CLEAR")),
    },
}


@dataclass(slots=True)
class Market:
    """A market that can be asked; `rows` are by entity, in the order of its columns."""

    rows: Mapping[str, Sequence[Sequence[Any]]]
    grants: dict[str, Mapping[str, FieldGrant]] = field(default_factory=lambda: dict(GRANTED))
    made: Catalog | None = None

    def catalog(self, folder: Path) -> Catalog:
        """Return the catalog of the market."""
        if self.made is not None:
            return self.made
        path = folder / "market.yaml"
        path.write_text(MANIFEST, encoding="utf-8")
        return check_manifests([path])

    def world(self, folder: Path, connector: Connector) -> World:
        """Return the world of the market, its rows behind a connector."""
        catalog = self.catalog(folder)
        grants = [
            Grant(f"G-{name}", *SHOPPER, name, fields, *DAYS, bulk=True, department="market")
            for name, fields in self.grants.items()
        ]
        return make(Open(catalog, grants, {"market": connector}, []))

    def memory(self, capabilities: frozenset[Capability] | None = None) -> MemoryConnector:
        """Return the rows in memory."""
        tables = [
            MemoryTable(entity(name), [list(row) for row in self.rows.get(name, ())]) for name in COLUMNS
        ]
        return MemoryConnector(tables, capabilities) if capabilities else MemoryConnector(tables)


def entity(name: str) -> Entity:
    """Return the entity of a table of the market."""
    names = STALL if name == "stall" else WORKER
    return Entity(name, tuple(EntityColumn(one, TYPES.get(one, ColumnType.TEXT)) for one in names))


@asynccontextmanager
async def opened_at(url: str, folder: Path) -> AsyncIterator[Connector]:
    """Yield the connector of a database; a file lies in the folder."""
    files = FileAccess("market", allowed=(folder,))
    around = Surroundings("market", lambda _: "", egress=Egress(networks("127.0.0.0/8")), files=files)
    connector = await open_connector("sql", {"url": url}, around, {})
    await connector.describe()
    yield connector
    await connector.aclose()


@asynccontextmanager
async def delivered(folder: Path, rows: Sequence[Sequence[Any]]) -> AsyncIterator[Connector]:
    """Yield the stalls as a file of JSON lines that a department delivered."""
    path = folder / "stall.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            cells = {name: cell for name, cell in zip(STALL, row, strict=True) if cell is not None}
            file.write(json.dumps(cells, ensure_ascii=False, default=str) + "\n")
    around = Surroundings("market", lambda _: "", files=FileAccess("market", allowed=(folder,)))
    types = {name: str(TYPES.get(name, ColumnType.TEXT)) for name in STALL}
    settings = {"entities": {"stall": {"path": str(path), "format": "jsonl", "columns": types}}}
    connector = await open_connector("files", settings, around, {})
    await connector.describe()
    yield connector
    await connector.aclose()


def fill_sqlite(path: Path, rows: Mapping[str, Sequence[Sequence[Any]]]) -> str:
    """Write the market's tables into a SQLite file, and return its address."""
    with closing(sqlite3.connect(path)) as database:
        for name, columns in COLUMNS.items():
            database.execute(f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({columns.split()[0]}))")
            for row in rows.get(name, ()):
                marks = ", ".join("?" * len(row))
                given = [value if value is None or isinstance(value, int) else str(value) for value in row]
                database.execute(f"INSERT INTO {name} VALUES ({marks})", given)
        database.commit()
    return f"sqlite:///{path}"


async def fill_postgresql(url: str, rows: Mapping[str, Sequence[Sequence[Any]]]) -> str:
    """Write the market's tables into a PostgreSQL database, and return its address."""
    database = await asyncpg.connect(url)
    for name, columns in COLUMNS.items():
        await database.execute(f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({columns.split()[0]}))")
        await database.copy_records_to_table(name, records=[tuple(row) for row in rows.get(name, ())])
    await database.close()
    return url


def data(answer: Answer) -> Any:
    """Return the data of an answer without errors."""
    assert answer.errors == (), answer.errors
    assert answer.data is not None
    return orjson.loads(answer.data)


def stalls(count: int, seed: int) -> list[list[Any]]:
    chosen = random.Random(seed)
    return [
        [
            f"{number:06d}" if chosen.random() < 0.5 else f"é{number}",
            chosen.choice([None, "A", "a", "B", "é", "\U0001f600", "\uffee", ""]),
            chosen.choice([None, 1, 2, 10, -3]),
            chosen.choice([None, Decimal("1.50"), Decimal("1.5"), Decimal("-0.25"), Decimal(1000)]),
            chosen.choice([None, date(2020, 1, 31), date(2020, 2, 1)]),
        ]
        for number in range(count)
    ]
