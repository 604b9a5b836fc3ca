"""A city of three tables with dirt in every column, each table in a store of its own kind."""

import json
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from datetime import date
from pathlib import Path
from typing import Any

from auth.grants import FieldGrant, Grant
from auth.rights import Level, Right
from connectors.memory import MemoryConnector, MemoryTable
from connectors.model import ColumnType, Entity, EntityColumn, Surroundings
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.file_access import FileAccess
from schema.catalog import Catalog, CatalogField, Code, Cycle, Department, Link, Open, Resource, Share
from tests.resolvers.world import PATIENCE, World, make
from tests.resolvers.world import Open as OpenCity

WHO = ("app", "STUDY")
CODES = (Code("1", "OPEN", "开业"), Code("2", "SHUT", "歇业"))
ONE, TWO, THREE = "330799199003071013", "33079919910522106X", "330799201809011044"
IDS = [ONE, TWO, THREE, f"{ONE} ", "33079919910522106x", "３３０７９９２０１８０９０１１０４４", "none", None]
TEXTS = ["a", "b", "B", "ab", "", " a", "%", "华", "𠮷", None]
DAYS = [
    "2024-02-29",
    "20240301",
    "2023-02-29",
    "2024/03/01",
    " 2024-03-02 ",
    "2024-3-1",
    "x",
    "0000-01-01",
    None,
]
NUMBERS = ["1", "-2", "10", "007", "1.5", "", "x", None]
AMOUNTS = ["1", "1.50", "-2.5", "x", "", None]
STATES = ["1", "2", "9", "", None]
TABLES: Mapping[str, Mapping[str, tuple[str, list[str | None]]]] = {
    "Firm": {
        "code": ("Text", []), "name": ("Text", TEXTS), "size": ("Int", NUMBERS),
        "day": ("Date", DAYS), "state": ("Enum", STATES), "ownerId": ("IdNumber", IDS),
    },
    "Person": {
        "number": ("Text", []), "idNo": ("IdNumber", IDS), "name": ("Text", TEXTS), "born": ("Date", DAYS),
    },
    "Permit": {
        "number": ("Text", []), "firmCode": ("Text", ["f0", "f1", "f2", "f3", "f99", "", None]),
        "state": ("Enum", STATES), "until": ("Date", DAYS), "amount": ("Decimal", AMOUNTS),
    },
}  # fmt: skip
LINKS = {
    "Firm": (
        Link("owner", "Person", True, (("ownerId", "idNo"),)),
        Link("permits", "Permit", False, (("code", "firmCode"),)),
        Link("openPermits", "Permit", False, (("code", "firmCode"),), target_when=(("state", "OPEN"),)),
    ),
    "Person": (
        Link("firms", "Firm", False, (("idNo", "ownerId"),)),
        Link("twins", "Person", False, (("idNo", "idNo"), ("name", "name"))),
    ),
    "Permit": (Link("firm", "Firm", True, (("firmCode", "code"),), when=(("state", "OPEN"),)),),
}
Rows = dict[str, list[dict[str, str | None]]]


def rows(count: int) -> Rows:
    """Return rows whose columns go round through their values at different paces."""
    made: Rows = {}
    for table, columns in TABLES.items():
        key = f"{table[0].lower()}"
        made[table] = [
            {
                name: values[(number * (place + 2) + number // 3) % len(values)]
                if values
                else f"{key}{number}"
                for place, (name, (_, values)) in enumerate(columns.items())
            }
            for number in range(count)
        ]
    return made


def catalog() -> Catalog:
    """Return the catalog: one department for each table."""
    resources = {}
    for table, columns in TABLES.items():
        fields = {
            name: CatalogField(
                name, name, name, kind, Level.L1, frozenset(Right), codes=CODES if kind == "Enum" else (),
                variants=("TRAILING_BLANKS", "LOWER_X") if kind == "IdNumber" else (),
            )
            for name, (kind, _) in columns.items()
        }  # fmt: skip
        resources[table] = Resource(
            table, table.lower(), table, table, "", "", Share.CONDITIONAL, Open.NOT_OPEN, Cycle.DAILY,
            (next(iter(fields)),), fields, {link.name: link for link in LINKS[table]},
        )  # fmt: skip
    departments = {table.lower(): Department(table.lower(), "", table) for table in TABLES}
    return Catalog(1, departments, {}, resources)


def grants(**more: Any) -> list[Grant]:
    """Return grants of everything."""
    days = (date(2026, 1, 1), date(2026, 12, 31))
    return [
        Grant(
            f"G-{table}",
            *WHO,
            table,
            {name: FieldGrant(frozenset(Right)) for name in columns},
            *days,
            **{"bulk": True, "department": table.lower(), **more},
        )
        for table, columns in TABLES.items()
    ]


@asynccontextmanager
async def small_world(folder: Path, kinds: Mapping[str, str], given: Rows) -> AsyncIterator[World]:
    """Open the city with each table in a store of a kind: `memory`, `sql` or `files`."""
    statements: list[tuple[str, str]] = []
    connectors: dict[str, Connector] = {}
    for table, kind in kinds.items():
        connectors[table.lower()] = await opened(folder, (table, kind), given[table], statements)
    world = make(OpenCity(catalog(), grants(), connectors, statements))
    world.with_rooms(deadline=PATIENCE)
    yield world
    for connector in connectors.values():
        await connector.aclose()


async def opened(
    folder: Path, store: tuple[str, str], given: list[dict[str, str | None]], statements: list[Any]
) -> Connector:
    """Return one table's connector, described."""
    table, kind = store
    source = table.lower()
    columns = tuple(TABLES[table])
    around = Surroundings(
        source,
        lambda _: "",
        lambda text: statements.append((source, text)),
        files=FileAccess(allowed=(folder,)),
    )
    if kind == "memory":
        entity = Entity(table, tuple(EntityColumn(name, ColumnType.TEXT) for name in columns), columns[:1])
        connector: Connector = MemoryConnector(
            [MemoryTable(entity, [list(row.values()) for row in given])], observe=around.observe
        )
    elif kind == "sql":
        path = folder / f"{table}.db"
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(f"CREATE TABLE {table} ({', '.join(f'{name} TEXT' for name in columns)})")
            marks = ", ".join("?" for _ in columns)
            database.executemany(
                f"INSERT INTO {table} VALUES ({marks})", [list(row.values()) for row in given]
            )
        connector = await open_connector(
            "sql", {"url": f"sqlite:///{path}", "statementTimeout": PATIENCE}, around, {}
        )
    else:
        path = folder / f"{table}.jsonl"
        path.write_text("".join(json.dumps(row) + "\n" for row in given), encoding="utf-8")
        settings = {"entities": {table: {"path": str(path), "format": "jsonl", "key": list(columns[:1])}}}
        connector = await open_connector("files", {**settings, "statementTimeout": PATIENCE}, around, {})
    await connector.describe()
    return connector
