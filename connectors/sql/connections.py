"""A source's own list of connections: the last one given back is the first one taken."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

from connectors.unbroken import unbroken

T = TypeVar("T")


class Connections(Generic[T]):
    """At most `most` connections, opened when needed. A connection whose use failed is closed, not kept."""

    def __init__(
        self, open_: Callable[[], Awaitable[T]], close: Callable[[T], Coroutine[Any, Any, None]], most: int
    ) -> None:
        self._open = open_
        self._close = close
        self._places = asyncio.Semaphore(most)
        self._idle: list[T] = []
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

    async def end(self, connection: T, *, failed: bool) -> None:
        """Take a connection back; one whose use failed is closed before its place is free again."""
        try:
            if failed:
                await unbroken(self._close(connection))
            else:
                self._idle.append(connection)
        finally:
            self._used -= 1
            self._places.release()

    async def aclose(self) -> None:
        """Close the connections that wait."""
        while self._idle:
            await self._close(self._idle.pop())


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
            await self._connections.end(self._lent, failed=kind is not None)
