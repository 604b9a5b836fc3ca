"""What the store said a moment ago: so that a busy client does not ask the same thing of it each time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Recent:
    """Keeps answers for `seconds`, at most `capacity` of them; nothing at all where `seconds` is 0.

    The seconds bound how long a change made by another replica stays unseen. What this process
    itself changes is seen at once: it calls `forget`.
    """

    seconds: float = 0.0
    capacity: int = 10_000
    _kept: dict[Hashable, tuple[datetime, Any]] = field(default_factory=dict, repr=False)
    _turns: dict[Hashable, asyncio.Lock] = field(default_factory=dict, repr=False)
    _changes: int = 0

    async def get(self, key: Hashable, now: datetime, read: Callable[[], Awaitable[T]]) -> T:
        """Return the answer to `key`, read anew unless it is recent; what fails is not kept.

        Of many that ask for the same at once, one reads and the others wait for what it is told.
        """
        kept = self._fresh(key, now)
        if kept is None and not self.seconds:
            return await read()
        if kept is None:
            async with self._turns.setdefault(key, asyncio.Lock()):
                try:
                    kept = self._fresh(key, now) or (now, await self._read(key, now, read))
                finally:
                    self._turns.pop(key, None)
        answer: T = kept[1]
        return answer

    def _fresh(self, key: Hashable, now: datetime) -> tuple[datetime, Any] | None:
        """Return an answer that still counts; one from the future means that the clock was set back."""
        kept = self._kept.get(key)
        recent = kept is not None and timedelta(0) <= now - kept[0] < timedelta(seconds=self.seconds)
        return kept if recent else None

    async def _read(self, key: Hashable, now: datetime, read: Callable[[], Awaitable[T]]) -> T:
        changes = self._changes
        answer = await read()
        if changes == self._changes:  # else it may be from before a change
            if len(self._kept) >= self.capacity:
                self._kept.clear()
            self._kept[key] = (now, answer)
        return answer

    def forget(self) -> None:
        """Drop every answer, and those that are being read: something has changed."""
        self._changes += 1
        self._kept.clear()
