"""The shared state of one process: in memory, gone with it."""

from collections.abc import AsyncIterator, Callable
from time import monotonic

import anyio

from govgraph.cache import BoundedCache
from govgraph.shared.counts import Counts
from govgraph.shared.state import Topic

ENTRIES = 10_000
WEIGHT = 10_000_000
"""Most entries and bytes of the cache."""


class MemoryState:
    """What the one process of a platform knows. It is never lost while the process lives."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._counts = Counts(now)
        self._cache: BoundedCache[tuple[bytes, float]] = BoundedCache(ENTRIES, WEIGHT)

    async def charge(self, name: str, amount: int, most: int) -> bool:
        """Add to a count and return True; False and nothing added where it would go beyond `most`."""
        if self._counts.get(name) + amount > most:
            return False
        self._counts.add(name, amount)
        return True

    async def announce(self, topic: Topic) -> None:
        """Tell nobody: there is no other replica."""

    async def announcements(self) -> AsyncIterator[Topic]:
        """Yield nothing, for ever."""
        await anyio.sleep_forever()
        yield Topic.CATALOG  # never reached; it makes this a generator

    async def settle(self) -> None:
        """Return at once: memory is always there."""

    async def renew(self) -> frozenset[Topic]:
        """Return nothing: nobody else changes anything."""
        return frozenset()

    def certain(self) -> bool:
        """Return True: nobody else changes anything."""
        return True

    async def recall(self, name: str) -> bytes | None:
        """Return what was remembered; None once its time is over."""
        value, end = self._cache.get(name) or (b"", 0.0)
        return value if end > self._now() else None

    async def remember(self, name: str, value: bytes, seconds: int) -> None:
        """Keep a value for some seconds."""
        self._cache.put(name, (value, self._now() + seconds), len(value))

    async def aclose(self) -> None:
        """Let go of nothing."""
