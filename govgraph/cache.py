"""A bounded memory of what was made before, by count and by declared weight."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class BoundedCache(Generic[Value]):
    """Keeps the entries used last. What weighs more than all together may is not kept."""

    def __init__(self, count: int, weight: int) -> None:
        self.count = count
        self.weight = weight
        self.held = 0
        self.entries: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()

    def get(self, key: Hashable) -> Value | None:
        """Return the value kept under a key, or None."""
        found = self.entries.get(key)
        if found is None:
            return None
        self.entries.move_to_end(key)
        return found[0]

    def put(self, key: Hashable, value: Value, weight: int = 1) -> None:
        """Keep a value, and let go of those used longest ago where there is no room."""
        if key in self.entries:
            self.held -= self.entries.pop(key)[1]
        if weight > self.weight:
            return
        self.entries[key] = (value, weight)
        self.held += weight
        while len(self.entries) > self.count or self.held > self.weight:
            _, (_, lost) = self.entries.popitem(last=False)
            self.held -= lost

    def clear(self) -> None:
        """Let go of everything."""
        self.entries.clear()
        self.held = 0
