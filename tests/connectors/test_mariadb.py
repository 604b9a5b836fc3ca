"""MariaDB on a real server: read-only, stopped in time, one meaning of text whatever the collation."""

from collections.abc import AsyncIterator, Callable, Mapping
from decimal import Decimal
from typing import Any

import anyio
import asyncmy
import pytest
from sqlalchemy import String, column

from connectors.conformance import Truth, prove
from connectors.errors import (
    EntityUnknownError,
    SourceCredentialsError,
    SourceSettingsError,
    SourceTimeoutError,
    SourceUnavailableError,
)
from connectors.model import Keys, Order, Output, Read
from connectors.protocol import Connector
from connectors.registry import open_connector
from connectors.sql import mysql_keys
from govgraph.expressions.terms import Among, Bind, Column, Compare, Comparison, Expression, Kind
from tests.connectors.test_conformance import COUNT, ENTITY, KEYS, ROWS

pytestmark = [pytest.mark.anyio, pytest.mark.mariadb]
NAME = Output("name", Column("姓名"))
TYPES = """CREATE TABLE 登记簿 (
  sfzh CHAR(18) CHARACTER SET gbk COLLATE gbk_chinese_ci COMMENT '公民身份号码', 序号 INT UNSIGNED,
  big BIGINT UNSIGNED, money DECIMAL(20, 4), share DOUBLE, ok TINYINT(1), day DATE, local DATETIME,
  at TIMESTAMP NULL, bytes VARBINARY(8), more JSON, state ENUM('正常', '注销'), clock TIME,
  PRIMARY KEY (序号, sfzh)) COMMENT '人口登记'"""
DIRT = """INSERT INTO 登记簿 VALUES ('陈a', 1, 18446744073709551615, 2400.5000, 0.1, 7, '2016-05-20',
  '2016-05-20 08:30:00', '2016-05-20 08:30:00', x'ff00', '{"甲": [1, 2]}', '正常', '08:30:00'),
  ('陈A', 2, 0, 1000, 1e20, 0, '0000-00-00', '2016-00-00', NULL, NULL, NULL, NULL, NULL)"""


async def city(url: str, address: Mapping[str, Any], *statements: str) -> str:
    """Run statements in a database, as its owner would, and return its address."""
    database = url.partition("@/")[2].partition("?")[0]
    owner = await asyncmy.connect(**address, database=database, autocommit=True, charset="utf8mb4")
    await owner.query("SET sql_mode = '', time_zone = '+00:00'")
    for statement in statements:
        await owner.query(statement)
    await owner.ensure_closed()
    return url


@pytest.fixture
async def opened(
    new_mariadb_database: Callable[[], str], mariadb_address: Mapping[str, Any], statements: Any
) -> AsyncIterator[Any]:
    kept: list[Connector] = []

    async def open_on(*made: str, **settings: object) -> Connector:
        url = await city(new_mariadb_database(), mariadb_address, *made)
        connector = await open_connector("sql", {"url": url, **settings}, statements.surroundings(), {})
        kept.append(connector)
        return connector

    yield open_on
    for connector in kept:
        await connector.aclose()


def values(rows: Any) -> str:
    """Return rows as the department's own tool would write them."""
    return ", ".join(
        "(" + ", ".join("NULL" if cell is None else repr(cell) for cell in row) + ")" for row in rows
    )


@pytest.mark.parametrize(
    ("types", "collation"),
    [
        ("varchar(20), varchar(40), bigint, text", "utf8mb4_general_ci"),
        ("char(12), varchar(40), int, varchar(9)", "utf8mb4_unicode_ci"),
        ("varchar(12), text, int, longtext", "utf8mb4_nopad_bin"),
    ],
)
async def test_mariadb_conforms_in_any_collation(opened: Any, types: str, collation: str) -> None:
    names = ("id", "`姓名`", "`count%of`", "`select`")
    columns = ", ".join(" ".join(part) for part in zip(names, types.split(", "), strict=True))
    rows = [[cell.replace("\u200f", "") if isinstance(cell, str) else cell for cell in row] for row in ROWS]
    connector = await opened(
        f"CREATE TABLE `t 人%` ({columns}, INDEX (id)) COLLATE {collation}",
        f"INSERT INTO `t 人%` VALUES {values(rows)}",
    )
    assert await prove(connector, Truth(ENTITY, rows, keys=KEYS), COUNT) == COUNT


