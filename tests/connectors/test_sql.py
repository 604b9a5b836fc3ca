"""SQL sources: constant statements, bound values, and connections that come back."""

from collections.abc import AsyncIterator, Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import pytest

from connectors.errors import (
    EntityUnknownError,
    SourceTimeoutError,
    UnsupportedReadError,
    ValueNotTextError,
)
from connectors.model import Keys, Nested, Order, Output, Read
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.expressions.terms import (
    Column,
    Constant,
    Kind,
    Translate,
)
from tests.connectors.people import BY_KEY, TABLE, keys, postgresql_city, sqlite_city

pytestmark = pytest.mark.anyio


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


async def test_the_statement_is_one_text_for_one_key_and_one_for_any_number(
    connector: Connector, statements: Any
) -> None:
    read = connector.prepare(BY_KEY)
    assert await read.rows(keys()) == []
    assert [*map(list, await read.rows(keys("330799199003071013")))] == [["陈**"]]
    many = keys(*(str(number) for number in range(5000)), "330799201902120021", "330799199003071013")
    assert [*map(list, await read.rows(many))] == [["陈**"], ["陈**"]]
    alone = await read.rows(keys("330799201902120021"))
    assert [*map(list, alone)] == [["陈**"]]
    nobody, one, many_text, again = statements.texts
    assert nobody == many_text == read.statement
    assert one == again


async def test_no_bound_value_stands_in_the_statement(connector: Connector, statements: Any) -> None:
    await connector.prepare(BY_KEY).rows(keys("330799199003071013"))
    for value in ("330799199003071013", "nobody-in-particular", "陈", "*'"):
        assert value not in statements.texts[0]


async def test_a_value_that_looks_like_sql_is_only_a_value(connector: Connector) -> None:
    assert await connector.prepare(BY_KEY).rows(keys("' OR '1'='1", 'x"); DROP TABLE t_rk_jbxx; --')) == []
    assert len(await connector.sample(TABLE, 10)) == 3


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
async def test_a_key_that_no_source_can_store_finds_nothing(connector: Connector, value: str) -> None:
    rows = await connector.prepare(BY_KEY).rows(keys(value, "330799199003071013"))
    assert [*map(list, rows)] == [["陈**"]]


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
    assert [*map(list, rows)] == [
        ["330799199003071013", 7, Decimal("0.5"), True, "1990-03-07"],
        ["330799199106290025", -1, None, None, None],
        ["330799201902120021", None, Decimal(2400), False, "2019-02-12"],
    ]


async def test_numbers_read_as_text_have_one_spelling(connector: Connector) -> None:
    rows = await connector.prepare(
        Read(TABLE, (Output("share", Column("share")),), order=(Order(Column("sfzh")),))
    ).rows({})
    assert [*map(list, rows)] == [["0.5"], [None], ["2400"]]


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
    assert [*map(list, answer)] == [["669200798097879978"]]


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
        answers.append([*map(list, await read.rows(keys("330799199003071013")))])

    async with anyio.create_task_group() as group:
        for _ in range(50):
            group.start_soon(ask)
    assert answers == [[["陈**"]]] * 50
