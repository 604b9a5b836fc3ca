"""SQL sources: constant statements, bound values, bare keys, and connections that come back."""

import re
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import asyncpg
import pytest

from connectors.errors import (
    EntityUnknownError,
    SourceCredentialsError,
    SourceTimeoutError,
    SourceUnavailableError,
    UnsupportedReadError,
    ValueNotTextError,
)
from connectors.guard import guarded
from connectors.model import Binds, Keys, Nested, Order, Output, Read, Surroundings
from connectors.protocol import Connector
from connectors.registry import open_connector
from connectors.sql.postgresql import Address, PostgresqlClient
from connectors.sql.sqlite import SqliteClient
from govgraph.egress import Egress, EgressNotAllowedError, networks
from govgraph.errors import GovGraphError
from govgraph.expressions.terms import (
    Bind,
    Column,
    Compare,
    Comparison,
    Concat,
    Constant,
    Kind,
    Repeat,
    Slice,
    Translate,
)

pytestmark = pytest.mark.anyio
TABLE = "t_rk_jbxx"
MAKE = (
    f"CREATE TABLE {TABLE} (sfzh text PRIMARY KEY, xm text, n bigint, share numeric, ok boolean, csrq date)",
    f"INSERT INTO {TABLE} VALUES ('330799199003071013', '陈志远', 7, 0.50, true, '1990-03-07')",
    f"INSERT INTO {TABLE} VALUES ('330799201902120021', '陈小苗', NULL, 2400, false, '2019-02-12')",
    f"INSERT INTO {TABLE} VALUES ('330799199106290025', NULL, -1, NULL, NULL, NULL)",
    f"CREATE VIEW v_all AS SELECT sfzh, xm, n > 0 AS big FROM {TABLE}",
)
BY_KEY = Read(
    TABLE,
    (Output("name", Concat((Slice(Column("xm"), Constant(0), Constant(1)), Repeat("*", Constant(2))))),),
    keys=Keys((Column("sfzh"),), "keys"),
    predicate=Compare(Comparison.UNEQUAL, Column("sfzh"), Bind("caller.subject")),
    order=(Order(Column("sfzh")),),
)


def sqlite_city(folder: Path) -> str:
    path = folder / "secret-folder" / "people.db"
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database:
        for statement in MAKE:
            database.execute(statement)
        database.execute("CREATE TABLE dirt (id TEXT, cell TEXT, day DATE, number INTEGER)")
        database.execute(
            "INSERT INTO dirt VALUES ('1', '3307' || char(0) || '99199003071013', 20160520, 'not a number')"
        )
        database.execute("INSERT INTO dirt VALUES ('2', CAST(x'ff41' AS TEXT), '2016-05-20', 3)")
        database.execute(
            "CREATE VIEW slow AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c "
            "WHERE n < 1000000000) SELECT CAST(count(*) AS TEXT) AS n FROM c"
        )
        database.commit()
    return f"sqlite:///{path}"


async def postgresql_city(url: str) -> str:
    database = await asyncpg.connect(url)
    for statement in MAKE:
        await database.execute(statement)
    await database.execute("CREATE VIEW slow AS SELECT pg_sleep(60)::text AS n")
    await database.execute(
        "CREATE TABLE kept (code char(6), at timestamptz, id uuid, PRIMARY KEY (id, code))"
    )
    await database.execute(
        "INSERT INTO kept VALUES ('ab', '2026-06-30T08:00:00+08', '00000000-0000-0000-0000-000000000001')"
    )
    await database.execute("COMMENT ON COLUMN kept.code IS '代码'")
    await database.close()
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return sqlite_city(tmp_path)
    make: Callable[[], str] = request.getfixturevalue("new_postgresql_database")
    return await postgresql_city(make())


@pytest.fixture
async def connector(url: str, statements: Any) -> AsyncIterator[Connector]:
    opened = await open_connector("sql", {"url": url, "maxConnections": "2"}, statements.surroundings(), {})
    await opened.describe()
    yield opened
    await opened.aclose()


def keys(*numbers: str) -> Binds:
    return {"keys": [(number,) for number in numbers], "caller.subject": "nobody-in-particular"}


async def test_the_statement_is_one_text_whatever_the_keys(connector: Connector, statements: Any) -> None:
    read = connector.prepare(BY_KEY)
    assert await read.rows(keys()) == []
    assert await read.rows(keys("330799199003071013")) == [["陈**"]]
    many = keys(*(str(number) for number in range(5000)), "330799201902120021", "330799199003071013")
    assert await read.rows(many) == [["陈**"], ["陈**"]]
    assert len(statements.texts) == 3
    assert len(set(statements.texts)) == 1


