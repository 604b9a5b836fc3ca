"""An event loop in a thread of its own that reaches the addresses it was told, and no others.

A driver that follows where its server sends it asks its loop for the new connection, and is refused.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from connectors.sql.threads import stop
from connectors.unbroken import unbroken

T = TypeVar("T")
Place = tuple[str, int]
logger = logging.getLogger("govgraph.connectors")


class _Held(asyncio.SelectorEventLoop):
    """Connects to the places that were checked."""

    def __init__(self) -> None:
        super().__init__()
        self.checked: set[Place] = set()

    async def create_connection(
        self, protocol_factory: Callable[[], Any], host: Any = None, port: Any = None, **options: Any
    ) -> tuple[Any, Any]:
        """Return a connection. Raises `OSError` for a place that was not checked."""
        if (host, port) not in self.checked:
            logger.warning("a source sends its callers to another place, which is not followed")
            raise OSError("The source names another place")
        return await super().create_connection(protocol_factory, host, port, **options)


class HeldLoop:
    """Runs a driver's work in the thread, which begins with the first of it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._begun: tuple[_Held, threading.Thread] | None = None

    def allow(self, host: str, port: int) -> None:
        """Let connections be made to a checked address from now on."""
        self._loop().checked.add((host, port))

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Return what the work gives. Cancelled, it cancels the work and waits until it has ended.

        Cancelled first, a driver tells its server to break off; again, it waits for that no longer.
        """
        loop = self._loop()
        cancels: list[Callable[[], object]] = []

        async def whole() -> T:
            if (task := asyncio.current_task()) is not None:
                cancels.append(task.cancel)
            return await work()

        def cancel() -> None:
            for one in cancels:
                loop.call_soon_threadsafe(one)

        result = asyncio.wrap_future(asyncio.run_coroutine_threadsafe(whole(), loop))
        try:
            return await asyncio.shield(result)
        except asyncio.CancelledError:
            await unbroken(stop(result, cancel))
            raise

    def _loop(self) -> _Held:
        if self._begun is None:
            loop = _Held()
            thread = threading.Thread(target=loop.run_forever, name=self._name, daemon=True)
            thread.start()
            self._begun = (loop, thread)
        return self._begun[0]

    async def aclose(self) -> None:
        """End what is under way, and the thread."""
        if self._begun is None:
            return
        (loop, thread), self._begun = self._begun, None
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_ended(), loop))
        loop.call_soon_threadsafe(loop.stop)
        await asyncio.to_thread(thread.join)
        loop.close()


async def _ended() -> None:
    """Cancel what is under way in this loop, and see it end."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