PEOPLE = (
    "CREATE TABLE people (姓名 VARCHAR(40), INDEX (姓名)) COLLATE utf8mb4_general_ci",
    "INSERT INTO people VALUES ('a'), ('A'), ('a '), ('é'), ('e'), ('ａ')",
)


@pytest.mark.parametrize("text", ["a", "A", "a ", "é", "ａ", "b"])
async def test_no_collation_makes_two_texts_one(opened: Any, text: str) -> None:
    connector = await opened(*PEOPLE)
    await connector.describe()
    expected = [] if text == "b" else [[text]]
    keyed = Read("people", (NAME,), keys=Keys((Column("姓名"),), "keys"))
    assert await connector.prepare(keyed).rows({"keys": [(text,)]}) == expected
    equal = Compare(Comparison.EQUAL, Column("姓名"), Bind("text"))
    conditions: tuple[Expression, ...] = (equal, Among(Column("姓名"), "texts"))
    for condition in conditions:
        read = Read("people", (NAME,), predicate=condition)
        assert await connector.prepare(read).rows({"text": text, "texts": [text]}) == expected


async def test_keys_that_a_collation_takes_for_one_are_counted_apart(opened: Any) -> None:
    connector = await opened(*PEOPLE)
    await connector.describe()
    read = Read(
        "people",
        (NAME,),
        keys=Keys((Column("姓名"),), "keys"),
        order=(Order(Column("姓名")),),
        per_key=Bind("most", Kind.INTEGER),
    )
    rows = await connector.prepare(read).rows({"keys": [("a",), ("A",)], "most": 1})
    assert rows == [["A"], ["a"]]


async def test_a_key_that_a_column_cannot_hold_is_not_taken_for_a_question_mark(opened: Any) -> None:
    connector = await opened(
        "CREATE TABLE old (姓名 VARCHAR(20) CHARACTER SET gbk)", "INSERT INTO old VALUES ('?'), ('陈')"
    )
    await connector.describe()
    read = Read("old", (NAME,), keys=Keys((Column("姓名"),), "keys"))
    assert await connector.prepare(read).rows({"keys": [("𠮷",), ("陈",)]}) == [["陈"]]


async def test_an_index_serves_keys_equality_and_lists(
    opened: Any, mariadb_address: Mapping[str, Any], statements: Any
) -> None:
    connector = await opened(
        "CREATE TABLE many (姓名 VARCHAR(40), INDEX named (姓名)) COLLATE utf8mb4_general_ci",
        "INSERT INTO many SELECT concat('n', seq) FROM seq_1_to_5000",
        "ANALYZE TABLE many",
    )
    await connector.describe()
    equal = Compare(Comparison.EQUAL, Column("姓名"), Bind("text"))
    reads = (
        Read("many", (NAME,), keys=Keys((Column("姓名"),), "keys")),
        Read("many", (NAME,), predicate=equal),
        Read("many", (NAME,), predicate=Among(Column("姓名"), "texts")),
    )
    for read in reads:
        arguments = {"keys": [("n7",)], "text": "n7", "texts": ["n7"]}
        assert await connector.prepare(read).rows(arguments) == [["n7"]]
        asked = connector._client.connections._idle[-1]
        statement = connector.prepare(read)._statements.chosen(arguments)
        explained = await asked.fetch(f"EXPLAIN {statement.text}", statement.arguments(arguments))
        (plan,) = [row for row in explained if row[2] == "many"]
        assert plan[3] == "ref", explained


