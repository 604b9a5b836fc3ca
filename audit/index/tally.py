"""What reports count, of one record: calls, denials, rows, persons, yes-or-no answers, by day and by whom."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

VERIFY: Final = re.compile(r"\b[a-z]\w*Verify\s*\(")
"""A field that answers yes or no, as a document writes it: `personVerify(`."""


class Dimension(StrEnum):
    """What counts are told by; a pair is a client and a department whose source it asked."""

    ALL = "all"
    CLIENT = "client"
    PURPOSE = "purpose"
    DEPARTMENT = "department"
    PAIR = "pair"
    RESOURCE = "resource"


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts that add up.

    A streamed answer is one call, at its end; its rows and persons are those of its batches. Persons
    are counted once in each answer or batch, not once in all. A denial is a request that was refused;
    a resource has one where a field of it was refused. A proof is a yes or no in the place of data.
    """

    calls: int = 0
    denials: int = 0
    rows: int = 0
    persons: int = 0
    proofs: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Return both counts in one."""
        return Tally(
            self.calls + other.calls,
            self.denials + other.denials,
            self.rows + other.rows,
            self.persons + other.persons,
            self.proofs + other.proofs,
        )

    def of(self, records: int) -> "Tally":
        """Return the counts of so many like records; rows and persons are those of all of them already."""
        calls, denials, proofs = self.calls * records, self.denials * records, self.proofs * records
        return Tally(calls, denials, self.rows, self.persons, proofs)


Counted = tuple[str, str]
"""Dimension, name."""
Key = tuple[str, str, str]
"""Day of the city, dimension, name."""


def counted(leaf: Mapping[str, Any], document: str = "") -> Iterator[tuple[Counted, Tally]]:
    """Yield what one access counts for on its day; nothing for any other record.

    `document` is its operation without literals, empty where it has none.
    """
    if leaf.get("kind") != "access":
        return
    client, call, refused = leaf.get("client", ""), _calls(leaf), int(leaf["outcome"] == "refused")
    rows, persons = _delivered(leaf)
    answered = call * int(leaf["outcome"] in {"answered", "partial"})
    proofs = answered * len(VERIFY.findall(document))
    whole = Tally(
        call, call * refused, sum(rows.values()), leaf.get("subject_total", 0) if persons else 0, proofs
    )
    yield (Dimension.ALL, ""), whole
    yield (Dimension.CLIENT, client), whole
    yield (Dimension.PURPOSE, leaf.get("purpose", "")), whole
    for source in leaf.get("sources", ()):
        yield (Dimension.DEPARTMENT, source), Tally(call)
        yield (Dimension.PAIR, f"{client} {source}"), Tally(call)
    named = leaf.get("coordinates", {}).get("refused", ())
    denied = {name.partition(".")[0] for name in named} if refused else set()
    for resource in {*leaf.get("rows", ()), *denied}:
        counts = (call, call * int(resource in denied), rows.get(resource, 0), persons.get(resource, 0))
        yield (Dimension.RESOURCE, resource), Tally(*counts)


def _calls(leaf: Mapping[str, Any]) -> int:
    return int(leaf.get("part", "end") == "end")


def _delivered(leaf: Mapping[str, Any]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Return rows and persons by type; the end of a stream tells once more what its batches told."""
    if leaf.get("part", "part") != "part":
        return {}, {}
    return leaf.get("rows", {}), leaf.get("subjects", {})
