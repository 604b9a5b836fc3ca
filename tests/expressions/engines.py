"""The five places where expressions run, each holding the same rows."""

import asyncio
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import asyncmy
import asyncpg
import duckdb
from sqlalchemy import BigInteger, MetaData, String, Table, select
from sqlalchemy import Column as StoredColumn

from connectors.sql.dialects import dialect
from connectors.sql.expressions import render
from connectors.sql.mysql_session import opening
from connectors.sql.spellings import bound
from govgraph.expressions.python import compile_python
from govgraph.expressions.terms import Expression, Kind
from govgraph.expressions.walk import kind_of

Values = list[Any]
Row = tuple[int, str | None, str | None, int | None]
COLUMNS = ("row", "value", "other", "number")


class Engine(Protocol):
    """Runs an expression over all rows."""

    def values(
        self, expression: Expression, binds: Mapping[str, Any] | None = None, first: int = 0
    ) -> Values:
        """Return the value of every row, or of the first so many, in their order."""


def statement(expression: Expression, binds: Mapping[str, Any], name: str, first: int) -> tuple[str, Values]:
    """Return text and arguments of a statement that asks for the expression of every row."""
    cells = Table(
        "cells",
        MetaData(),
        StoredColumn("row", BigInteger),
        StoredColumn("value", String),
        StoredColumn("other", String),
        StoredColumn("number", BigInteger),
    )
    chosen = select(render(expression, dict(cells.c), name)).select_from(cells).order_by(cells.c.row)
    if first:
        chosen = chosen.where(cells.c.row < first)
    compiled = chosen.compile(dialect=dialect(name))
    given = {key: bound(value, name) for key, value in binds.items() if key in compiled.binds}
    values = compiled.construct_params(given)
    return str(compiled), [values[key] for key in compiled.positiontup or ()]


class Python:
    """Generated Python code. No dataclass: Hypothesis reports every field of one, here the rows."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    def values(
        self, expression: Expression, binds: Mapping[str, Any] | None = None, first: int = 0
    ) -> Values:
        evaluate = compile_python(expression, COLUMNS)
        return [evaluate(row, binds or {}) for row in self.rows[: first or None]]


@dataclass(frozen=True, slots=True)
class Sqlite:
    """SQLite, in memory."""

    connection: sqlite3.Connection

    @classmethod
    def open(cls, rows: Sequence[Row]) -> "Sqlite":
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE TABLE cells (row INTEGER, value TEXT, other TEXT, number INTEGER)")
        connection.executemany("INSERT INTO cells VALUES (?, ?, ?, ?)", rows)
        return cls(connection)

    def values(
        self, expression: Expression, binds: Mapping[str, Any] | None = None, first: int = 0
    ) -> Values:
        found = [
            value
            for (value,) in self.connection.execute(*statement(expression, binds or {}, "sqlite", first))
        ]
        if kind_of(expression) is Kind.BOOLEAN:
            return [None if value is None else bool(value) for value in found]
        return found


@dataclass(frozen=True, slots=True)
class Duckdb:
    """DuckDB, in memory."""

    connection: Any

    @classmethod
    def open(cls, rows: Sequence[Row]) -> "Duckdb":
        connection = duckdb.connect()
        connection.execute("CREATE TABLE cells (row BIGINT, value VARCHAR, other VARCHAR, number BIGINT)")
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute(
            "INSERT INTO cells SELECT unnest($1::BIGINT[]), unnest($2::VARCHAR[]), unnest($3::VARCHAR[]), "
            "unnest($4::BIGINT[])",
            columns,
        )
        return cls(connection)

    def values(
        self, expression: Expression, binds: Mapping[str, Any] | None = None, first: int = 0
    ) -> Values:
        found = self.connection.execute(*statement(expression, binds or {}, "duckdb", first)).fetchall()
        return [value for (value,) in found]


@dataclass(frozen=True, slots=True)
class Postgresql:
    """PostgreSQL, through the driver that the connectors use."""

    runner: asyncio.Runner
    connection: Any

    @classmethod
    def open(cls, url: str, rows: Sequence[Row], runner: asyncio.Runner) -> "Postgresql":
        async def start() -> Any:
            connection = await asyncpg.connect(url)
            await connection.execute(
                "CREATE TEMPORARY TABLE cells (row bigint, value text, other text, number bigint)"
            )
            await connection.copy_records_to_table("cells", records=list(rows))
            return connection

        return cls(runner, runner.run(start()))

    def values(
        self, expression: Expression, binds: Mapping[str, Any] | None = None, first: int = 0
    ) -> Values:
        text, arguments = statement(expression, binds or {}, "postgresql", first)
        return [row[0] for row in self.runner.run(self.connection.fetch(text, *arguments))]

    def close(self) -> None:
        """Let go of the connection."""
        self.runner.run(self.connection.close())


@dataclass(frozen=True, slots=True)
class Mariadb:
    """MariaDB, through the driver that the connectors use; its column pads and knows no case."""

    runner: asyncio.Runner
    connection: Any

    @classmethod
    def open(cls, address: Mapping[str, Any], rows: Sequence[Row], runner: asyncio.Runner) -> "Mariadb":
        async def start() -> Any:
            connection = await asyncmy.connect(**address, autocommit=True)
            cursor = connection.cursor()
            await cursor.execute(
                "CREATE TEMPORARY TABLE cells (row bigint, value longtext, other longtext, number bigint) "
                "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci"
            )
            for told in opening("mariadb", 60):
                await connection.query(told.replace(" READ ONLY", " READ WRITE"))
            filled = await connection.prepare("INSERT INTO cells VALUES (?, ?, ?, ?)")
            for row in rows:
                await filled.execute(row)
            return connection

        return cls(runner, runner.run(start()))

    def values(
        self, expression: Expression, binds: Mapping[str, Any] | None = None, first: int = 0
    ) -> Values:
        text, arguments = statement(expression, binds or {}, "mariadb", first)
        return [self._value(row[0], expression) for row in self.runner.run(self._rows(text, arguments))]

    async def _rows(self, text: str, arguments: Values) -> Values:
        prepared = await self.connection.prepare(text)
        answer = await prepared.execute(arguments)
        await prepared.close()
        return list(answer.rows)

    def _value(self, value: Any, expression: Expression) -> Any:
        if kind_of(expression) is Kind.BOOLEAN and value is not None:
            return bool(value)
        return value

    def close(self) -> None:
        """Let go of the connection."""
        self.runner.run(self.connection.ensure_closed())