async def test_no_bound_value_stands_in_the_statement(connector: Connector, statements: Any) -> None:
    await connector.prepare(BY_KEY).rows(keys("330799199003071013"))
    for value in ("330799199003071013", "nobody-in-particular", "陈", "*'"):
        assert value not in statements.texts[0]


async def test_a_value_that_looks_like_sql_is_only_a_value(connector: Connector) -> None:
    assert await connector.prepare(BY_KEY).rows(keys("' OR '1'='1", 'x"); DROP TABLE t_rk_jbxx; --')) == []
    assert len(await connector.sample(TABLE, 10)) == 3


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
async def test_a_key_that_no_source_can_store_finds_nothing(connector: Connector, value: str) -> None:
    assert await connector.prepare(BY_KEY).rows(keys(value, "330799199003071013")) == [["陈**"]]


async def test_a_bound_value_that_is_not_text_is_refused(connector: Connector) -> None:
    with pytest.raises(ValueNotTextError) as caught:
        await connector.prepare(BY_KEY).rows({"keys": [], "caller.subject": "3307\0"})
    assert "3307" not in caught.value.text


async def test_cells_come_in_the_kinds_asked_for(connector: Connector) -> None:
    kinds = {
        "sfzh": Kind.TEXT,
        "n": Kind.INTEGER,
        "share": Kind.DECIMAL,
        "ok": Kind.BOOLEAN,
        "csrq": Kind.TEXT,
    }
    outputs = tuple(Output(name, Column(name, kind)) for name, kind in kinds.items())
    rows = await connector.prepare(Read(TABLE, outputs, order=(Order(Column("sfzh")),))).rows({})
    assert rows == [
        ["330799199003071013", 7, Decimal("0.5"), True, "1990-03-07"],
        ["330799199106290025", -1, None, None, None],
        ["330799201902120021", None, Decimal(2400), False, "2019-02-12"],
    ]


async def test_numbers_read_as_text_have_one_spelling(connector: Connector) -> None:
    rows = await connector.prepare(
        Read(TABLE, (Output("share", Column("share")),), order=(Order(Column("sfzh")),))
    ).rows({})
    assert rows == [["0.5"], [None], ["2400"]]


@pytest.mark.parametrize(("descending", "expected"), [(False, [-1, 7, None]), (True, [None, 7, -1])])
async def test_nulls_come_last_ascending_and_first_descending(
    connector: Connector, descending: bool, expected: list[int | None]
) -> None:
    number = Column("n", Kind.INTEGER)
    read = connector.prepare(Read(TABLE, (Output("sfzh", number),), order=(Order(number, descending),)))
    assert [row[0] for row in await read.rows({})] == expected


async def test_a_derived_value_may_hide_a_column_but_order_and_keys_mean_the_column(
    connector: Connector,
) -> None:
    read = Read(
        TABLE,
        (Output("sfzh", Column("sfzh")),),
        derived=(Output("sfzh", Translate(Column("sfzh"), "0123456789", "9876543210")),),
        keys=Keys((Column("sfzh"),), "keys"),
        order=(Order(Column("sfzh"), descending=True),),
        limit=Constant(1),
    )
    answer = await connector.prepare(read).rows(keys("330799199003071013", "330799201902120021"))
    assert answer == [["669200798097879978"]]


async def test_views_are_described_like_tables(connector: Connector) -> None:
    entities = {entity.name: entity for entity in await connector.describe()}
    assert entities[TABLE].key == ("sfzh",)
    assert [column.name for column in entities["v_all"].columns] == ["sfzh", "xm", "big"]
    column = entities[TABLE].column("xm")
    assert column is not None
    assert column.type == "text"


async def test_unknown_entities_and_columns_are_named_when_prepared(connector: Connector) -> None:
    with pytest.raises(EntityUnknownError, match="nothing_here"):
        connector.prepare(Read("nothing_here", ()))
    with pytest.raises(EntityUnknownError, match="no_column"):
        connector.prepare(Read(TABLE, (Output("a", Column("no_column")),)))
    nested = Nested("n", Read(TABLE, ()), ("sfzh",), ("sfzh",), one=False)
    with pytest.raises(UnsupportedReadError):
        connector.prepare(Read(TABLE, (), nested=(nested,)))


async def test_a_slow_statement_is_a_timeout_and_the_source_lives_on(url: str, statements: Any) -> None:
    settings = {"url": url, "maxConnections": "1", "statementTimeout": "200ms"}
    connector = await open_connector("sql", settings, statements.surroundings(), {})
    await connector.describe()
    slow = connector.prepare(Read("slow", (Output("n", Column("n")),)))
    with anyio.fail_after(10), pytest.raises(SourceTimeoutError):
        await slow.rows({})
    assert len(await connector.sample(TABLE, 1)) == 1
    await connector.aclose()


