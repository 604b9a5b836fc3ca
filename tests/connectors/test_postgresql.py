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
    assert [*map(list, rows)] == [["ab", "2026-06-30T00:00:00Z", identity]]
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


LEDGER = """
CREATE SCHEMA 民政;
CREATE TYPE 民政.状态 AS ENUM ('正常', '注销');
CREATE TABLE 民政.登记簿 (序号 int, 分册 smallint, big bigint, money numeric(20, 4), share float8,
  huge numeric, day date, local timestamp, at timestamptz, clock time, bytes bytea, many text[], more jsonb,
  state 民政.状态, PRIMARY KEY (分册, 序号));
INSERT INTO 民政.登记簿 VALUES (1, 2, 9223372036854775807, 2400.5000, 0.1, 'NaN', '2016-05-20',
  '2016-05-20 08:30:00', '2016-05-20 08:30:00+08', '08:30', '\\xff00', ARRAY['甲', '乙'], '{"甲": [1, 2]}',
  '正常'), (2, 2, NULL, 1000, 1e20, 'Infinity', 'infinity', '-infinity', NULL, NULL, NULL, NULL, NULL, NULL);
CREATE VIEW 民政.视图 AS SELECT 序号 FROM 民政.登记簿;
"""


@pytest.mark.postgresql
async def test_every_type_of_postgresql_is_read_in_its_canonical_spelling(
    new_postgresql_database: Callable[[], str], statements: Any
) -> None:
    url = new_postgresql_database()
    owner = await asyncpg.connect(url)
    await owner.execute(LEDGER)
    await owner.close()
    connector = await open_connector("sql", {"url": url, "schema": "民政"}, statements.surroundings(), {})
    book, view = await connector.describe()
    assert (book.name, book.key, view.name) == ("登记簿", ("分册", "序号"), "视图")
    first, second = sorted(await connector.sample("登记簿", 9), key=lambda row: str(row["序号"]))
    assert first == {
        "序号": "1",
        "分册": "2",
        "big": "9223372036854775807",
        "money": "2400.5",
        "share": "0.1",
        "huge": None,
        "day": "2016-05-20",
        "local": "2016-05-20T08:30:00",
        "at": "2016-05-20T00:30:00Z",
        "clock": "08:30:00",
        "bytes": "FF00",
        "many": "{甲,乙}",
        "more": '{"甲": [1, 2]}',
        "state": "正常",
    }
    assert (second["money"], second["share"], second["huge"]) == ("1000", "100000000000000000000", None)
    assert (second["day"], second["local"]) == (None, None)
    keys = Keys((Column("分册"), Column("state")), "keys")
    read = connector.prepare(Read("登记簿", (Output("n", Column("序号")),), keys=keys))
    rows = await read.rows({"keys": [("2", "正常"), ("2", "不详")]})
    assert [*map(list, rows)] == [["1"]]
    await connector.aclose()
