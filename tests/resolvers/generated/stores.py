"""The rows of a city in real stores: each department in a source of its kind."""

import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import asyncpg

from auth.principal import Principal
from connectors.memory import EVERYTHING, MemoryConnector, MemoryTable
from connectors.model import Capability, ColumnType, Entity, EntityColumn, Surroundings
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.egress import Egress, networks
from govgraph.file_access import FileAccess
from resolvers.documents.limits import Limits
from schema.catalog import Resource
from tests.connectors.odd_rest import QuietServer
from tests.resolvers.generated.cities import City, Row
from tests.resolvers.world import PATIENCE, Open, World, make

STORED: Mapping[str, str] = {
    "Int": "bigint", "Long": "bigint", "Decimal": "numeric", "Boolean": "boolean", "Date": "date",
    "DateTime": "timestamp",
}  # fmt: skip
DECLARED = {
    "Int": "integer", "Long": "integer", "Decimal": "decimal", "Boolean": "boolean", "Date": "date",
    "DateTime": "datetime",
}  # fmt: skip
READ: Mapping[str, Callable[[str], Any]] = {
    "bigint": int, "numeric": Decimal, "boolean": lambda text: text == "true",
    "date": date.fromisoformat, "timestamp": datetime.fromisoformat, "text": str,
}  # fmt: skip
LIMITS = Limits(tokens=100_000, fields=10_000, coordinates=10_000, equal_names=1_000, pairs=100_000)
"""Limits have tests of their own."""
PARTLY = frozenset({Capability.LOOKUP, Capability.COMPUTE, Capability.FILTER})
CAPABLE = {"memory": EVERYTHING, "partly": PARTLY, "lookup": frozenset({Capability.LOOKUP})}


