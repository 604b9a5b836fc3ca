"""What a record is found by: its names by family, and the persons it was about as numbers of their own.

A term is 64 bits of a keyed digest (RFC 2104): whoever holds the index alone learns neither a case
number nor a digest of a person from it, only that a term returns.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from govgraph.digests import KeyedDigests

BEGINNING: Final = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND: Final = timedelta(microseconds=1)
KNOWN: Final = 50_000
"""Terms of names that are kept at hand."""


class Family(StrEnum):
    """The kinds of names that a record is found by."""

    KIND = "kind"
    EVENT = "event"
    DECISION = "decision"
    CODE = "code"
    LEVEL = "level"
    CLIENT = "client"
    ROLE = "role"
    END_USER = "end user"
    ADDRESS = "address"
    DEPARTMENT = "department"
    SOURCE = "source"
    GRANT = "grant"
    PURPOSE = "purpose"
    CASE = "case number"
    RESOURCE = "resource"
    FIELD = "field"
    OPERATION = "operation"
    CHANGED = "changed"
    COMBINATION = "combination"
    PERSON = "person"


UNTOLD: Final = frozenset({Family.CASE, Family.COMBINATION, Family.PERSON})
"""Families whose names are not kept beside their terms: too many, or nobody's to read."""

SINGLE: Final = (
    ("kind", Family.KIND),
    ("event", Family.EVENT),
    ("outcome", Family.DECISION),
    ("level", Family.LEVEL),
    ("client", Family.CLIENT),
    ("role", Family.ROLE),
    ("end_user", Family.END_USER),
    ("address", Family.ADDRESS),
    ("department", Family.DEPARTMENT),
    ("purpose", Family.PURPOSE),
    ("case_number", Family.CASE),
    ("operation", Family.OPERATION),
)
SEVERAL: Final = (
    ("sources", Family.SOURCE),
    ("grants", Family.GRANT),
    ("codes", Family.CODE),
    ("rows", Family.RESOURCE),
)


class Terms:
    """Numbers terms with the key of one platform. Used by one thread at a time."""

    def __init__(self, key: bytes) -> None:
        self._keyed = KeyedDigests(key)
        self._known: dict[tuple[Family, str], int] = {}

    def of(self, family: Family, name: str) -> int:
        """Return the term of a name."""
        known = self._known.get((family, name))
        if known is not None:
            return known
        term = self._number(family, name.encode())
        if family not in UNTOLD:
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known[family, name] = term
        return term

    def of_person(self, digest: bytes) -> int:
        """Return the term of a person or key by its keyed digest in the sealed lists."""
        return self._number(Family.PERSON, digest)

    def _number(self, family: Family, name: bytes) -> int:
        return int.from_bytes(self._keyed.of(family.encode() + b"\0" + name)[:8], signed=True)


def names_in(leaf: Mapping[str, Any]) -> Iterator[tuple[Family, str]]:
    """Yield the names that a record is found by; some may come twice."""
    for member, family in SINGLE:
        if name := leaf.get(member):
            yield family, name
    for member, family in SEVERAL:
        for name in leaf.get(member, ()):
            yield family, name
    yield from _fields(leaf.get("coordinates", {}))
    if combined := combination(leaf):
        yield Family.COMBINATION, combined
    if changed := leaf.get("subject"):
        yield Family.CHANGED, changed
    if code := leaf.get("detail", {}).get("code"):
        yield Family.CODE, code


def combination(leaf: Mapping[str, Any]) -> str:
    """Return which client asked which fields together; empty where it asked none."""
    asked = leaf.get("coordinates", {}).get("asked", ())
    return " ".join((leaf.get("client", ""), *asked)) if asked else ""


def _fields(coordinates: Mapping[str, Sequence[str]]) -> Iterator[tuple[Family, str]]:
    for names in coordinates.values():
        for name in names:
            yield Family.FIELD, name
            yield Family.RESOURCE, name.partition(".")[0]


def microseconds(moment: str) -> int:
    """Return an instant of RFC 3339 as microseconds since 1970. Raises `ValueError` where it is none."""
    read = datetime.fromisoformat(moment)
    if read.tzinfo is None:
        raise ValueError("no zone")
    return (read - BEGINNING) // MICROSECOND
