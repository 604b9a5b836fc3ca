"""Keys tried one after the other, in order: how many follow closely on one that the same caller tried."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from schema.numbering import Numbered

NEAR: Final = (1, -1, 2, -2, 3, -3)
"""How far a key may stand from one before, to follow on it."""
KEYS: Final = 128
"""Keys of one caller and series that are remembered, those tried last."""
SERIES: Final = 2000
"""Series of callers that are remembered, those used last."""


@dataclass(slots=True)
class Sequences:
    """Remembers the numbers of keys by client, end user and series. They stay in memory, bounded by count.

    Each replica counts what it is asked itself, and after a start it has seen nothing.
    """

    _tried: OrderedDict[tuple[str, str, str], OrderedDict[int, None]] = field(default_factory=OrderedDict)

    def followed(self, client: str, end_user: str, keys: Iterable[Numbered]) -> int:
        """Return how many of these keys follow on one tried before, in another request or in this one.

        A key that is tried again counts no further time while it is remembered.
        """
        count = 0
        for series, number in sorted(set(keys)):
            tried = self._of((client, end_user, series))
            if number not in tried and any(number + step in tried for step in NEAR):
                count += 1
            _remember(tried, number)
        return count

    def _of(self, caller: tuple[str, str, str]) -> OrderedDict[int, None]:
        tried = self._tried.setdefault(caller, OrderedDict())
        self._tried.move_to_end(caller)
        if len(self._tried) > SERIES:
            self._tried.popitem(last=False)
        return tried


def _remember(tried: OrderedDict[int, None], number: int) -> None:
    tried[number] = None
    tried.move_to_end(number)
    if len(tried) > KEYS:
        tried.popitem(last=False)
