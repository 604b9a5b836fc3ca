"""What equal records are found by and count for, worked out once.

Requests of one application for one operation leave records that differ in receipt, time, persons, numbers
of rows, in the official and the case they were made for, and in nothing else: their shape.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from audit.entry import Entry
from audit.index.terms import UNTOLD, Family, Terms, names_in
from govgraph.clock import ZONE

KNOWN: Final = 2000
LONGEST_WORD: Final = 65_536
HOUR: Final = len("2026-06-30T01")
UNIVERSAL: Final = "Z"

OWN: Final[Mapping[str, Family]] = {
    "end_user": Family.END_USER,
    "address": Family.ADDRESS,
    "case_number": Family.CASE,
}
"""Members that name what a record is found by, and differ among records of a shape."""
UNLIKE: Final = frozenset(
    {*OWN, "receipt", "time", "request", "subjects_list", "subject_total", "keys_in_sequence"}
)
"""Members that are no part of a shape."""
NUMBERS: Final = ("rows", "subjects")
"""Members of which the names are part of a shape, the numbers are not."""

Word = tuple[str, str]
"""Family and name, in small letters, as they are kept beside a term."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The terms of records, those among them whose names are kept, and what their leaves have in common."""

    terms: Sequence[int]
    words: Mapping[int, Word]
    leaf: Mapping[str, Any]
    document: str


@dataclass(slots=True)
class Shapes:
    """Knows the shapes of records. Used by one thread at a time."""

    terms: Terms
    _known: dict[bytes, Shape] = field(default_factory=dict)

    def of(self, entry: Entry) -> Shape:
        """Return the shape of a record; records of one shape are given the same object."""
        alike = {name: value for name, value in entry.leaf.items() if name not in UNLIKE}
        for member in NUMBERS:
            if member in alike:
                alike[member] = tuple(alike[member])
        key = orjson.dumps((alike, bool(entry.document)))
        shape = self._known.get(key)
        if shape is None:
            shape = self._made(alike, entry.document)
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known[key] = shape
        return shape

    def own(self, entry: Entry) -> Iterator[tuple[int, Word | None]]:
        """Yield the terms that a record has beside those of its shape, with the names that are kept."""
        leaf = entry.leaf
        for member, family in OWN.items():
            if name := leaf.get(member):
                yield self.terms.of(family, name), word(family, name)
        for digest in {*entry.digests.subjects, *entry.digests.keys}:
            yield self.terms.of_person(digest), None

    def _made(self, leaf: Mapping[str, Any], document: str) -> Shape:
        found: dict[int, Word | None] = {}
        for family, name in names_in(leaf):
            told = document or name if family is Family.OPERATION else name
            found[self.terms.of(family, name)] = word(family, told)
        words = {term: one for term, one in found.items() if one is not None}
        return Shape(tuple(found), words, leaf, document)


def word(family: Family, name: str) -> Word | None:
    """Return what is kept of a name beside its term; None where nothing is."""
    return None if family in UNTOLD else (family.value, name.lower().replace("\0", "")[:LONGEST_WORD])


@dataclass(slots=True)
class Days:
    """Tells the city's day of instants. The hours of one day, as records spell them, are looked up once."""

    _known: dict[str, str] = field(default_factory=dict)

    def of(self, moment: str) -> str:
        """Return the day of an instant of RFC 3339."""
        if not moment.endswith(UNIVERSAL):
            return _day(moment)
        day = self._known.get(moment[:HOUR])
        if day is None:
            if len(self._known) >= KNOWN:
                self._known.clear()
            day = self._known[moment[:HOUR]] = _day(moment)
        return day


def _day(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(ZONE).date().isoformat()