async def test_a_cancelled_read_frees_the_connection(url: str, statements: Any) -> None:
    settings = {"url": url, "maxConnections": "1", "statementTimeout": "60s"}
    connector = await open_connector("sql", settings, statements.surroundings(), {})
    await connector.describe()
    slow = connector.prepare(Read("slow", (Output("n", Column("n")),)))
    with anyio.fail_after(10):
        with anyio.move_on_after(0.1) as scope:
            await slow.rows({})
        assert scope.cancelled_caught
        assert len(await connector.sample(TABLE, 1)) == 1
    await connector.aclose()


async def test_reads_run_side_by_side_over_few_connections(connector: Connector) -> None:
    read = connector.prepare(BY_KEY)
    answers = []

    async def ask() -> None:
        answers.append(await read.rows(keys("330799199003071013")))

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(ask)
    assert answers == [[["陈**"]]] * 50


async def test_sqlite_cannot_be_written_to(tmp_path: Path) -> None:
    client = SqliteClient(Path(sqlite_city(tmp_path).removeprefix("sqlite:///")), 1)
    for statement in (f"DELETE FROM {TABLE}", "CREATE TABLE x (a)", "PRAGMA user_version = 7"):
        with pytest.raises(SourceUnavailableError):
            await client.fetch(statement, [])
    assert await client.fetch(f"SELECT count(*) FROM {TABLE}", []) == [(3,)]
    await client.aclose()


async def test_sqlite_keys_use_the_index(tmp_path: Path, statements: Any) -> None:
    url = sqlite_city(tmp_path)
    connector = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    await connector.describe()
    await connector.prepare(BY_KEY).rows(keys("1"))
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        parameters = ["[]"] * len(set(re.findall(r"\?\d+", statements.texts[0])))
        plan = database.execute(f"EXPLAIN QUERY PLAN {statements.texts[0]}", parameters).fetchall()
    assert any("SEARCH t_rk_jbxx USING INDEX" in step[3] for step in plan), plan
    await connector.aclose()


async def test_a_text_of_sqlite_ends_before_its_first_zero_and_broken_bytes_fail_nothing(
    tmp_path: Path, statements: Any
) -> None:
    connector = await open_connector("sql", {"url": sqlite_city(tmp_path)}, statements.surroundings(), {})
    await connector.describe()
    outputs = (
        Output("cell", Column("cell")),
        Output("mask", Concat((Slice(Column("cell"), Constant(0), Constant(2)), Constant("**")))),
        Output("day", Column("day")),
        Output("number", Column("number", Kind.INTEGER)),
    )
    rows = await connector.prepare(Read("dirt", outputs, order=(Order(Column("id")),))).rows({})
    assert rows == [["3307", "33**", "20160520", None], ["\ufffdA", rows[1][1], "2016-05-20", 3]]
    await connector.aclose()


async def test_a_missing_file_is_unavailable_and_is_not_named(tmp_path: Path, statements: Any) -> None:
    settings = {"url": f"sqlite:///{tmp_path}/secret-place.db"}
    connector = await open_connector("sql", settings, statements.surroundings(), {})
    with pytest.raises(SourceUnavailableError) as caught:
        await connector.describe()
    assert "secret-place" not in caught.value.text + repr(caught.value.__cause__)
    with pytest.raises(SourceUnavailableError):
        connector.prepare(BY_KEY)
    await connector.aclose()


@pytest.mark.parametrize("content", [b"not a database at all", b""])
async def test_a_file_that_is_no_database_is_unavailable(
    tmp_path: Path, statements: Any, content: bytes
) -> None:
    (tmp_path / "x.db").write_bytes(content)
    settings = {"url": f"sqlite:///{tmp_path}/x.db"}
    connector = guarded(
        await open_connector("sql", settings, statements.surroundings(), {}), "population", 5, 1
    )
    with pytest.raises(GovGraphError) as caught:
        await connector.prepare(BY_KEY).rows(keys("1"))
    assert caught.value.kind in {"source_retry", "source_fatal"}
    assert str(tmp_path) not in caught.value.text
    await connector.aclose()


async def test_a_table_that_was_dropped_is_told_as_such(tmp_path: Path, statements: Any) -> None:
    url = sqlite_city(tmp_path)
    connector = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    await connector.describe()
    read = connector.prepare(BY_KEY)
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        database.execute("DROP VIEW v_all")
        database.execute(f"DROP TABLE {TABLE}")
    with pytest.raises(EntityUnknownError) as caught:
        await read.rows(keys("1"))
    assert TABLE not in caught.value.text
    await connector.aclose()


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
