"""Keys tried one after the other, in order: how many follow closely on one that the same caller tried."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from schema.numbering import Numbered

NEAR: Final = (1, -1, 2, -2, 3, -3)
"""How far a key may stand from one before, to follow on it."""
KEYS: Final = 128
"""Keys of one caller that are remembered, those tried last."""
CALLERS: Final = 2000
"""Callers that are remembered, those who asked last."""


@dataclass(slots=True)
class Sequences:
    """Remembers what each end user of a client tried last, as hashes of this process, bounded by count.

    Each replica counts what it is asked itself, and after a start it has seen nothing.
    """

    _tried: OrderedDict[tuple[str, str], OrderedDict[int, None]] = field(default_factory=OrderedDict)

    def followed(self, client: str, end_user: str, keys: Iterable[Numbered]) -> int:
        """Return how many of these keys follow on one tried before, in another request or in this one.

        A key that is tried again counts no further time while it is remembered.
        """
        tried, count = self._of((client, end_user)), 0
        for series, number in sorted(set(keys)):
            key = hash((series, number))
            if key not in tried and any(hash((series, number + step)) in tried for step in NEAR):
                count += 1
            _remember(tried, key)
        return count

    def _of(self, caller: tuple[str, str]) -> OrderedDict[int, None]:
        tried = self._tried.setdefault(caller, OrderedDict())
        self._tried.move_to_end(caller)
        if len(self._tried) > CALLERS:
            self._tried.popitem(last=False)
        return tried


def _remember(tried: OrderedDict[int, None], key: int) -> None:
    tried[key] = None
    tried.move_to_end(key)
    if len(tried) > KEYS:
        tried.popitem(last=False)
