"""What the store said a moment ago: so that a busy client does not ask the same thing of it each time.

Where the store is away, what it said last still counts for as long as a change would have been heard of.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from govgraph.database import StoreUnavailableError, in_time

T = TypeVar("T")


async def tell_nobody() -> None:
    """Tell nobody."""


def never() -> bool:
    """Return that nothing is certain."""
    return False


@dataclass(slots=True)
class Recent:
    """Keeps answers for `seconds`, at most `capacity` of them; nothing at all where `seconds` is 0.

    The seconds bound how long a change made by another replica stays unseen. What this process
    itself changes is seen at once: it calls `changed`, which tells the other replicas (`announce`).
    While the store is away and it is `certain` that nothing was changed, older answers are given too;
    once a second one caller tries the store.
    """

    seconds: float = 0.0
    capacity: int = 10_000
    announce: Callable[[], Awaitable[None]] = tell_nobody
    certain: Callable[[], bool] = never
    _kept: dict[Hashable, tuple[datetime, Any]] = field(default_factory=dict, repr=False)
    _turns: dict[Hashable, asyncio.Lock] = field(default_factory=dict, repr=False)
    _changes: int = 0
    _away_until: datetime | None = None

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
        return kept if kept and 0 <= (now - kept[0]).total_seconds() < self.seconds else None

    async def _read(self, key: Hashable, now: datetime, read: Callable[[], Awaitable[T]]) -> T:
        if self._away_until is not None and key in self._kept and self.certain():
            if now < self._away_until:
                last: T = self._kept[key][1]
                return last
            self._away_until = now + timedelta(seconds=self.seconds)
        changes = self._changes
        try:
            answer = await in_time(read())
        except StoreUnavailableError:
            self._away_until = now + timedelta(seconds=self.seconds)
            if key not in self._kept or not self.certain():
                raise
            answer = self._kept[key][1]
        else:
            self._away_until = None
            self._keep(key, (now, answer), changes)
        return answer

    def _keep(self, key: Hashable, kept: tuple[datetime, Any], changes: int) -> None:
        if changes == self._changes:  # else it may be from before a change
            if len(self._kept) >= self.capacity:
                self._kept.clear()
            self._kept[key] = kept

    async def changed(self) -> None:
        """Drop every answer here and, told of it, in the other replicas."""
        self.forget()
        await self.announce()

    def forget(self) -> None:
        """Drop every answer, and those that are being read: something has changed."""
        self._changes += 1
        self._kept.clear()
