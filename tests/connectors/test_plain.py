"""What Oracle and SQL Server are asked, and what is made of their rows, by drivers of the tests."""

import uuid
from collections.abc import AsyncIterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.conformance import Truth, prove
from connectors.errors import SourceAnswerError, UnsupportedReadError
from connectors.model import Capability, ColumnType, Grouping, Order, Output, Read, Reference
from connectors.sql import plain
from govgraph.expressions.terms import Bind, Column, Compare, Comparison, Concat, Constant, Not, Slice
from resolvers.planning.pushdown import split
from tests.connectors.plain_source import (
    BOTH,
    BY_KEY,
    NAME,
    NUMBERS,
    PEOPLE,
    SCHEMA,
    SECRET,
    column,
    fill,
    sources,
    told,
)
from tests.connectors.test_conformance import COUNT, ENTITY, KEYS, ROWS, without_empty

pytestmark = pytest.mark.anyio


@pytest.fixture
async def opened(statements: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    async with sources(statements, monkeypatch) as open_on:
        yield open_on


@BOTH
@pytest.mark.parametrize("seed", [1, 2])
async def test_what_it_declares_it_answers_as_the_plain_model_does(
    opened: Any, dialect: str, seed: int
) -> None:
    connector, engine = await opened(dialect)
    rows = without_empty(ROWS) if dialect == "oracle" else ROWS
    engine.database.execute(
        f'CREATE TABLE {SCHEMA}."t 人%" (id TEXT, 姓名 TEXT, "count%of" INT, "select" TEXT)'
    )
    engine.database.executemany(f'INSERT INTO {SCHEMA}."t 人%" VALUES (?, ?, ?, ?)', rows)
    kinds = [("varchar2", None, None)] * 2 + [NUMBERS[dialect], ("varchar2", None, None)]
    described = [
        column("t 人%", one.name, of=kind, key=1 if one.name == "id" else None)
        for one, kind in zip(ENTITY.columns, kinds, strict=True)
    ]
    engine.told = told(dialect, described)
    assert await prove(connector, Truth(ENTITY, rows, keys=KEYS), COUNT, seed) == COUNT


@BOTH
async def test_nothing_is_left_to_it_that_was_never_proved_there(opened: Any, dialect: str) -> None:
    connector, _ = await opened(dialect, shape="pushdown")
    await connector.describe()
    assert connector.capabilities == {Capability.LOOKUP, Capability.LIMIT}
    condition = Compare(Comparison.EQUAL, Column("xm"), Bind("text"))
    for read in (
        Read("people", (NAME,), predicate=condition),
        Read("people", (NAME,), order=(Order(Column("xm")),)),
        Read("people", (Output("masked", Constant("***")),)),
        Read("people", (), grouping=Grouping((Column("xm"),), ())),
    ):
        with pytest.raises(UnsupportedReadError):
            connector.prepare(read)


@BOTH
async def test_a_mask_a_condition_and_an_order_are_worked_out_after_the_fetch(
    opened: Any, dialect: str
) -> None:
    connector, engine = await opened(dialect)
    fill(engine, ("k1", "陈志远"), ("k2", "李红"), ("k3", None), ("k4", "阿莱"))
    await connector.describe()
    masked = Concat((Slice(Column("xm"), Constant(0), Constant(1)), Constant("**")))
    other = Not(Compare(Comparison.EQUAL, Column("sfzh"), Bind("key")))
    order = (Order(Column("xm"), descending=True),)
    read = Read("people", (Output("xm", masked),), predicate=other, order=order, limit=Constant(2))
    pushed, finish = split(read, connector.capabilities)
    assert finish is not None
    rows = await connector.prepare(pushed).rows({"key": "k1"})
    assert finish(rows, {"key": "k1"}) == [(None,), ("阿**",)]
    assert not {"ORDER", "||", "k1"} & {*engine.statements[-1][0].split(), *engine.statements[-1][1]}


@BOTH
async def test_what_only_the_source_takes_for_the_key_is_left_out(opened: Any, dialect: str) -> None:
    connector, engine = await opened(dialect)
    fill(engine, ("33X", "right"), ("33x", "of another case"))
    await connector.describe()
    assert await connector.prepare(BY_KEY).rows({"keys": [("33X",)]}) == [["right"]]


@BOTH
async def test_values_travel_beside_the_statement_and_are_not_told_to_its_log(
    opened: Any, statements: Any, dialect: str
) -> None:
    connector, engine = await opened(dialect)
    await connector.describe()
    hostile = f"{SECRET}' OR 1=1 --"
    assert await connector.prepare(BY_KEY).rows({"keys": [(hostile,)]}) == []
    text, arguments = engine.statements[-1]
    assert hostile in arguments
    assert SECRET not in text
    assert not any(SECRET in one for one in statements.texts)
    assert connector.prepare(BY_KEY).statement in statements.texts


@BOTH
async def test_more_keys_than_a_list_may_hold_are_all_found(opened: Any, dialect: str) -> None:
    connector, engine = await opened(dialect)
    fill(engine, *((f"k{number}", f"n{number}") for number in range(2100)))
    await connector.describe()
    rows = await connector.prepare(BY_KEY).rows({"keys": [(f"k{number}",) for number in range(2100)]})
    assert len({name for (name,) in rows}) == 2100
    assert len(rows) == 2100


@BOTH
async def test_a_table_larger_than_the_platform_holds_is_refused_at_its_source(
    opened: Any, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "MOST_ROWS", 3)
    connector, engine = await opened(dialect)
    fill(engine, *((f"k{number}", "n") for number in range(9)))
    await connector.describe()
    with pytest.raises(SourceAnswerError):
        await connector.prepare(PEOPLE).rows({})
    assert engine.statements[-1][1] == (4,)
    assert len(await connector.prepare(Read("people", (NAME,), limit=Constant(2))).rows({})) == 2


@BOTH
async def test_a_sample_asks_for_so_many_rows_and_no_more(opened: Any, dialect: str) -> None:
    connector, engine = await opened(dialect)
    fill(engine, *((f"k{number}", "n") for number in range(9)))
    await connector.describe()
    assert len(await connector.sample("people", 2)) == 2
    assert engine.statements[-1][1] == (2,)


@BOTH
async def test_pictures_are_no_part_of_a_sample(opened: Any, dialect: str) -> None:
    connector, engine = await opened(dialect)
    picture = column("people", "photo", of=({"oracle": "blob", "mssql": "image"}[dialect], None, None))
    engine.told = told(dialect, [column("people", "xm"), picture])
    fill(engine, ("k1", "n"))
    await connector.describe()
    assert await connector.sample("people", 2) == [{"xm": "n"}]
    assert "photo" not in engine.statements[-1][0]


@BOTH
async def test_columns_keys_comments_and_references_are_described(opened: Any, dialect: str) -> None:
    connector, engine = await opened(dialect)
    rows = [
        column("people", "sfzh", of=("CHAR", None, None), key=2),
        column("people", "no", of=NUMBERS[dialect], key=1),
        column("people", "shape", of=("sdo_geometry", None, None)),
        column("cars", "owner"),
    ]
    engine.told = told(dialect, rows, [("cars", "fk", "owner", "people", "sfzh")])
    people, cars = await connector.describe()
    assert (people.key, people.comment, people.columns[0].comment) == (("no", "sfzh"), "表 people", "注 sfzh")
    assert [one.type for one in people.columns] == [ColumnType.TEXT, ColumnType.INTEGER]
    assert cars.references == (Reference(("owner",), "people", ("sfzh",)),)


CELLS = (
    (Decimal("2400.5000"), "2400.5"),
    (Decimal(7), "7"),
    (0.1, "0.1"),
    (float("nan"), None),
    (date(2016, 5, 20), "2016-05-20"),
    (datetime(2016, 5, 20, 8, 30, 0, 5), "2016-05-20T08:30:00"),  # noqa: DTZ001 - as the drivers give it
    (b"\xff\x00", "FF00"),
    (True, "true"),
    (uuid.UUID(int=10), "00000000-0000-0000-0000-00000000000a"),
    ("陈　", "陈　"),
    ("x  ", "x  "),
    (None, None),
)


@BOTH
async def test_cells_come_in_their_canonical_spelling(
    opened: Any, dialect: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    connector, engine = await opened(dialect)
    await connector.describe()
    monkeypatch.setattr(engine, "run", lambda *_asked: [(given,) for given, _ in CELLS])
    assert [cell for (cell,) in await connector.prepare(PEOPLE).rows({})] == [spelled for _, spelled in CELLS]


@BOTH
async def test_blanks_that_fill_up_a_column_are_no_part_of_its_value(opened: Any, dialect: str) -> None:
    connector, engine = await opened(dialect)
    engine.told = told(dialect, [column("people", "sfzh", of=("CHAR", None, None)), column("people", "xm")])
    fill(engine, ("k1   ", "filled"))
    (people,) = await connector.describe()
    assert [one.name for one in people.columns] == ["sfzh", "xm"]
    rows = await connector.prepare(Read("people", (Output("sfzh", Column("sfzh")),))).rows({})
    assert list(rows) == [["k1"]]


async def test_oracle_is_given_texts_as_char_so_that_filled_up_columns_equal_them(opened: Any) -> None:
    connector, engine = await opened("oracle")
    await connector.describe()
    await connector.prepare(BY_KEY).rows({"keys": [("a",)]})
    assert engine.kinds[-1] == ("CHAR", None)
