"""Trino through its own driver, against a small coordinator: what is sent, what comes, what goes wrong."""

import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import Any

import anyio
import pytest

from connectors.conformance import Truth, prove
from connectors.errors import (
    ConnectorUnknownError,
    EntityUnknownError,
    SourceBusyError,
    SourceCredentialsError,
    SourceSettingsError,
    SourceTimeoutError,
    SourceUnavailableError,
)
from connectors.model import Keys, Order, Output, Read
from connectors.registry import open_connector
from connectors.sql import writing_rights
from govgraph.egress import Egress, EgressNotAllowedError
from govgraph.expressions.terms import Among, Bind, Column, Compare, Comparison, Kind
from tests.connectors.test_conformance import COUNT, ENTITY, KEYS, ROWS
from tests.servers.trino import Coordinator, coordinating

pytestmark = pytest.mark.anyio
SECRET = "330799199003071013"
PEOPLE = (
    "CREATE TABLE people (姓名 VARCHAR)",
    "INSERT INTO people SELECT 'n' || range FROM range(40)",
)
NAME = Output("name", Column("姓名"))
NAMES = Read("people", (NAME,), order=(Order(Column("姓名")),))
TYPES = """CREATE TABLE 登记簿 (sfzh VARCHAR, 序号 INTEGER, money DECIMAL(20, 4), share DOUBLE, ok BOOLEAN,
  day DATE, local TIMESTAMP, moment TIMESTAMP WITH TIME ZONE, bytes BLOB)"""
DIRT = """INSERT INTO 登记簿 VALUES ('陈a', 1, 2400.5000, 0.1, true, '2016-05-20', '2016-05-20 08:30:00',
  '2016-05-20 08:30:00Z', from_hex('ff00')), ('陈A', 2, 1000, 'nan', false, NULL, NULL, NULL, NULL)"""


@pytest.fixture
async def opened(statements: Any) -> AsyncIterator[Any]:
    async with AsyncExitStack() as kept:

        async def open_on(*made: str, sealed: str = "", **settings: object) -> tuple[Any, Coordinator]:
            coordinator = await kept.enter_async_context(coordinating(*made))
            url = coordinator.url.replace("http://", "trino://reader@") + "/memory"
            given = {"url": url, "schema": "main", "tls": "off", **settings}
            connector = await open_connector("sql", given, statements.surroundings(sealed), {})
            kept.push_async_callback(connector.aclose)
            return connector, coordinator

        yield open_on


@pytest.mark.parametrize("seed", [1, 2])
async def test_trino_conforms_where_its_sql_means_the_same_as_duckdbs(opened: Any, seed: int) -> None:
    connector, coordinator = await opened(
        'CREATE TABLE "t 人%" (id VARCHAR, 姓名 VARCHAR, "count%of" INTEGER, "select" VARCHAR)'
    )
    coordinator.database.executemany('INSERT INTO "t 人%" VALUES (?, ?, ?, ?)', ROWS)
    assert await prove(connector, Truth(ENTITY, ROWS, keys=KEYS), COUNT, seed) == COUNT


async def test_values_travel_beside_the_statement(opened: Any) -> None:
    connector, coordinator = await opened(*PEOPLE)
    await connector.describe()
    for predicate in (
        Compare(Comparison.EQUAL, Column("姓名"), Bind("text")),
        Among(Column("姓名"), "texts"),
    ):
        read = Read("people", (NAME,), predicate=predicate)
        hostile = f"{SECRET}' OR 1=1 --"
        assert await connector.prepare(read).rows({"text": hostile, "texts": [hostile]}) == []
        text, values = coordinator.statements[-1]
        assert SECRET not in text
        assert values in ([hostile], [[hostile]])


async def test_keys_of_several_columns_are_found_together(opened: Any) -> None:
    connector, _ = await opened(
        "CREATE TABLE t AS SELECT * FROM (VALUES ('a', 1), ('a', 2), ('b', 1)) v(x, y)"
    )
    await connector.describe()
    outputs = (Output("x", Column("x")), Output("y", Column("y", Kind.INTEGER)))
    read = Read("t", outputs, keys=Keys((Column("x"), Column("y")), "keys"))
    assert await connector.prepare(read).rows({"keys": [("a", 2), ("b", 2)]}) == [["a", 2]]


async def test_every_type_of_trino_is_read_in_its_canonical_spelling(opened: Any) -> None:
    connector, _ = await opened(TYPES, DIRT)
    await connector.describe()
    first, second = sorted(await connector.sample("登记簿", 9), key=lambda row: str(row["序号"]))
    assert first == {
        "sfzh": "陈a",
        "序号": "1",
        "money": "2400.5",
        "share": "0.1",
        "ok": "true",
        "day": "2016-05-20",
        "local": "2016-05-20T08:30:00",
        "moment": "2016-05-20T08:30:00Z",
        "bytes": "FF00",
    }
    assert (second["money"], second["share"], second["day"], second["moment"]) == ("1000", None, None, None)