async def test_every_type_is_read_in_its_canonical_spelling(opened: Any) -> None:
    connector = await opened(TYPES, DIRT, "CREATE VIEW 视图 AS SELECT 序号, sfzh FROM 登记簿")
    entities = {entity.name: entity for entity in await connector.describe()}
    book = entities["登记簿"]
    assert book.key == ("序号", "sfzh")
    assert (book.comment, entities["视图"].comment) == ("人口登记", "")
    assert book.columns[0].comment == "公民身份号码"
    first, second = sorted(await connector.sample("登记簿", 9), key=lambda row: str(row["序号"]))
    assert first == {
        "sfzh": "陈a",
        "序号": "1",
        "big": "18446744073709551615",
        "money": "2400.5",
        "share": "0.1",
        "ok": "7",
        "day": "2016-05-20",
        "local": "2016-05-20T08:30:00",
        "at": "2016-05-20T08:30:00Z",
        "bytes": "FF00",
        "more": '{"甲": [1, 2]}',
        "state": "正常",
        "clock": "08:30:00",
    }
    assert (second["money"], second["ok"], second["share"]) == ("1000", "false", "100000000000000000000")
    assert (second["day"], second["local"], second["at"]) == (None, None, None)


async def test_cells_come_in_the_kinds_asked_for_in_mariadb(opened: Any) -> None:
    connector = await opened(TYPES, DIRT)
    await connector.describe()
    kinds = {"序号": Kind.INTEGER, "money": Kind.DECIMAL, "ok": Kind.BOOLEAN, "big": Kind.DECIMAL}
    outputs = tuple(Output(name, Column(name, kind)) for name, kind in kinds.items())
    rows = await connector.prepare(Read("登记簿", outputs, order=(Order(Column("序号")),))).rows({})
    assert rows[0] == [1, Decimal("2400.5"), True, Decimal(18446744073709551615)]


async def test_mariadb_cannot_be_written_to(opened: Any) -> None:
    connector = await opened(*PEOPLE)
    for statement in ("DELETE FROM people", "CREATE TABLE x (a int)", "UPDATE people SET 姓名 = 'x'"):
        with pytest.raises(SourceUnavailableError):
            await connector._client.fetch(statement, [])
    assert await connector._client.fetch("SELECT count(*) FROM people", []) == ((6,),)


SLOW = "CREATE VIEW slow AS SELECT sleep(60) AS n"


async def test_a_slow_statement_of_mariadb_is_a_timeout_at_the_source(opened: Any) -> None:
    connector = await opened(SLOW, statementTimeout="300ms")
    with anyio.fail_after(10), pytest.raises(SourceTimeoutError):
        await connector._client.fetch("SELECT * FROM slow", [])


async def test_a_read_that_is_given_up_stops_at_the_server(opened: Any) -> None:
    connector = await opened(SLOW, statementTimeout="60s", maxConnections="2")
    client = connector._client
    with anyio.fail_after(20):
        with anyio.move_on_after(0.3) as scope:
            await client.fetch("SELECT * FROM slow", [])
        assert scope.cancelled_caught
        query = (
            "SELECT count(*) FROM information_schema.processlist "
            "WHERE info LIKE '%slow%' AND id <> connection_id()"
        )
        running = 1
        while running:
            ((running,),) = await client.fetch(query, [])


async def test_what_is_not_there_and_who_is_not_let_in_are_told_apart(
    opened: Any, new_mariadb_database: Callable[[], str], statements: Any
) -> None:
    connector = await opened(*PEOPLE)
    with pytest.raises(EntityUnknownError):
        await connector._client.fetch("SELECT * FROM nothing_here", [])
    url = new_mariadb_database()
    for wrong, error in (
        (url.replace("root@", "nobody@"), SourceCredentialsError),
        (url.replace("mariadb:", "mysql:"), SourceSettingsError),
        (url + "-not-there", SourceUnavailableError),
    ):
        stranger = await open_connector("sql", {"url": wrong}, statements.surroundings(), {})
        with pytest.raises(error) as caught:
            await stranger.describe()
        assert "nobody" not in caught.value.text
        await stranger.aclose()


def test_a_collation_that_is_no_name_is_not_written() -> None:
    written = mysql_keys.among_listed([column("a", String(9, collation="x) OR 1=1 --"))], "k", "mariadb")
    assert "OR" not in str(written.text)
