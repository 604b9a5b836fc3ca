"""Columns as their sources keep them: read as text or number, they mean what their cells mean in Python."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import asyncpg
import duckdb
import pytest
from sqlalchemy import Boolean, Date, DateTime, Integer, LargeBinary, MetaData, Numeric, String, Table, select
from sqlalchemy import Column as Stored
from sqlalchemy.dialects import postgresql as pg

from connectors.sql.dialects import dialect
from connectors.sql.expressions import render
from connectors.sql.spellings import bound
from govgraph.expressions.python import compile_python
from govgraph.expressions.terms import Among, Bind, Column, Compare, Comparison, Constant, Expression, Kind

Ask = Callable[[str, Sequence[Any]], list[Any]]

ROWS: Sequence[tuple[Any, ...]] = (
    (96, Decimal("2400.50"), True, date(2016, 5, 20), datetime(2016, 5, 20, 8, 30), b"\xff\x00", "x"),  # noqa: DTZ001
    (-7, Decimal("0.00"), False, date(2, 1, 1), datetime(1986, 3, 1), b"", "96"),  # noqa: DTZ001
    (0, Decimal("-1000.00"), True, date(9998, 12, 31), datetime(2026, 6, 30, 23, 59, 59), b"a", "-2.50"),  # noqa: DTZ001
    (None, None, None, None, None, None, None),
)
TYPES = (Integer(), Numeric(), Boolean(), Date(), DateTime(), LargeBinary(), String())
NAMES = ("whole", "exact", "truth", "day", "moment", "bytes", "word")
SQL_COLUMNS = (
    "whole bigint, exact numeric(12, 2), truth boolean, day date, moment timestamp, bytes {}, word text"
)
INSERT = "INSERT INTO stored VALUES ({})"


def _kept_by_sqlite(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def sqlite() -> Ask:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE stored ({SQL_COLUMNS.format('blob')})")
    rows = [tuple(_kept_by_sqlite(value) for value in row) for row in ROWS]
    connection.executemany(INSERT.format(", ".join("?" * 7)), rows)
    return lambda text, arguments: [value for (value,) in connection.execute(text, arguments)]


def duck() -> Ask:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE stored ({SQL_COLUMNS.format('blob')})")
    connection.executemany(INSERT.format(", ".join("?" * 7)), ROWS)
    return lambda text, arguments: [value for (value,) in connection.execute(text, arguments).fetchall()]


def postgresql(connection: Any, runner: asyncio.Runner) -> Ask:
    runner.run(connection.execute(f"CREATE TEMPORARY TABLE stored ({SQL_COLUMNS.format('bytea')})"))
    runner.run(connection.copy_records_to_table("stored", records=ROWS))
    return lambda text, arguments: [row[0] for row in runner.run(connection.fetch(text, *arguments))]


@pytest.fixture(scope="module")
def sources(postgresql_url: str) -> Iterator[Mapping[str, Ask]]:
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(postgresql_url))
        yield {"sqlite": sqlite(), "duckdb": duck(), "postgresql": postgresql(connection, runner)}
        runner.run(connection.close())


def asked(
    sources: Mapping[str, Ask], name: str, expression: Expression, binds: Mapping[str, Any]
) -> list[Any]:
    columns = [Stored(column, type_) for column, type_ in zip(NAMES, TYPES, strict=True)]
    stored = Table("stored", MetaData(), *columns)
    compiled = (
        select(render(expression, dict(stored.c), name)).select_from(stored).compile(dialect=dialect(name))
    )
    values = compiled.construct_params({key: bound(value, name) for key, value in binds.items()})
    return sources[name](str(compiled), [values[key] for key in compiled.positiontup or ()])


EXPRESSIONS: Sequence[Expression] = (
    *(Column(name) for name in NAMES),
    *(Column(name, Kind.INTEGER) for name in ("whole", "exact", "word")),
    *(Column(name, Kind.BOOLEAN) for name in ("truth", "whole", "word")),
    *(Compare(Comparison.LESS, Column(name, Kind.DECIMAL), Bind("most", Kind.DECIMAL)) for name in NAMES[:2]),
    Compare(Comparison.LESS, Column("word", Kind.DECIMAL), Bind("most", Kind.DECIMAL)),
    Compare(Comparison.EQUAL, Column("exact", Kind.DECIMAL), Constant(0)),
    Among(Column("exact", Kind.DECIMAL), "amounts", Kind.DECIMAL),
    Among(Column("day"), "days"),
)
BINDS = {
    "most": Decimal("2400.49"),
    "amounts": [Decimal("2400.5"), Decimal(7)],
    "days": ["2016-05-20"],
}


@pytest.mark.postgresql
@pytest.mark.parametrize("name", ["sqlite", "duckdb", "postgresql"])
@pytest.mark.parametrize("place", range(len(EXPRESSIONS)))
def test_a_stored_column_means_what_its_cells_mean(name: str, place: int, sources: Mapping[str, Ask]) -> None:
    expression = EXPRESSIONS[place]
    evaluate = compile_python(expression, NAMES)
    binds = {key: value for key, value in BINDS.items() if key in repr(expression)}
    found = asked(sources, name, expression, binds)
    assert found == [evaluate(row, BINDS) for row in ROWS]


@pytest.mark.postgresql
def test_a_moment_with_a_zone_is_told_in_universal_time(postgresql_url: str) -> None:
    moment = datetime(2016, 5, 20, 8, 30, tzinfo=timezone.utc)  # noqa: UP017 - beside its text
    zoned = Table("zoned", MetaData(), Stored("moment", DateTime(timezone=True)))
    text = str(
        select(render(Column("moment"), dict(zoned.c), "postgresql")).compile(dialect=dialect("postgresql"))
    )
    with asyncio.Runner() as runner:
        connection = runner.run(
            asyncpg.connect(postgresql_url, server_settings={"timezone": "Asia/Shanghai"})
        )
        runner.run(connection.execute("CREATE TEMPORARY TABLE zoned (moment timestamptz)"))
        runner.run(connection.copy_records_to_table("zoned", records=[(moment,)]))
        assert runner.run(connection.fetchval(text)) == "2016-05-20T08:30:00Z"
        runner.run(connection.close())


def test_dirt_in_a_number_of_sqlite_is_null() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE dirt (amount integer)")
    connection.executemany("INSERT INTO dirt VALUES (?)", [(1,), ("much",), (2.5,), (b"1",)])
    dirt = Table("dirt", MetaData(), Stored("amount", Integer))
    column = render(Column("amount", Kind.INTEGER), dict(dirt.c), "sqlite")
    text = str(select(column).select_from(dirt).compile(dialect=dialect("sqlite")))
    assert [value for (value,) in connection.execute(text)] == [1, None, None, None]


def test_text_filled_up_with_blanks_is_read_without_them() -> None:
    padded = Table("padded", MetaData(), Stored("code", pg.CHAR(20)))
    written = render(Column("code"), dict(padded.c), "postgresql").compile(dialect=dialect("postgresql"))
    assert "CAST" in str(written)
