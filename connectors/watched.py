"""Tells of reads that meet that their table or column is gone, and that are answered again afterwards."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, TypeVar

from connectors.errors import EntityUnknownError
from connectors.model import Binds, Capability, Entity, Read, Row, Written
from connectors.protocol import Connector, PreparedRead

T = TypeVar("T")
Tell = Callable[[], None]


def watched(connector: Connector, tell: Tell) -> Connector:
    """Return the connector; `tell` is called at each read that meets that something it reads is gone.

    It is called again once such a read can be prepared and is answered, so that whoever is told may look
    at the source both times.
    """
    return _WatchedConnector(connector, tell)


class _WatchedConnector:
    """A connector that tells of its reads."""

    def __init__(self, connector: Connector, tell: Tell) -> None:
        self._connector = connector
        self._tell = tell
        self._gone: set[str] = set()

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._connector.capabilities

    @property
    def as_of(self) -> datetime | None:
        return self._connector.as_of

    async def describe(self) -> Sequence[Entity]:
        return await self._connector.describe()

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        return await self._connector.sample(entity, count)

    def prepare(self, read: Read) -> PreparedRead:
        try:
            prepared = self._connector.prepare(read)
        except EntityUnknownError:
            self._gone.add(read.entity)
            self._tell()
            raise
        if read.entity in self._gone:
            self._gone.discard(read.entity)
            self._tell()
        return _WatchedRead(prepared, self._tell)

    async def aclose(self) -> None:
        await self._connector.aclose()


class _WatchedRead:
    """A prepared read that tells of what it meets."""

    __slots__ = ("_gone", "_prepared", "_tell")

    def __init__(self, prepared: PreparedRead, tell: Tell) -> None:
        self._prepared = prepared
        self._tell = tell
        self._gone = False

    @property
    def statement(self) -> str:
        return self._prepared.statement

    async def rows(self, binds: Binds) -> Sequence[Row]:
        return await self._told(self._prepared.rows(binds))

    async def json(self, binds: Binds) -> Written:
        return await self._told(self._prepared.json(binds))

    async def stream(self, binds: Binds, size: int) -> AsyncGenerator[Sequence[Row], None]:
        async with aclosing(self._prepared.stream(binds, size)) as batches:
            while batch := await self._told(anext(batches, None)):
                yield batch

    async def _told(self, work: Awaitable[T]) -> T:
        try:
            found = await work
        except EntityUnknownError:
            self._gone = True
            self._tell()
            raise
        if self._gone:
            self._gone = False
            self._tell()
        return found
