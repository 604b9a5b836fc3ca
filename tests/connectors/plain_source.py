"""Sources of Oracle and SQL Server on drivers of the tests, and what their catalogues tell."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from ipaddress import ip_address
from typing import Any

import pytest

from connectors.model import Keys, Output, Read
from connectors.registry import open_connector
from connectors.sql import mssql_catalog, oracle_catalog
from govgraph.egress import Address, Egress, networks
from govgraph.expressions.terms import Column
from tests.servers.plain_drivers import Engine, oracledb, pytds

BOTH = pytest.mark.parametrize("dialect", ["oracle", "mssql"])
SCHEMA = "RK"
LOCAL = networks("127.0.0.0/8")
SECRET = "330799199003071013"
CATALOGUES = {"oracle": oracle_catalog, "mssql": mssql_catalog}
NUMBERS = {"oracle": ("number", 18, 0), "mssql": ("bigint", 19, 0)}
NAME = Output("xm", Column("xm"))
PEOPLE = Read("people", (NAME,))
BY_KEY = Read("people", (NAME,), keys=Keys((Column("sfzh"),), "keys"))


def column(table: str, name: str, *, of: tuple[Any, ...] = ("varchar2", None, None), key: Any = None) -> Any:
    return (table, name, *of, 1, f"注 {name}", f"表 {table}", key)


def told(dialect: str, rows: Sequence[Any], references: Sequence[Any] = ()) -> dict[str, Sequence[Any]]:
    catalogue: Any = CATALOGUES[dialect]
    if dialect == "mssql":
        rows = [(*row[:2], row[2].replace("varchar2", "varchar"), *row[3:]) for row in rows]
    return {catalogue.COLUMNS.strip(): rows, catalogue.REFERENCES.strip(): references}


async def here(host: str, port: int) -> tuple[Address, ...]:
    """Say that every host is this machine."""
    del host, port
    return (ip_address("127.0.0.1"),)


@asynccontextmanager
async def sources(statements: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """Return what opens a source of a dialect on an engine that holds `people`; a listener only listens."""
    async with AsyncExitStack() as kept:
        listener = await asyncio.start_server(lambda _reader, writer: held.append(writer), "127.0.0.1", 0)
        held: list[asyncio.StreamWriter] = []
        kept.push_async_callback(listener.wait_closed)
        kept.callback(lambda: [writer.close() for writer in held])
        kept.callback(listener.close)
        port = listener.sockets[0].getsockname()[1]

        async def open_on(dialect: str, **settings: object) -> tuple[Any, Engine]:
            engine = Engine(sqlite3.connect(":memory:", check_same_thread=False))
            kept.callback(engine.database.close)
            engine.database.execute(f"ATTACH ':memory:' AS {SCHEMA}")
            engine.database.execute(f"CREATE TABLE {SCHEMA}.people (sfzh TEXT COLLATE NOCASE, xm TEXT)")
            engine.told = told(dialect, [column("people", "sfzh", key=1), column("people", "xm")])
            monkeypatch.setitem(sys.modules, "oracledb", oracledb(engine))
            monkeypatch.setitem(sys.modules, "pytds", pytds(engine))
            url = f"{dialect}://reader@127.0.0.1:{port}/memory"
            given = {"url": url, "schema": SCHEMA, "tls": "off", "secret": "x/main", **settings}
            around = replace(statements.surroundings("sealed"), egress=Egress(LOCAL, resolve=here))
            connector = await open_connector("sql", given, around, {})
            kept.push_async_callback(connector.aclose)
            return connector, engine

        yield open_on


def fill(engine: Engine, *rows: Sequence[Any]) -> None:
    engine.database.executemany(f"INSERT INTO {SCHEMA}.people VALUES (?, ?)", rows)
