"""A source tells what the account of the platform may change in it."""

import sqlite3
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from connectors.registry import open_connector
from connectors.sql.writing_rights import Writable
from tests.servers import mariadb

pytestmark = pytest.mark.anyio


async def writable(url: str, statements: Any, **settings: object) -> tuple[str, ...]:
    """Return the places that the account in an address may change."""
    connector = await open_connector("sql", {"url": url, **settings}, statements.surroundings(), {})
    try:
        assert isinstance(connector, Writable)
        return await connector.writable()
    finally:
        await connector.aclose()


def as_role(url: str, role: str) -> str:
    """Return an address with another account in it."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}@{host}"))


@pytest.fixture
async def register(new_postgresql_database: Callable[[], str]) -> AsyncIterator[tuple[str, Any, str]]:
    """A PostgreSQL database with a table, its owner's connection, and a role that may read the table."""
    url, role = new_postgresql_database(), f"reader_{uuid.uuid4().hex}"
    owner = await asyncpg.connect(url)
    await owner.execute(f'CREATE TABLE t_rk (sfzh text, xm text); CREATE ROLE "{role}" LOGIN')
    await owner.execute(f'GRANT SELECT ON t_rk TO "{role}"')
    yield url, owner, role
    await owner.execute(f'DROP OWNED BY "{role}"; DROP ROLE "{role}"')
    await owner.close()


@pytest.mark.postgresql
async def test_postgresql_tells_the_tables_an_account_may_write_to(
    register: tuple[str, Any, str], statements: Any
) -> None:
    url, owner, role = register
    assert await writable(as_role(url, role), statements) == ()
    await owner.execute(f'GRANT UPDATE (xm) ON t_rk TO "{role}"')
    assert await writable(as_role(url, role), statements) == ("public.t_rk",)
    await owner.execute("CREATE SCHEMA other; CREATE TABLE other.t (a int)")
    await owner.execute(f'GRANT USAGE ON SCHEMA other TO "{role}"; GRANT DELETE ON other.t TO "{role}"')
    assert await writable(as_role(url, role), statements) == ("other.t", "public.t_rk")


@pytest.mark.postgresql
async def test_postgresqls_superuser_may_change_the_server(
    register: tuple[str, Any, str], statements: Any
) -> None:
    assert "the server" in await writable(register[0], statements)


@pytest.mark.mariadb
async def test_mariadb_tells_the_tables_an_account_may_write_to(
    new_mariadb_database: Callable[[], str], mariadb_address: Mapping[str, Any], statements: Any
) -> None:
    url, role = new_mariadb_database(), f"reader_{uuid.uuid4().hex[:8]}"
    name = url.partition("@/")[2].partition("?")[0]
    mariadb.tell(
        mariadb_address,
        f"CREATE TABLE {name}.t_rk (sfzh VARCHAR(18), xm VARCHAR(20))",
        f"CREATE USER {role}@localhost IDENTIFIED BY ''",
        f"GRANT SELECT ON {name}.* TO {role}@localhost",
    )
    own = url.replace("root@", f"{role}@")
    assert await writable(own, statements) == ()
    mariadb.tell(mariadb_address, f"GRANT UPDATE (xm) ON {name}.t_rk TO {role}@localhost")
    assert await writable(own, statements) == (f"{name}.t_rk",)
    mariadb.tell(mariadb_address, f"GRANT INSERT ON {name}.* TO {role}@localhost")
    assert name in await writable(own, statements)
    assert "the server" in await writable(url, statements)


async def test_a_file_tells_whether_its_bits_let_it_be_changed(tmp_path: Path, statements: Any) -> None:
    file = tmp_path / "people.db"
    with sqlite3.connect(file) as store:
        store.execute("create table t_rk (sfzh text)")
    store.close()
    assert await writable(f"sqlite:///{file}", statements) == ("the file",)
    file.chmod(0o444)
    assert await writable(f"sqlite:///{file}", statements) == ()
