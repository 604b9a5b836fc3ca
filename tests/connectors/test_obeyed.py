"""A database says itself what it obeys of a session: read-only, the time of a statement, connections."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import anyio
import asyncpg
import pytest

from connectors.model import Output, Read
from connectors.protocol import Connector
from connectors.registry import open_connector
from connectors.sql.obeyed import Obeyed, Obeying
from govgraph.expressions.terms import Column
from tests.connectors.test_writing_rights import as_role
from tests.servers import mariadb

pytestmark = pytest.mark.anyio
READ = Read("t_rk", (Output("xm", Column("xm")),))


@pytest.fixture
async def opened(statements: Any) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    """Return what opens a source that lives as long as the test."""
    kept: list[Connector] = []

    async def open_(url: str, **settings: object) -> Any:
        kept.append(await open_connector("sql", {"url": url, **settings}, statements.surroundings(), {}))
        return kept[-1]

    yield open_
    for connector in kept:
        await connector.aclose()


async def obeyed(connector: Any) -> Obeyed:
    assert isinstance(connector, Obeying)
    found = await connector.obeyed()
    assert found is not None
    return found


@pytest.mark.postgresql
async def test_postgresql_obeys_what_the_platform_asks_and_says_how_many_connections_there_are(
    new_postgresql_database: Callable[[], str], opened: Any
) -> None:
    url, role = new_postgresql_database(), f"reader_{uuid.uuid4().hex}"
    owner = await asyncpg.connect(url)
    await owner.execute(f"CREATE ROLE {role} LOGIN CONNECTION LIMIT 7")
    await owner.execute(f"ALTER ROLE {role} SET statement_timeout = 0")  # its own wish counts for nothing
    found = await obeyed(await opened(as_role(url, role), statementTimeout="1500ms"))
    assert found == Obeyed(read_only=True, seconds=1.5, connections=7, encrypted=False)
    await owner.execute(f"DROP ROLE {role}")
    await owner.close()


@pytest.mark.mariadb
async def test_mariadb_obeys_what_the_platform_asks_and_says_how_many_connections_there_are(
    new_mariadb_database: Callable[[], str], mariadb_address: Mapping[str, Any], opened: Any
) -> None:
    url, user = new_mariadb_database(), f"reader_{uuid.uuid4().hex[:8]}"
    database = urlsplit(url).path[1:]
    mariadb.tell(
        mariadb_address,
        f"CREATE USER {user}@localhost WITH MAX_USER_CONNECTIONS 7",
        f"GRANT SELECT ON {database}.* TO {user}@localhost",
    )
    found = await obeyed(await opened(as_role(url, user), statementTimeout="1500ms"))
    assert found == Obeyed(read_only=True, seconds=1.5, connections=7, encrypted=False)


@pytest.mark.postgresql
async def test_no_more_connections_are_opened_than_the_settings_say(
    new_postgresql_database: Callable[[], str], opened: Any
) -> None:
    url = new_postgresql_database()
    owner = await asyncpg.connect(url)
    await owner.execute("CREATE VIEW t_rk AS SELECT pg_sleep(0.05)::text AS xm")
    connector = await opened(url, maxConnections="3")
    await connector.describe()
    prepared = connector.prepare(READ)
    async with anyio.create_task_group() as tasks:
        for _ in range(12):
            tasks.start_soon(prepared.rows, {})
    counted = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'govgraph' AND datname = $1"
    assert await owner.fetchval(counted, urlsplit(url).path[1:]) == 3
    await owner.close()
