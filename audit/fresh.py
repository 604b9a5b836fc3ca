"""The records written last, kept in memory: none of them is looked up and opened again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from audit.entry import Entry
from audit.subjects import read_list

MOST: Final = 8192
MOST_BYTES: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Written:
    """A record that was written, with the list beside it before it was sealed, and its document."""

    position: int
    leaf: bytes
    listed: bytes
    document: str

    @property
    def size(self) -> int:
        """Return how many bytes it takes up."""
        return len(self.leaf) + len(self.listed)

    @property
    def entry(self) -> Entry:
        """Return what its readers see."""
        return Entry(self.position, orjson.loads(self.leaf), read_list(self.listed), self.document)


class Fresh:
    """Keeps records for those who follow the log until these forget them.

    It takes nothing more once it is full: what follows the log reads from memory, from the log, and from
    memory again, and comes through.
    """

    def __init__(self, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._most = most
        self._room = most_bytes
        self._kept: dict[int, Written] = {}

    def keep(self, records: Iterable[Written]) -> None:
        """Take records in, as far as there is room."""
        for record in records:
            if len(self._kept) >= self._most or self._room <= 0:
                return
            self._kept[record.position] = record
            self._room -= record.size

    def among(self, first: int, count: int) -> Mapping[int, Written]:
        """Return the records that are kept of a run of positions, in order."""
        wanted = range(first, first + count)
        return {position: self._kept[position] for position in wanted if position in self._kept}

    def forget(self, below: int) -> None:
        """Let go of the records before a position."""
        for position in [position for position in self._kept if position < below]:
            self._room += self._kept.pop(position).size
