"""Sessions with Oracle and SQL Server, by drivers of the tests: who is asked how, and what goes wrong."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import anyio
import pytest

from connectors.errors import (
    ConnectorUnknownError,
    EntityUnknownError,
    SourceBusyError,
    SourceCredentialsError,
    SourceSettingsError,
    SourceTimeoutError,
    SourceUnavailableError,
    SourceUnprovedError,
)
from connectors.registry import open_connector
from connectors.sql import writing_rights
from govgraph.egress import EgressNotAllowedError
from tests.connectors.plain_source import BOTH, PEOPLE, SECRET, fill, sources
from tests.faults.certificates import authority
from tests.servers.plain_drivers import MssqlError, OracleError

pytestmark = pytest.mark.anyio
HOST = "database.library.example"
RIGHTS = {"oracle": writing_rights.ORACLE, "mssql": writing_rights.MSSQL}


@pytest.fixture
async def opened(statements: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    async with sources(statements, monkeypatch) as open_on:
        yield open_on


@BOTH
async def test_a_read_that_is_late_is_broken_off_at_the_source(opened: Any, dialect: str) -> None:
    connector, engine = await opened(dialect, statementTimeout="0.3s", maxConnections="1")
    await connector.describe()
    engine.hanging = True
    with pytest.raises(SourceTimeoutError):
        await connector.prepare(PEOPLE).rows({})
    assert len(engine.broken) == 1
    engine.hanging = False
    fill(engine, ("1", "again"))
    assert list(await connector.prepare(PEOPLE).rows({})) == [["again"]]


async def test_a_listener_of_oracle_that_says_nothing_is_waited_for_no_longer_than_a_statement(
    opened: Any,
) -> None:
    connector, engine = await opened("oracle", statementTimeout="0.2s")
    engine.mute = True
    with anyio.fail_after(5), pytest.raises(SourceTimeoutError):
        await connector.describe()


@BOTH
async def test_a_caller_that_goes_away_leaves_nothing_running(opened: Any, dialect: str) -> None:
    connector, engine = await opened(dialect)
    await connector.describe()
    engine.hanging = True
    with anyio.move_on_after(0.2):
        await connector.prepare(PEOPLE).rows({})
    await connector.aclose()
    assert len(engine.broken) == 1


FAULTS = (
    ("oracle", OracleError("ORA-01013"), SourceTimeoutError),
    ("oracle", OracleError("DPY-4024"), SourceTimeoutError),
    ("oracle", OracleError("ORA-00942"), EntityUnknownError),
    ("oracle", OracleError("ORA-01017"), SourceCredentialsError),
    ("oracle", OracleError("ORA-12516"), SourceBusyError),
    ("oracle", OracleError(f"ORA-00600 {SECRET}"), SourceUnavailableError),
    ("oracle", ConnectionResetError(), SourceUnavailableError),
    ("mssql", MssqlError(1222), SourceTimeoutError),
    ("mssql", TimeoutError("timed out"), SourceTimeoutError),
    ("mssql", MssqlError(208), EntityUnknownError),
    ("mssql", MssqlError(18456), SourceCredentialsError),
    ("mssql", MssqlError(10928), SourceBusyError),
    ("mssql", MssqlError(8115, SECRET), SourceUnavailableError),
    ("mssql", MssqlError(0, "Certificate does not match host name"), SourceUnprovedError),
    ("mssql", ConnectionResetError(), SourceUnavailableError),
)


@pytest.mark.parametrize(("dialect", "fault", "expected"), FAULTS)
async def test_what_a_driver_raises_is_told_in_our_words(
    opened: Any, dialect: str, fault: Exception, expected: type[Exception]
) -> None:
    connector, engine = await opened(dialect)
    await connector.describe()
    engine.failing = fault
    with pytest.raises(expected) as raised:
        await connector.prepare(PEOPLE).rows({})
    assert SECRET not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("dialect", "fault"), [("oracle", OracleError("ORA-01017")), ("mssql", MssqlError(18456))]
)
async def test_refused_credentials_are_told_as_such(opened: Any, dialect: str, fault: Exception) -> None:
    connector, engine = await opened(dialect)
    engine.refusing = fault
    with pytest.raises(SourceCredentialsError):
        await connector.describe()


@BOTH
async def test_a_server_that_sends_its_callers_elsewhere_is_not_followed(opened: Any, dialect: str) -> None:
    met: list[asyncio.StreamWriter] = []
    other = await asyncio.start_server(lambda _reader, writer: met.append(writer), "127.0.0.1", 0)
    connector, engine = await opened(dialect)
    engine.elsewhere = other.sockets[0].getsockname()[:2]
    try:
        with pytest.raises(SourceUnavailableError):
            await connector.describe()
        assert not met
    finally:
        other.close()
        await other.wait_closed()


@BOTH
async def test_an_address_that_is_not_allowed_is_not_connected_to(opened: Any, dialect: str) -> None:
    connector, engine = await opened(dialect, url=f"{dialect}://reader@10.1.2.3:9000/memory")
    with pytest.raises(EgressNotAllowedError):
        await connector.describe()
    assert not engine.given


@pytest.mark.parametrize("name", [HOST, "another.library.example"])
async def test_oracle_is_asked_only_where_it_proves_its_name(opened: Any, tmp_path: Path, name: str) -> None:
    believed = authority(tmp_path)
    shown = believed.server(name, timedelta(days=1))
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0, ssl=shown)
    url = f"oracle://reader@{HOST}:{server.sockets[0].getsockname()[1]}/memory"
    connector, engine = await opened("oracle", url=url, tls="verify", authority=str(believed.file))
    try:
        if name == HOST:
            assert await connector.describe()
        else:
            with pytest.raises(SourceUnprovedError):
                await connector.describe()
        assert bool(engine.statements) is (name == HOST)
        assert engine.given[0]["ssl_server_dn_match"] is False
    finally:
        for writer in held:
            writer.transport.abort()
        server.close()
        await server.wait_closed()


async def test_sql_servers_driver_is_told_whose_certificates_count(opened: Any, tmp_path: Path) -> None:
    believed = authority(tmp_path)
    connector, engine = await opened("mssql", tls="verify", authority=str(believed.file))
    read: list[str] = []
    engine.watching = lambda given: read.append(Path(given["cafile"]).read_text(encoding="ascii"))
    await connector.describe()
    assert read == [believed.file.read_text(encoding="ascii")]
    assert engine.given[0]["dsn"] == "127.0.0.1"
    assert not await anyio.Path(engine.given[0]["cafile"]).exists()


@pytest.mark.parametrize("tls", ["prefer", "require"])
@BOTH
async def test_half_a_proof_is_not_offered(opened: Any, dialect: str, tls: str) -> None:
    with pytest.raises(SourceSettingsError, match="verify"):
        await opened(dialect, tls=tls)


@pytest.mark.parametrize(("dialect", "schema"), [("oracle", "READER"), ("mssql", "dbo")])
async def test_without_a_schema_the_databases_own_is_meant(opened: Any, dialect: str, schema: str) -> None:
    connector, engine = await opened(dialect)
    given = {"url": f"{dialect}://reader@127.0.0.1:{engine_port(connector)}/memory", "tls": "off"}
    other = await open_connector("sql", given, connector._surroundings, {})
    engine.told = {}
    engine.failing = RuntimeError("asked")
    with pytest.raises(RuntimeError, match="asked"):
        await other.describe()
    assert schema in engine.statements[-1][1]
    await other.aclose()


def engine_port(connector: Any) -> int:
    port: int = connector._client._address.port
    return port


async def test_oracle_is_asked_in_transactions_that_may_only_read(opened: Any) -> None:
    connector, engine = await opened("oracle")
    await connector.describe()
    assert (await connector.prepare(PEOPLE).rows({})) == []  # the driver refuses any other
    assert engine.given[0]["protocol"] == "tcp"


async def test_sql_server_is_told_that_the_platform_means_to_read(opened: Any) -> None:
    connector, engine = await opened("mssql")
    await connector.describe()
    assert (engine.given[0]["readonly"], engine.given[0]["password"]) == (True, "sealed")


@BOTH
async def test_tables_that_the_account_may_change_are_told(opened: Any, dialect: str) -> None:
    connector, engine = await opened(dialect)
    engine.told[RIGHTS[dialect].strip()] = [["RK.people"]]
    assert await connector.writable() == ("RK.people",)
    assert await connector.obeyed() is None


@pytest.mark.parametrize(("dialect", "driver"), [("oracle", "oracledb"), ("mssql", "pytds")])
async def test_without_the_extra_the_remedy_is_told(
    statements: Any, monkeypatch: pytest.MonkeyPatch, dialect: str, driver: str
) -> None:
    monkeypatch.setitem(sys.modules, driver, None)
    given = {"url": f"{dialect}://reader@127.0.0.1/memory", "tls": "off"}
    with pytest.raises(ConnectorUnknownError) as raised:
        await open_connector("sql", given, statements.surroundings(), {})
    assert f"govgraph[{dialect}]" in str(raised.value)
