"""Counts by name, each kept for two days."""

from collections.abc import Callable, Iterator
from time import monotonic
from typing import Final

KEPT: Final = 172_800
"""Seconds a count is kept. A count of one day has the day in its name, so longer than the day is harmless."""


class Counts:
    """Counts that only grow, until their time is over."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._counts: dict[str, tuple[int, float]] = {}

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """Yield each name and its count."""
        now = self._now()
        yield from [(name, count) for name, (count, end) in self._counts.items() if end > now]

    def get(self, name: str) -> int:
        """Return a count; 0 where nothing was counted."""
        count, end = self._counts.get(name, (0, 0.0))
        return count if end > self._now() else 0

    def add(self, name: str, amount: int) -> None:
        """Add to a count."""
        self.lift(name, self.get(name) + amount)

    def lift(self, name: str, count: int) -> None:
        """Bring a count up to at least this."""
        before = self.get(name)
        if not before:
            self._let_go()
        _, end = self._counts.get(name, (0, 0.0))
        self._counts[name] = (max(before, count), end if before else self._now() + KEPT)

    def take(self, name: str) -> int:
        """Return a count and forget it."""
        count = self.get(name)
        self._counts.pop(name, None)
        return count

    def _let_go(self) -> None:
        """Drop the counts whose time is over; the oldest stand first."""
        now = self._now()
        while self._counts and (first := next(iter(self._counts))) and self._counts[first][1] <= now:
            del self._counts[first]
