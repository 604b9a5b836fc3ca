"""What a mask asks of days that PostgreSQL stores is told without writing the day, and tells the same."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest

from auth.masking.masks import MASKS
from auth.masking.rule import VALUE
from connectors.model import Order, Output, Read
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.expressions.shorthand import part
from govgraph.expressions.terms import Column, Expression, IsNull, Kind, Not, ToInteger
from govgraph.expressions.walk import substitute

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]

STORED = (
    "1990-03-07",
    "0001-01-01",
    "9999-12-31",
    "infinity",
    "-infinity",
    "0044-03-15 BC",
    "12026-01-01",
    None,
)
YEARS = [1990, 1, 9999, None, None, None, None, None]
NO_TEXT = [False, False, False, True, True, False, False, True]
TYPES = ("date", "timestamp")
YEAR = MASKS["YR"].of_day


@pytest.fixture(scope="module")
async def url(new_postgresql_database: Callable[[], str]) -> str:
    made = new_postgresql_database()
    owner = await asyncpg.connect(made)
    for kind in TYPES:
        await owner.execute(f"CREATE TABLE of_{kind} (n int PRIMARY KEY, day {kind})")
        for number, day in enumerate(STORED):
            await owner.execute(f"INSERT INTO of_{kind} VALUES ($1, $2::text::{kind})", number, day)
    await owner.execute(
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET datestyle = German', current_database()); END $$"
    )
    await owner.close()
    return made


@pytest.fixture
async def connector(url: str, statements: Any) -> AsyncIterator[Connector]:
    opened = await open_connector("sql", {"url": url}, statements.surroundings(), {})
    await opened.describe()
    yield opened
    await opened.aclose()


def asked(kind: str, *shown: Expression) -> Read:
    outputs = tuple(Output(f"o{place}", one) for place, one in enumerate(shown))
    derived = (Output("read day", Column("day", Kind.DATE)),)
    return Read(f"of_{kind}", outputs, derived, order=(Order(Column("n", Kind.INTEGER)),))


@pytest.mark.parametrize("kind", TYPES)
async def test_the_year_of_a_stored_day_is_that_of_its_text(connector: Connector, kind: str) -> None:
    assert YEAR is not None
    text, day = Column("read day"), Column("day", Kind.DATE)
    short, whole = (substitute(one, {VALUE: text}) for one in (YEAR, MASKS["YR"].expression))
    read = connector.prepare(asked(kind, short, whole, ToInteger(part(day, 0, 4)), text))
    rows = [list(row) for row in await read.rows({})]
    assert [row[:3] for row in rows] == [[year] * 3 for year in YEARS]
    assert [row[3] for row in rows] == ["1990-03-07", "0001-01-01", "9999-12-31", *[None] * 5]


@pytest.mark.parametrize("kind", TYPES)
async def test_a_stored_day_is_known_to_be_absent_without_being_written(
    connector: Connector, kind: str
) -> None:
    read = asked(kind, IsNull(Column("read day")), IsNull(Column("day")), Not(IsNull(Column("day"))))
    prepared = connector.prepare(read)
    rows = [list(row) for row in await prepared.rows({})]
    expected = zip(YEARS, NO_TEXT, strict=True)
    assert rows == [[year is None, no_text, not no_text] for year, no_text in expected]
    assert "to_char" not in prepared.statement
    assert "AS VARCHAR" not in prepared.statement


@pytest.mark.parametrize("kind", TYPES)
async def test_no_text_of_a_day_is_one_that_is_known_to_be_absent(connector: Connector, kind: str) -> None:
    rows = await connector.prepare(asked(kind, Column("day"), IsNull(Column("day")))).rows({})
    assert [text is None for text, _ in rows] == [absent for _, absent in rows] == NO_TEXT
