"""The records written last, as they were when they were written: none of them is read and opened again."""

from collections.abc import Iterable, Mapping
from typing import Final

from audit.entry import Entry

MOST: Final = 8192
MOST_DIGESTS: Final = 200_000


class Fresh:
    """Keeps entries for those who follow the log until these forget them.

    It keeps at most so many entries, about so many persons, and takes nothing more once it is full: what
    follows the log reads from memory, from the log, and from memory again, and comes through.
    """

    def __init__(self, most: int = MOST, most_digests: int = MOST_DIGESTS) -> None:
        self._most = most
        self._room = most_digests
        self._kept: dict[int, Entry] = {}

    def keep(self, entries: Iterable[Entry]) -> None:
        """Take entries in, as far as there is room."""
        for entry in entries:
            if len(self._kept) >= self._most or self._room <= 0:
                return
            self._kept[entry.position] = entry
            self._room -= entry.digests.count

    def among(self, first: int, count: int) -> Mapping[int, Entry]:
        """Return the entries that are kept of a run of positions, in order."""
        wanted = range(first, first + count)
        return {position: self._kept[position] for position in wanted if position in self._kept}

    def forget(self, below: int) -> None:
        """Let go of the entries before a position."""
        for position in [position for position in self._kept if position < below]:
            self._room += self._kept.pop(position).digests.count
