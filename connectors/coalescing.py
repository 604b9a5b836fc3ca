"""Identical requests that are under way at the same time ask a source once."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Shared(Generic[T]):
    """A request on its way, and how many wait for its answer."""

    task: asyncio.Future[T]
    waiting: int = 0


class Coalescing(Generic[T]):
    """Gives one answer to all who ask the same before it comes; no answer is kept for anyone later.

    What makes two requests the same is for the caller to say: all that is sent, with every value in
    it. Whoever gives up leaves the others their answer; a request that nobody waits for is stopped.
    """

    def __init__(self) -> None:
        self._going: dict[Hashable, _Shared[T]] = {}

    async def answer(self, same: Hashable, ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Return the answer to a request, sent for this caller or for one before it."""
        shared = self._going.get(same)
        if shared is None:
            shared = self._going[same] = _Shared(asyncio.ensure_future(ask()))
            shared.task.add_done_callback(lambda task: self._ended(same, task))
        shared.waiting += 1
        try:
            return await asyncio.shield(shared.task)
        finally:
            shared.waiting -= 1
            if not shared.waiting and not shared.task.done():
                self._forget(same, shared.task)
                shared.task.cancel()

    def _ended(self, same: Hashable, task: asyncio.Future[T]) -> None:
        self._forget(same, task)
        if not task.cancelled():
            task.exception()  # taken, so that nobody misses it

    def _forget(self, same: Hashable, task: asyncio.Future[T]) -> None:
        """Let the next one ask anew, unless another request has taken the place already."""
        found = self._going.get(same)
        if found is not None and found.task is task:
            del self._going[same]
