"""From records to what they are found by: the work between the log and the index, without either."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from audit.index.positions import BLOCK
from audit.index.store import Batch
from audit.index.terms import UNTOLD, Family, Terms, microseconds, names_in
from audit.store import Row
from audit.subjects import Digests, SubjectSeal
from govgraph.sealing import SealBrokenError

NOBODY: Final = Digests((), (), "")
TOLD: Final = 200_000
"""Terms whose names are known to be kept already."""
LONGEST_WORD: Final = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as its readers behind the log see it: what its leaf says, and whom it was about.

    `unopened` is true where its sealed list lies there and does not open.
    """

    position: int
    leaf: dict[str, Any]
    digests: Digests = NOBODY
    unopened: bool = False


def opened(row: Row, seal: SubjectSeal) -> Entry:
    """Return the entry of a stored row; a list that was erased is about nobody."""
    leaf = orjson.loads(row.leaf)
    if row.sealed is None:
        return Entry(row.position, leaf)
    try:
        return Entry(row.position, leaf, seal.open(row.sealed, row.receipt))
    except SealBrokenError:
        return Entry(row.position, leaf, unopened=True)


@dataclass(slots=True)
class Gatherer:
    """Gathers batches for the index. `terms` numbers the names; `told` are those kept with their names."""

    terms: Terms
    told: set[int] = field(default_factory=set)

    def batch(self, first: int, count: int, entries: Sequence[Entry]) -> Batch:
        """Return what a run of records within one block is found by; those that are gone, by nothing."""
        block = first - first % BLOCK
        times = array("q", bytes(8 * count))
        postings: dict[int, array[int]] = {}
        words: dict[int, tuple[str, str]] = {}
        for entry in entries:
            times[entry.position - first] = microseconds(entry.leaf["time"])
            for term, name in self._terms(entry).items():
                postings.setdefault(term, array("H")).append(entry.position - block)
                if name is not None and term not in self.told:
                    words[term] = name
        return Batch(first, postings, times, words)

    def kept(self, batch: Batch) -> None:
        """Note that the names of a batch are kept, and need not be told again."""
        if len(self.told) >= TOLD:
            self.told.clear()
        self.told.update(batch.words)

    def _terms(self, entry: Entry) -> dict[int, tuple[str, str] | None]:
        """Return the terms of one record, each once, with the family and name where it is told."""
        found: dict[int, tuple[str, str] | None] = {}
        for family, name in names_in(entry.leaf):
            found[self.terms.of(family, name)] = self._told(family, name)
        for digest in {*entry.digests.subjects, *entry.digests.keys}:
            found[self.terms.of_person(digest)] = None
        return found

    @staticmethod
    def _told(family: Family, name: str) -> tuple[str, str] | None:
        return None if family in UNTOLD else (family.value, name.lower()[:LONGEST_WORD])
