"""The library's register of readers on a real store of each kind, and how the library changes it."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import asyncpg

from tests.server.registering import DEPARTMENT, write_register
from tests.servers import mariadb

FILE = "${DEPARTMENT_FOLDER}/readers.db"
TABLE = "create table t_dz (sfzh varchar(18), xm varchar(20), dzzh varchar(20) primary key, bzrq varchar(10))"
ROW = "insert into t_dz values ('330799199003071013', '陈志远', 'L-0001', '2021-03-04')"
Change = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Register:
    """The department's own store: its address in a manifest, and how it changes it."""

    url: str
    change: Change


def on_sqlite(home: Path) -> Register:
    """Return the register in a file of the department's folder in this home."""
    file = write_register(home / "sources" / DEPARTMENT)

    async def change(statement: str) -> None:
        file.chmod(0o644)
        with closing(sqlite3.connect(file, timeout=30)) as store, store:
            store.execute(statement)

    return Register(f"sqlite:///{FILE}", change)


async def on_postgresql(url: str) -> Register:
    """Return the register in an empty database of a PostgreSQL."""

    async def change(statement: str) -> None:
        owner = await asyncpg.connect(url)
        await owner.execute(statement)
        await owner.close()

    await change(TABLE)
    await change(ROW)
    return Register(url.replace(":@", "@"), change)  # an empty password is one, which belongs elsewhere


async def on_mariadb(url: str, address: Mapping[str, Any]) -> Register:
    """Return the register in an empty database of a MariaDB."""
    named = {**address, "database": urlsplit(url).path[1:]}

    async def change(statement: str) -> None:
        await anyio.to_thread.run_sync(mariadb.tell, named, statement)

    await change(TABLE)
    await change(ROW)
    return Register(url, change)
