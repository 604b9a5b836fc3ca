"""Whether a client is still there: work for one that went away is stopped."""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

from starlette.types import Receive

T = TypeVar("T")
UNWATCHED: Final = 0.05
"""Seconds of work before anyone looks whether the client is still there; most requests take fewer."""


class Attendance:
    """Watches over the client of one request, by the server's own message that it went away.

    asyncio's own timeout is the way to stop the work: it costs a third of a scope of anyio, on every
    request, and whatever the work waits in is cancelled alike.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def of(self, work: Awaitable[T]) -> T | None:
        """Return what the work gives; None where the client went away and the work was cancelled."""
        loop = asyncio.get_running_loop()
        watching: list[asyncio.Task[None]] = []
        try:
            async with asyncio.timeout(None) as patience:
                timer = loop.call_later(
                    UNWATCHED, lambda: watching.append(loop.create_task(self._watch(patience)))
                )
                try:
                    return await work
                finally:
                    timer.cancel()
                    for watch in watching:
                        watch.cancel()
        except TimeoutError:
            if patience.expired():
                return None
            raise

    async def _watch(self, patience: asyncio.Timeout) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        patience.reschedule(0)
