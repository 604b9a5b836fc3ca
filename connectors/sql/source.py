"""A source that speaks SQL, whatever its dialect: reads are compiled here and run by its own client."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

import orjson

from connectors.coalescing import Coalescing
from connectors.errors import (
    EntityUnknownError,
    SourceBusyError,
    SourceTimeoutError,
    SourceUnavailableError,
)
from connectors.model import Binds, Capability, Entity, Output, Read, Row, Surroundings, Written
from connectors.protocol import PreparedRead
from connectors.rows_only import RowsOnly
from connectors.sql import json_text
from connectors.sql.alone import ALONE, Statements
from connectors.sql.obeyed import Obeyed
from connectors.sql.statement import Statement, compile_read
from connectors.sql.tables import Description
from govgraph.expressions.terms import Column, Constant

T = TypeVar("T")
CAPABILITIES = frozenset(
    {
        Capability.COMPUTE,
        Capability.FILTER,
        Capability.ORDER,
        Capability.LIMIT,
        Capability.LOOKUP,
        Capability.PER_KEY_LIMIT,
        Capability.AGGREGATE,
    }
)


class Client(Protocol):
    """Runs statements of one dialect on a source. Raises errors of the house where it knows the cause."""

    @property
    def dialect(self) -> str:
        """Return `sqlite`, `postgresql` or `duckdb`."""

    @property
    def as_of(self) -> datetime | None:
        """When the data was true; None where it is live."""

    @property
    def ends_late_statements(self) -> bool:
        """Whether the source itself ends a statement that lasts too long."""

    @property
    def streams(self) -> int:
        """How many statements may give their rows bit by bit at one time; 0 where none can.

        Each holds a connection until its reader has the last row, so some are always left to others.
        """

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return all rows of a statement."""

    def stream(
        self, text: str, arguments: Sequence[Any], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        """Yield all rows of a statement, at most `size` at a time; asked for where `streams` is not 0."""

    async def descriptions(self) -> Sequence[Description]:
        """Return the tables and views there are."""

    async def writable(self) -> Sequence[str]:
        """Return the places that the account may change."""

    async def obeyed(self) -> Obeyed | None:
        """Return the session as the source describes it; None where it knows no sessions."""

    async def aclose(self) -> None:
        """Close the connections."""


class SqlConnector:
    """A read-only door to one SQL source; a statement that lasts longer than `timeout` seconds is stopped.

    One that `writes` gives its rows as JSON where it is asked to, if its dialect can.
    """

    def __init__(
        self, client: Client, surroundings: Surroundings, timeout: float, *, writes: bool = False
    ) -> None:
        self._client = client
        self._surroundings = surroundings
        self._bounds = _Bounds(timeout, asyncio.Semaphore(client.streams), Coalescing())
        offered = {Capability.STREAM} if client.streams else set()
        offered |= {Capability.JSON} if writes and client.dialect == json_text.DIALECT else set()
        self._capabilities = CAPABILITIES | offered
        self._descriptions: Mapping[str, Description] | None = None

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What a SQL source takes over; JSON where it is set to write it, and can."""
        return self._capabilities

    @property
    def as_of(self) -> datetime | None:
        """When the data was true; None where it is live."""
        return self._client.as_of

    async def describe(self) -> Sequence[Entity]:
        """List tables and views with columns, types and primary keys."""
        found = await self._client.descriptions()
        self._descriptions = {description.entity.name: description for description in found}
        return [description.entity for description in found]

    async def writable(self) -> tuple[str, ...]:
        """Return the places that the account may change, tables by name; empty where it may only read."""
        return tuple(await self._client.writable())

    async def obeyed(self) -> Obeyed | None:
        """Return the session as the source describes it; None where it knows no sessions."""
        return await self._client.obeyed()

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        """Return any rows of an entity, each cell as text."""
        columns = self._description(entity).entity.columns
        outputs = tuple(Output(column.name, Column(column.name)) for column in columns)
        rows = await self.prepare(Read(entity, outputs, limit=Constant(count))).rows({})
        return [dict(zip((column.name for column in columns), row, strict=True)) for row in rows]

    def prepare(self, read: Read) -> PreparedRead:
        """Compile a read. Raises `SourceUnavailableError` where the source was never described."""
        description, dialect = self._description(read.entity), self._client.dialect
        statements = Statements(compile_read(read, description, dialect))
        if read.keys is not None and dialect in ALONE:
            compile_alone = partial(compile_read, read, description, dialect, alone=True)
            statements = Statements(statements.of_many, read.keys.bind, compile_alone)
        return _SqlRead(self._client, statements, self._surroundings, self._bounds)

    def _description(self, entity: str) -> Description:
        if self._descriptions is None:
            raise SourceUnavailableError("The source could not be described yet")
        found = self._descriptions.get(entity)
        if found is None:
            raise EntityUnknownError(f"The source has no table or view `{entity}`")
        return found

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What bounds the reads of one source: seconds of a statement, places for those that stream, and one
    statement for all who ask the same of its files at once.
    """

    timeout: float
    streams: asyncio.Semaphore
    shared: Coalescing[Sequence[Row]]

    async def in_time(self, work: Awaitable[T]) -> T:
        """Return what the work gives. Raises `SourceTimeoutError` where it lasts too long."""
        try:
            async with asyncio.timeout(self.timeout):
                return await work
        except TimeoutError:
            raise SourceTimeoutError("The source did not answer in time") from None


class _SqlRead(RowsOnly):
    """A compiled statement on its client."""

    def __init__(
        self, client: Client, statements: Statements, surroundings: Surroundings, bounds: _Bounds
    ) -> None:
        self._client = client
        self._statements = statements
        self._surroundings = surroundings
        self._bounds = bounds

    @property
    def statement(self) -> str:
        """The text that the source is sent: parameters stand for all values."""
        return self._statements.of_many.text

    async def rows(self, binds: Binds) -> Sequence[Row]:
        """Return the rows; the statement's text, never its values, is told to the source's log."""
        statement, rows = await self._fetched(binds)
        return statement.read(rows)

    async def json(self, binds: Binds) -> Written:
        """Return the rows as JSON, with what is told beside it."""
        _, rows = await self._fetched(binds)
        return json_text.taken(rows[0])

    async def _fetched(self, binds: Binds) -> tuple[Statement, Sequence[Row]]:
        """Return the rows as the client gives them; of files, all who ask the same at once share them."""
        statement = self._statements.chosen(binds)
        arguments = statement.arguments(binds)
        self._surroundings.observe(statement.text)
        if self._client.ends_late_statements:
            return statement, await self._client.fetch(statement.text, arguments)
        if self._client.as_of is None:
            return statement, await self._bounds.in_time(self._client.fetch(statement.text, arguments))
        same = (statement.text, orjson.dumps(arguments, default=str))
        return statement, await self._bounds.shared.answer(
            same, lambda: self._bounds.in_time(self._client.fetch(statement.text, arguments))
        )

    async def stream(self, binds: Binds, size: int) -> AsyncGenerator[Sequence[Row], None]:
        """Yield batches of the rows; each is bounded in time, not what its reader does with it.

        Raises `SourceBusyError` where as many statements stream already as leave connections to others.
        """
        statement = self._statements.chosen(binds)
        arguments = statement.arguments(binds)
        if self._bounds.streams.locked():
            raise SourceBusyError("As many answers stream from the source already as may at one time")
        async with self._bounds.streams:
            self._surroundings.observe(statement.text)
            async with aclosing(self._client.stream(statement.text, arguments, size)) as batches:
                while rows := await self._bounds.in_time(anext(batches, None)):
                    yield statement.read(rows)
