"""When and how often a source may be asked: reads begin in turn, and none before its time."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import monotonic

from connectors.hours import ALWAYS, Hours


@dataclass(frozen=True, slots=True)
class Pace:
    """Reads of a source that may begin in one second, 0 for any number; `now` is the guard's clock.

    `hours` are those in which it may be asked at all.
    """

    per_second: float = 0.0
    now: Callable[[], float] = monotonic
    hours: Hours = ALWAYS


class Turns:
    """Gives each read the moment at which it may begin.

    The generic cell rate algorithm (ITU-T I.371): one second's worth may begin at once, after that
    they come evenly spaced.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._next = -inf

    def take(self, most: float) -> float | None:
        """Return the seconds until the turn taken; None, taking none, where they are more than `most`."""
        per_second = self._pace.per_second
        if not per_second:
            return 0.0
        now = self._pace.now()
        spacing = 1 / per_second
        due = max(self._next, now - max(1.0, per_second) * spacing + spacing)
        wait = max(0.0, due - now)
        if wait > most:
            return None
        self._next = due + spacing
        return wait
