"""What stands before every source: a deadline, and a bulkhead, so that one slow source stays alone.

The circuit breaker's place is `_Guard.run`, before the bulkhead.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import anyio

from connectors.errors import SourceBusyError, SourceTimeoutError, SourceUnavailableError
from connectors.model import Binds, Capability, Entity, Read, Row
from connectors.protocol import Connector, PreparedRead
from govgraph.errors import GovGraphError, SourceRetryError

T = TypeVar("T")
WAITING_PER_PLACE = 16
logger = logging.getLogger("govgraph.connectors")


def guarded(connector: Connector, source: str, timeout: float, concurrency: int) -> Connector:
    """Return the connector behind a deadline of `timeout` seconds and a bulkhead of `concurrency` reads.

    The deadline holds the wait for a place too; at most 16 reads wait for each place. Where the
    source was down when it was to be described, the first read that finds it up describes it.
    """
    return _GuardedConnector(connector, _Guard(source, timeout, concurrency))


class _Guard:
    """The deadline and the places of one source."""

    def __init__(self, source: str, timeout: float, concurrency: int) -> None:
        self._source = source
        self._timeout = timeout
        self._places = anyio.Semaphore(concurrency)
        self._waiting = 0
        self._most_waiting = WAITING_PER_PLACE * concurrency

    async def run(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return what the call gives. Raises errors of the house only; cancellation passes through."""
        try:
            with anyio.fail_after(self._timeout):
                async with self._place():
                    return await call()
        except GovGraphError as error:
            error.where = error.where or self._source
            raise
        except TimeoutError:
            raise SourceTimeoutError(
                "The source did not answer within the deadline", where=self._source
            ) from None
        except Exception as error:  # noqa: BLE001 - a driver may raise anything; its text may hold data
            logger.warning("source %s failed: %s", self._source, type(error).__name__)
        raise SourceUnavailableError("The source cannot be read", where=self._source)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        if self._waiting >= self._most_waiting:
            raise SourceBusyError("Too many reads of the source wait already", where=self._source)
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()


class _GuardedConnector:
    """A connector behind its guard."""

    def __init__(self, connector: Connector, guard: _Guard) -> None:
        self._connector = connector
        self._guard = guard

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._connector.capabilities

    async def describe(self) -> Sequence[Entity]:
        return await self._guard.run(self._connector.describe)

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        return await self._guard.run(lambda: self._connector.sample(entity, count))

    def prepare(self, read: Read) -> PreparedRead:
        return _GuardedRead(self._connector, read, self._guard)

    async def aclose(self) -> None:
        await self._connector.aclose()


class _GuardedRead:
    """A prepared read behind the guard of its source."""

    def __init__(self, connector: Connector, read: Read, guard: _Guard) -> None:
        self._connector = connector
        self._read = read
        self._guard = guard
        self._prepared: PreparedRead | None = None
        try:
            self._prepared = connector.prepare(read)
        except SourceRetryError:
            logger.info("a read waits for its source to be described")

    async def rows(self, binds: Binds) -> Sequence[Row]:
        return await self._guard.run(lambda: self._rows(binds))

    async def json(self, binds: Binds) -> bytes:
        return await self._guard.run(lambda: self._json(binds))

    async def stream(self, binds: Binds, size: int) -> AsyncIterator[Sequence[Row]]:
        prepared = await self._guard.run(self._ready)
        batches = prepared.stream(binds, size)
        while True:
            batch = await self._guard.run(lambda: anext(batches, None))
            if batch is None:
                return
            yield batch

    async def _rows(self, binds: Binds) -> Sequence[Row]:
        return await (await self._ready()).rows(binds)

    async def _json(self, binds: Binds) -> bytes:
        return await (await self._ready()).json(binds)

    async def _ready(self) -> PreparedRead:
        """Return the prepared read; describes the source first where it was down until now."""
        if self._prepared is None:
            await self._connector.describe()
            self._prepared = self._connector.prepare(self._read)
        return self._prepared
