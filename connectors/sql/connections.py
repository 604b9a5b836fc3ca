"""A source's own list of connections: the last one given back is the first one taken."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

import anyio

T = TypeVar("T")


class Connections(Generic[T]):
    """At most `most` connections, opened when needed. A connection whose use failed is closed, not kept."""

    def __init__(
        self, open_: Callable[[], Awaitable[T]], close: Callable[[T], Awaitable[None]], most: int
    ) -> None:
        self._open = open_
        self._close = close
        self._places = anyio.Semaphore(most)
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

    @asynccontextmanager
    async def take(self) -> AsyncIterator[T]:
        """Lend a connection."""
        async with self._places:
            connection = self._idle.pop() if self._idle else await self._open()
            self._used += 1
            try:
                yield connection
            except BaseException:
                with anyio.CancelScope(shield=True):
                    await self._close(connection)
                raise
            else:
                self._idle.append(connection)
            finally:
                self._used -= 1

    async def aclose(self) -> None:
        """Close the connections that wait."""
        while self._idle:
            await self._close(self._idle.pop())
