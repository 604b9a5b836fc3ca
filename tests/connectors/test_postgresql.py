"""PostgreSQL: read-only, reached only where allowed, stopped when nobody waits."""

from collections.abc import Callable
from typing import Any

import anyio
import asyncpg
import pytest

from connectors.errors import (
    SourceCredentialsError,
    SourceUnavailableError,
)
from connectors.model import Keys, Output, Read, Surroundings
from connectors.registry import open_connector
from connectors.sql.postgresql import Address, PostgresqlClient
from govgraph.egress import Egress, EgressNotAllowedError, networks
from govgraph.expressions.terms import (
    Column,
)
from tests.connectors.people import postgresql_city

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def postgresql(new_postgresql_database: Callable[[], str]) -> str:
    return new_postgresql_database()


@pytest.mark.postgresql
async def test_postgresql_cannot_be_written_to(postgresql: str, statements: Any) -> None:
    connector = await open_connector("sql", {"url": postgresql}, statements.surroundings(), {})
    client = connector._client  # type: ignore[attr-defined]
    with pytest.raises(SourceUnavailableError):
        await client.fetch("CREATE TABLE x (a int)", [])
    await connector.aclose()


@pytest.mark.postgresql
async def test_postgresql_reads_what_is_stored_unusually(
    new_postgresql_database: Callable[[], str], statements: Any
) -> None:
    url = await postgresql_city(new_postgresql_database())
    connector = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    entities = {entity.name: entity for entity in await connector.describe()}
    assert entities["kept"].key == ("id", "code")
    assert entities["kept"].columns[0].comment == "代码"
    read = Read(
        "kept",
        tuple(Output(name, Column(name)) for name in ("code", "at", "id")),
        keys=Keys((Column("code"), Column("id")), "keys"),
    )
    identity = "00000000-0000-0000-0000-000000000001"
    rows = await connector.prepare(read).rows({"keys": [("ab", identity), ("no", "no")]})
    assert rows == [["ab", "2026-06-30T00:00:00Z", identity]]
    await connector.aclose()


@pytest.mark.postgresql
async def test_postgresql_stops_a_cancelled_statement(
    new_postgresql_database: Callable[[], str], statements: Any
) -> None:
    url = await postgresql_city(new_postgresql_database())
    connector = await open_connector(
        "sql", {"url": url, "statementTimeout": "60s"}, statements.surroundings(), {}
    )
    await connector.describe()
    with anyio.move_on_after(0.3):
        await connector.prepare(Read("slow", (Output("n", Column("n")),))).rows({})
    observer = await asyncpg.connect(url)
    busy = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE state = 'active' AND query LIKE '%slow%' AND pid <> pg_backend_pid()"
    )
    with anyio.fail_after(5):
        while await observer.fetchval(busy):  # noqa: ASYNC110 - another process sends no event
            await anyio.sleep(0.02)
    await observer.close()
    await connector.aclose()


async def test_postgresql_is_only_reached_where_egress_allows() -> None:
    surroundings = Surroundings("x", lambda _: "")
    for url in ("postgresql://u@127.0.0.1:5432/d", "postgresql://u@/d?host=/tmp"):
        connector = await open_connector("sql", {"url": url}, surroundings, {})
        with pytest.raises(EgressNotAllowedError):
            await connector.describe()
        await connector.aclose()


async def test_postgresql_that_is_not_there_is_unavailable() -> None:
    address = Address("127.0.0.1", 1, "d", "u", "hidden")
    client = PostgresqlClient(address, Egress(networks("127.0.0.0/8"), ports=(range(1, 2),)), 1, 1.0)
    with pytest.raises(SourceUnavailableError) as caught:
        await client.fetch("SELECT 1", [])
    assert "127.0.0.1" not in caught.value.text
    assert "hidden" not in repr(address)
    await client.aclose()


@pytest.mark.postgresql
async def test_an_unknown_role_is_refused_credentials(postgresql: str, statements: Any) -> None:
    url = postgresql.replace("postgres:@", "nobody:@").replace("postgres@", "nobody@")
    connector = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    if url == postgresql:
        pytest.fail("the address names its role differently")
    with pytest.raises(SourceCredentialsError):
        await connector.describe()
    await connector.aclose()