class OwnInterface(BaseHTTPRequestHandler):
    """A department's own REST interface: `GET /entity` lists rows, `POST /entity` answers a batch of keys."""

    tables: Mapping[str, tuple[str, Sequence[Row]]] = {}
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer(self.tables[self.path.strip("/")][1])

    def do_POST(self) -> None:
        key, rows = self.tables[self.path.strip("/")]
        asked = set(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.answer([row for row in rows if row[key] in asked])

    def answer(self, rows: Sequence[Row]) -> None:
        body = json.dumps(rows).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def interfaces() -> Iterator[str]:
    """Yield the address of the departments' interfaces; `OwnInterface.tables` is what they hold."""
    server = QuietServer(("127.0.0.1", 0), OwnInterface)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Verifier:
    """Takes every token for the one caller of a city."""

    def __init__(self, principal: Principal) -> None:
        self.known = principal

    async def principal(self, _authorization_header: str) -> Principal:
        return self.known


class Stores:
    """Opens cities: in a folder, in a PostgreSQL database, and behind the address of REST interfaces."""

    def __init__(self, folder: Path, database: str, address: str) -> None:
        self.folder = folder
        self.database = database
        self.address = address
        self.count = 0
        self.telling: asyncpg.Connection | None = None

    @asynccontextmanager
    async def opened(self, city: City) -> AsyncIterator[World]:
        """Yield the world of a city."""
        statements: list[tuple[str, str]] = []
        connectors: dict[str, Connector] = {}
        try:
            if {"postgresql", "pushdown"} & {*city.kinds.values()}:
                await self.tell("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            for department in city.kinds:
                connectors[department] = await self.source(city, department)
            world = make(Open(city.catalog, city.grants, connectors, statements))
            world.with_rooms(verifier=Verifier(city.principal), smallest_group=city.smallest, limits=LIMITS)
            world.with_rooms(deadline=PATIENCE)
            yield world
        finally:
            for connector in connectors.values():
                await connector.aclose()
            if self.telling is not None:
                await self.telling.close()
                self.telling = None

    async def source(self, city: City, department: str) -> Connector:
        """Return the described connector of one department."""
        kind = city.kinds[department]
        held = [one for one in city.catalog.resources.values() if one.department == department]
        if kind in CAPABLE or not held:
            tables = [
                MemoryTable(entity(one), [list(row.values()) for row in city.rows[one.name]]) for one in held
            ]
            return MemoryConnector(tables, CAPABLE.get(kind, EVERYTHING))
        self.count += 1
        folder = self.folder / f"{department}{self.count}"
        folder.mkdir()
        settings = await self.settings(kind, city, held, folder)
        settings["timeout" if kind == "rest" else "statementTimeout"] = PATIENCE
        files, egress = FileAccess(department, allowed=(folder,)), Egress(networks("127.0.0.0/8"))
        around = Surroundings(department, lambda _: "", egress=egress, files=files)
        connector = await open_connector(kind if kind in ("files", "rest") else "sql", settings, around, {})
        await connector.describe()
        return connector

    async def settings(self, kind: str, city: City, held: Sequence[Resource], folder: Path) -> dict[str, Any]:
        """Return the settings of a source, once it holds the rows of its resources."""
        match kind:
            case "sqlite":
                return {"url": f"sqlite:///{in_sqlite(city, held, folder / 'rows.db')}"}
            case "postgresql" | "pushdown":
                for one in held:
                    await self.in_postgresql(city, one)
                return {"url": self.database, "shape": "pushdown" if kind == "pushdown" else "rows"}
            case "rest":
                return {"url": self.address, "entities": {one.entity: served(city, one) for one in held}}
        return {"entities": {one.entity: delivered(city, one, folder) for one in held}}

    async def in_postgresql(self, city: City, one: Resource) -> None:
        """Write the table of a resource into PostgreSQL."""
        types = columns(city, one)
        declared = ", ".join(f'"{name}" {type_}' for name, type_ in types.items())
        rows = [tuple(read(row[name], type_) for name, type_ in types.items()) for row in city.rows[one.name]]
        await self.tell(f'CREATE TABLE "{one.entity}" ({declared})', (one.entity, rows))

    async def tell(self, statement: str, filled: tuple[str, Sequence[Any]] | None = None) -> None:
        """Run a statement in PostgreSQL, over one connection for each city, and fill a table with rows."""
        if self.telling is None:
            self.telling = await asyncpg.connect(self.database)
        await self.telling.execute(statement)
        if filled is not None:
            await self.telling.copy_records_to_table(filled[0], records=filled[1])


def entity(one: Resource) -> Entity:
    """Return the entity of a resource, every column a text."""
    names = [field.column for field in one.fields.values()]
    return Entity(one.entity, tuple(EntityColumn(name, ColumnType.TEXT) for name in names))


def columns(city: City, one: Resource) -> Mapping[str, str]:
    """Return the columns of a resource with the types that a database gives them."""
    return {
        name: STORED[field.type] if f"{one.name}.{name}" in city.native else "text"
        for name, field in one.fields.items()
    }


def read(cell: str | None, type_: str) -> Any:
    """Return a cell as a column of a type takes it."""
    return None if cell is None else READ[type_](cell)


def in_sqlite(city: City, held: Sequence[Resource], path: Path) -> Path:
    """Write tables into a SQLite file, and return its path."""
    with closing(sqlite3.connect(path)) as database, database:
        for one in held:
            types = columns(city, one)
            declared = ", ".join(f'"{name}" {type_}' for name, type_ in types.items())
            database.execute(f'CREATE TABLE "{one.entity}" ({declared})')
            marks = ", ".join("?" for _ in types)
            rows = [
                [simply(read(row[name], type_)) for name, type_ in types.items()]
                for row in city.rows[one.name]
            ]
            database.executemany(f'INSERT INTO "{one.entity}" VALUES ({marks})', rows)
    return path


def simply(value: Any) -> Any:
    """Return a value as SQLite stores it."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if isinstance(value, date) else value


def delivered(city: City, one: Resource, folder: Path) -> dict[str, Any]:
    """Write a file of JSON lines, of no rows a heading alone, and return its settings."""
    rows = city.rows[one.name]
    lines = [json.dumps(row, ensure_ascii=False) for row in rows] or [",".join(one.fields)]
    path = folder / f"{one.entity}.{'jsonl' if rows else 'csv'}"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    types = {
        name: DECLARED[field.type]
        for name, field in one.fields.items()
        if f"{one.name}.{name}" in city.native
    }
    return {"path": str(path), "format": path.suffix[1:], "columns": types}


def served(city: City, one: Resource) -> dict[str, Any]:
    """Have the interface hold a resource's rows, and return its settings."""
    links = [link for other in city.catalog.resources.values() for link in other.links.values()]
    theirs = [link.by[0][1] for link in links if link.target == one.name]
    key = [*theirs, *one.key][0]
    path = f"/{one.entity}"
    OwnInterface.tables = {**OwnInterface.tables, one.entity: (key, city.rows[one.name])}
    return {
        "columns": dict.fromkeys(one.fields, "text"),
        "key": list(one.key),
        "list": {"path": path},
        "lookup": {"path": path, "key": key},
    }
