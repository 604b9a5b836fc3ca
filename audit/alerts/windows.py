"""What happened within the last seconds, by whom: counts that forget what is over."""

from collections import Counter, deque
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Window:
    """Counts of one counter within `length` microseconds; `values` are counted once each."""

    length: int
    total: int = 0
    _kept: deque[tuple[int, int, tuple[Hashable, ...]]] = field(default_factory=deque)
    _values: Counter[Hashable] = field(default_factory=Counter)

    def add(self, moment: int, amount: int, values: Iterable[Hashable] = ()) -> None:
        """Take something in that happened at a moment, and forget what is over by then."""
        distinct = tuple(set(values))
        self._kept.append((moment, amount, distinct))
        self.total += amount
        self._values.update(distinct)
        while self._kept and self._kept[0][0] <= moment - self.length:
            _, gone, left = self._kept.popleft()
            self.total -= gone
            self._values.subtract(left)
            for value in left:
                if not self._values[value]:
                    del self._values[value]

    @property
    def distinct(self) -> int:
        """Return how many different values there were."""
        return len(self._values)

    @property
    def begun(self) -> int:
        """Return the moment of the first thing that still counts; 0 where there is none."""
        return self._kept[0][0] if self._kept else 0

    @property
    def empty(self) -> bool:
        """Return whether nothing counts any more."""
        return not self._kept


@dataclass(slots=True)
class Windows:
    """Windows by rule and by whom; those that nobody filled lately are let go of."""

    length: int
    most: int = 20_000
    _kept: dict[Hashable, Window] = field(default_factory=dict)

    def of(self, key: Hashable) -> Window:
        """Return the window of a key, made where there is none."""
        window = self._kept.pop(key, None) or Window(self.length)
        if len(self._kept) >= self.most:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = window
        return window
