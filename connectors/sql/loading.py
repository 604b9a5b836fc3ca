"""A load that is made once at a time, aside, in a thread of its own; several may wait for its end."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")


class Loading(Generic[T]):
    """Runs `load` when it is begun. A result that nobody came for is given to `drop` at the end."""

    def __init__(self, load: Callable[[], T], drop: Callable[[T], None]) -> None:
        self._load = load
        self._drop = drop
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="govgraph-loading")
        self._begun: Future[T] | None = None

    @property
    def begun(self) -> bool:
        """Return whether a load is under way, or done and not yet come for."""
        return self._begun is not None

    def begin(self) -> Future[T]:
        """Begin a load, or return the one that is under way."""
        if self._begun is None:
            self._begun = self._thread.submit(self._load)
        return self._begun

    async def ended(self, within: float | None = None) -> T:
        """Return what was loaded, or raise what went wrong; `TimeoutError` where it is not done in time.

        Everyone who waits gets the same. Being cancelled ends the wait, not the load.
        """
        begun = self.begin()
        await asyncio.wait([asyncio.wrap_future(_followed(begun))], timeout=within)
        if not begun.done():
            raise TimeoutError
        if self._begun is begun:
            self._begun = None
        return begun.result()

    def close(self) -> None:
        """End the thread once its work is done."""
        if self._begun is not None:
            self._begun.add_done_callback(self._dropped)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _dropped(self, begun: "Future[T]") -> None:
        if not begun.cancelled() and begun.exception() is None:
            self._drop(begun.result())


def _followed(begun: "Future[T]") -> "Future[None]":
    """Return a future that ends with another, however that one ends; cancelling it leaves the other alone."""
    follower: Future[None] = Future()

    def end(_ended: object) -> None:
        if follower.set_running_or_notify_cancel():
            follower.set_result(None)

    begun.add_done_callback(end)
    return follower
