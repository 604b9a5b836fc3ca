"""Whether a client is still there: work for one that went away is stopped."""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

from starlette.types import Receive

from govgraph.deadlines import Timer

T = TypeVar("T")
UNWATCHED: Final = 0.05
"""Seconds of work before anyone looks whether the client is still there; most requests take fewer."""


class Attendance:
    """Watches over the client of one request, by the server's own message that it went away.

    `unwatched` tells when the work has lasted so long that it is worth a task of its own; all requests
    share it.
    """

    __slots__ = ("_gone", "_receive", "_task", "_unwatched", "_watch")

    def __init__(self, receive: Receive, unwatched: Timer) -> None:
        self._receive = receive
        self._unwatched = unwatched
        self._task: asyncio.Task[object] | None = None
        self._watch: asyncio.Task[None] | None = None
        self._gone = False

    async def of(self, work: Awaitable[T]) -> T | None:
        """Return what the work gives; None where the client went away and the work was cancelled."""
        loop = asyncio.get_running_loop()
        task = self._task = asyncio.current_task(loop)
        if task is None:
            raise AssertionError
        before, number = task.cancelling(), self._unwatched.begin(self._begin, loop)
        try:
            given = await work
        except asyncio.CancelledError:
            if self._gone and task.uncancel() <= before:
                return None
            raise
        finally:
            self._unwatched.end(number)
            if self._watch is not None:
                self._watch.cancel()
        if self._gone:
            task.uncancel()  # the work was done all the same
        return given

    def _begin(self) -> None:
        self._watch = asyncio.get_running_loop().create_task(self._watched())

    async def _watched(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if self._task is not None:
            self._gone = True
            self._task.cancel()
