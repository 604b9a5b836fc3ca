"""What is counted while the platform works: plain numbers, which `/metrics` reads when it is asked."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Final

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the steps that durations are counted in."""

SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)
"""Upper bounds of the steps that numbers of things are counted in."""


class Histogram:
    """Counts values in steps; the last count is of those above all bounds. For one thread that writes."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: Sequence[float] = SECONDS) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Meter:
    """Counts what ended, by its outcome, and how long it took."""

    __slots__ = ("outcomes", "seconds")

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.seconds = Histogram()

    def ended(self, outcome: str, seconds: float) -> None:
        """Count one that ended so, after so many seconds."""
        self.outcomes[outcome] += 1
        self.seconds.observe(seconds)
