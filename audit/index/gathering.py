"""From records to what they are found by: the work between the log and the index, without either."""

import logging
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from audit.index.positions import BLOCK
from audit.index.store import Batch
from audit.index.tally import Key, Tally, tallied
from audit.index.terms import UNTOLD, Family, Terms, microseconds, names_in
from audit.store import Row
from audit.subjects import Digests, SubjectSeal
from govgraph.sealing import SealBrokenError

NOBODY: Final = Digests((), (), "")
TOLD: Final = 200_000
"""Terms whose names are known to be kept already."""
LONGEST_WORD: Final = 65_536
NOTHING: Final = Tally()


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as its readers behind the log see it: what its leaf says, and whom it was about.

    `document` is its operation, literals removed, where it has one.
    """

    position: int
    leaf: dict[str, Any]
    digests: Digests = NOBODY
    document: str = ""


def opened(row: Row, seal: SubjectSeal) -> Entry:
    """Return the entry of a stored row; a list that was erased, or does not open, is about nobody."""
    leaf = orjson.loads(row.leaf)
    if row.sealed is None:
        return Entry(row.position, leaf)
    try:
        return Entry(row.position, leaf, seal.open(row.sealed, row.receipt))
    except SealBrokenError:
        logging.getLogger("govgraph.audit").error("A list of persons does not open: record %s", row.position)
        return Entry(row.position, leaf)


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
        tallies: dict[Key, Tally] = {}
        for entry in entries:
            times[entry.position - first] = microseconds(entry.leaf["time"])
            for term, name in self._terms(entry).items():
                postings.setdefault(term, array("H")).append(entry.position - block)
                if name is not None and term not in self.told:
                    words[term] = name
            for key, tally in tallied(entry.leaf, entry.document):
                tallies[key] = tallies.get(key, NOTHING) + tally
        return Batch(first, postings, times, words, tallies)

    def kept(self, batch: Batch) -> None:
        """Note that the names of a batch are kept, and need not be told again."""
        if len(self.told) >= TOLD:
            self.told.clear()
        self.told.update(batch.words)

    def _terms(self, entry: Entry) -> dict[int, tuple[str, str] | None]:
        """Return the terms of one record, each once, with the family and name where it is told."""
        found: dict[int, tuple[str, str] | None] = {}
        for family, name in names_in(entry.leaf):
            told = entry.document or name if family is Family.OPERATION else name
            found[self.terms.of(family, name)] = self._told(family, told)
        for digest in {*entry.digests.subjects, *entry.digests.keys}:
            found[self.terms.of_person(digest)] = None
        return found

    @staticmethod
    def _told(family: Family, name: str) -> tuple[str, str] | None:
        return None if family in UNTOLD else (family.value, name.lower().replace("\0", "")[:LONGEST_WORD])
