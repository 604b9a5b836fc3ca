"""From records to what they are found by: the work between the log and the index, without either."""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

from audit.entry import Entry
from audit.index.positions import BLOCK
from audit.index.shapes import Days, Shape, Shapes, Word
from audit.index.store import Batch
from audit.index.tally import Key, Tally, counted
from audit.index.terms import Terms, microseconds

TOLD: Final = 200_000
"""Terms whose names are known to be kept already."""
NOTHING: Final[Mapping[str, int]] = {}


@dataclass(slots=True)
class Alike:
    """Records of one shape on one day, by their offsets in the block, in rising order."""

    shape: Shape
    day: str
    offsets: "array[int]" = field(default_factory=lambda: array("H"))
    rows: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, int] = field(default_factory=dict)
    subject_total: int = 0

    def add(self, offset: int, leaf: Mapping[str, Any]) -> None:
        """Take in one record."""
        self.offsets.append(offset)
        for name, number in leaf.get("rows", NOTHING).items():
            self.rows[name] = self.rows.get(name, 0) + number
        for name, number in leaf.get("subjects", NOTHING).items():
            self.subjects[name] = self.subjects.get(name, 0) + number
        self.subject_total += leaf.get("subject_total", 0)

    def tallies(self) -> Iterator[tuple[Key, Tally]]:
        """Yield what all of them count for."""
        summed = {"rows": self.rows, "subjects": self.subjects, "subject_total": self.subject_total}
        for (dimension, name), tally in counted({**self.shape.leaf, **summed}, self.shape.document):
            yield (self.day, dimension, name), tally.of(len(self.offsets))


@dataclass(slots=True)
class Gatherer:
    """Gathers batches for the index. `terms` numbers the names; `told` are those kept with their names."""

    terms: Terms
    told: set[int] = field(default_factory=set)
    _shapes: Shapes = field(init=False)
    _days: Days = field(default_factory=Days)

    def __post_init__(self) -> None:
        """Begin with no shape known."""
        self._shapes = Shapes(self.terms)

    def batch(self, first: int, count: int, entries: Sequence[Entry]) -> Batch:
        """Return what a run of records within one block is found by; those that are gone, by nothing."""
        block = first - first % BLOCK
        times = array("q", bytes(8 * count))
        own: dict[int, array[int]] = {}
        words: dict[int, Word] = {}
        groups: dict[tuple[int, str], Alike] = {}
        for entry in entries:
            leaf, offset = entry.leaf, entry.position - block
            times[entry.position - first] = microseconds(leaf["time"])
            shape, day = self._shapes.of(entry), self._days.of(leaf["time"])
            alike = groups.get((id(shape), day))
            if alike is None:
                alike = groups[id(shape), day] = Alike(shape, day)
            alike.add(offset, leaf)
            for term, word in self._shapes.own(entry):
                own.setdefault(term, array("H")).append(offset)
                if word is not None:
                    words[term] = word
        for alike in groups.values():
            words.update(alike.shape.words)
        fresh = {term: word for term, word in words.items() if term not in self.told}
        return Batch(first, _postings(own, groups.values()), times, fresh, _tallies(groups.values()))

    def kept(self, batch: Batch) -> None:
        """Note that the names of a batch are kept, and need not be told again."""
        if len(self.told) >= TOLD:
            self.told.clear()
        self.told.update(batch.words)


def _postings(own: Mapping[int, "array[int]"], groups: Collection[Alike]) -> Mapping[int, Sequence[int]]:
    """Return the offsets of each term in rising order, each once."""
    runs: dict[int, list[array[int]]] = {term: [offsets] for term, offsets in own.items()}
    for alike in groups:
        for term in alike.shape.terms:
            runs.setdefault(term, []).append(alike.offsets)
    return {
        term: several[0] if len(several) == 1 else sorted({*chain.from_iterable(several)})
        for term, several in runs.items()
    }


def _tallies(groups: Collection[Alike]) -> Mapping[Key, Tally]:
    tallies: dict[Key, Tally] = {}
    for alike in groups:
        for key, tally in alike.tallies():
            tallies[key] = tallies[key] + tally if key in tallies else tally
    return tallies
