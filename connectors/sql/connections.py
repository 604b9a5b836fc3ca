"""A source's own list of connections: the last one given back is the first one taken."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")
logger = logging.getLogger("govgraph.connectors")


class Connections(Generic[T]):
    """At most `most` connections, opened when needed. A connection whose use failed is closed, not kept.

    Nobody waits for a connection to close, which a silent server may draw out beyond any deadline; its
    place is free when it has.
    """

    def __init__(
        self, open_: Callable[[], Awaitable[T]], close: Callable[[T], Coroutine[Any, Any, None]], most: int
    ) -> None:
        self._open = open_
        self._close = close
        self._places = asyncio.Semaphore(most)
        self._idle: list[T] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._used = 0

    @property
    def idle(self) -> int:
        """Return how many connections wait for work."""
        return len(self._idle)

    @property
    def used(self) -> int:
        """Return how many connections work at the moment."""
        return self._used

    def take(self) -> "Lent[T]":
        """Lend a connection, for an `async with`."""
        return Lent(self)

    async def begin(self) -> T:
        """Return a connection, which has to be given back with `end`."""
        await self._places.acquire()
        try:
            connection = self._idle.pop() if self._idle else await self._open()
        except BaseException:
            self._places.release()
            raise
        self._used += 1
        return connection

    def end(self, connection: T, *, failed: bool) -> None:
        """Take a connection back; one whose use failed is closed before its place is free again."""
        self._used -= 1
        if failed:
            task = asyncio.create_task(self._ended(connection))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        else:
            self._idle.append(connection)
            self._places.release()

    async def _ended(self, connection: T) -> None:
        try:
            await self._close(connection)
        except Exception as error:  # noqa: BLE001 - a driver may raise anything; its text may hold data
            logger.warning("a connection did not close: %s", type(error).__name__)
        finally:
            self._places.release()

    async def aclose(self) -> None:
        """Close the connections that wait, and see those closed that are at it."""
        while self._idle:
            await self._close(self._idle.pop())
        if self._closing:
            await asyncio.wait(tuple(self._closing))


class Lent(Generic[T]):
    """A connection on loan."""

    __slots__ = ("_connections", "_lent")

    def __init__(self, connections: Connections[T]) -> None:
        self._connections = connections
        self._lent: T | None = None

    async def __aenter__(self) -> T:
        """Return the connection."""
        self._lent = connection = await self._connections.begin()
        return connection

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Give the connection back."""
        if self._lent is not None:
            self._connections.end(self._lent, failed=kind is not None)