async def test_a_day_and_a_moment_are_found_by_what_they_mean(opened: Any) -> None:
    connector, _ = await opened(TYPES, DIRT)
    await connector.describe()
    number = Output("number", Column("序号", Kind.INTEGER))
    for column, kind, value in (
        ("day", Kind.DATE, "2016-05-20"),
        ("local", Kind.INSTANT, "2016-05-20T08:30:00+08:00"),
        ("moment", Kind.INSTANT, "2016-05-20T16:30:00+08:00"),
    ):
        conditions = (
            Compare(Comparison.EQUAL, Column(column, kind), Bind("value", kind)),
            Among(Column(column, kind), "values", kind),
        )
        for predicate in conditions:
            read = Read("登记簿", (number,), predicate=predicate)
            rows = await connector.prepare(read).rows({"value": value, "values": [value]})
            assert rows == [[1]], column


async def test_decimals_come_exactly(opened: Any) -> None:
    connector, _ = await opened(TYPES, DIRT)
    await connector.describe()
    read = Read("登记簿", (Output("money", Column("money", Kind.DECIMAL)),), order=(Order(Column("序号")),))
    assert await connector.prepare(read).rows({}) == [[Decimal("2400.5")], [Decimal(1000)]]


async def test_rows_of_many_pages_stream_and_what_is_left_is_cancelled(opened: Any) -> None:
    connector, coordinator = await opened(*PEOPLE)
    await connector.describe()
    prepared = connector.prepare(NAMES)
    assert len(await prepared.rows({})) == 40
    assert coordinator.cancelled == []
    stream = prepared.stream({}, 5)
    assert len(await anext(stream)) == 5
    await stream.aclose()
    assert coordinator.cancelled == [str(len(coordinator.statements) - 1)]


async def test_a_late_statement_is_cancelled_at_the_coordinator(opened: Any) -> None:
    connector, coordinator = await opened(*PEOPLE, statementTimeout="1s")
    await connector.describe()
    coordinator.silent = True
    with anyio.fail_after(10), pytest.raises(SourceTimeoutError):
        await connector.prepare(NAMES).rows({})
    assert coordinator.cancelled
    coordinator.silent = False
    assert len(await connector.prepare(NAMES).rows({})) == 40


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("TABLE_NOT_FOUND", EntityUnknownError),
        ("EXCEEDED_TIME_LIMIT", SourceTimeoutError),
        ("PERMISSION_DENIED", SourceCredentialsError),
        ("QUERY_QUEUE_FULL", SourceBusyError),
        ("GENERIC_INTERNAL_ERROR", SourceUnavailableError),
    ],
)
async def test_what_trino_says_is_told_in_our_words(opened: Any, name: str, refusal: type[Exception]) -> None:
    connector, coordinator = await opened(*PEOPLE)
    await connector.describe()
    coordinator.error = name
    with pytest.raises(refusal) as raised:
        await connector.prepare(NAMES).rows({})
    assert "hidden" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "refusal"),
    [(401, SourceCredentialsError), (503, SourceUnavailableError), (307, SourceUnavailableError)],
)
async def test_a_coordinator_that_refuses_is_told_in_our_words(
    opened: Any, status: int, refusal: type[Exception]
) -> None:
    connector, coordinator = await opened(*PEOPLE)
    coordinator.status = status
    with pytest.raises(refusal) as raised:
        await connector.describe()
    assert "hidden" not in str(raised.value)


async def test_rows_are_fetched_from_the_coordinator_alone(opened: Any) -> None:
    connector, coordinator = await opened(*PEOPLE)
    async with coordinating() as other:
        coordinator.elsewhere = other.url
        other.pages["0"] = [{"data": []}]
        with pytest.raises(SourceUnavailableError):
            await connector.describe()
        assert (other.headers, other.cancelled) == ([], [])


async def test_no_other_address_than_the_checked_one_is_asked(opened: Any, statements: Any) -> None:
    connector, _ = await opened(*PEOPLE)
    connector._client._egress = Egress()
    with pytest.raises(EgressNotAllowedError):
        await connector.describe()


async def test_a_password_never_goes_without_tls(opened: Any) -> None:
    with pytest.raises(SourceSettingsError):
        await opened(*PEOPLE, secret="x/main", sealed="canary")


async def test_tls_is_spoken_unless_it_is_off(opened: Any) -> None:
    connector, coordinator = await opened(*PEOPLE, secret="x/main", sealed="canary", tls="require")
    with pytest.raises(SourceUnavailableError):
        await connector.describe()
    assert coordinator.headers == []


async def test_the_account_and_the_bound_of_time_are_told_to_the_coordinator(opened: Any) -> None:
    connector, coordinator = await opened(*PEOPLE)
    await connector.describe()
    told = coordinator.headers[0]
    assert (told["x-trino-user"], told["x-trino-catalog"], told["x-trino-schema"]) == (
        "reader",
        "memory",
        "main",
    )
    assert "x-trino-query-data-encoding" not in told  # no rows from a store of their own
    assert told["x-trino-session"] == "query_max_run_time=3.000000s"


async def test_tables_that_the_account_may_change_are_told(opened: Any) -> None:
    connector, coordinator = await opened(*PEOPLE)
    coordinator.recorded[writing_rights.TRINO] = [["main.people"]]
    assert await connector.writable() == ("main.people",)


async def test_without_the_extra_the_remedy_is_told(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "connectors.sql.trino", raising=False)
    monkeypatch.setitem(sys.modules, "trino.dbapi", None)
    with pytest.raises(ConnectorUnknownError) as raised:
        await opened(*PEOPLE)
    assert "govgraph[trino]" in str(raised.value)
