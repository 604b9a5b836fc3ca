"""The bytes of one leaf: a record as canonical JSON (RFC 8785), in format 1.

`docs/audit-events.md` explains each member. Empty members are left out, and so is `part` where the
answer was whole. `subjects_list` commits to the sealed list beside the leaf by count and SHA-256.
"""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import orjson

from audit.errors import RecordInvalidError, RecordTooLargeError
from audit.record import (
    FORMAT,
    AccessRecord,
    Coordinates,
    ManagementRecord,
    Outcome,
    Part,
    Record,
    SystemRecord,
)
from audit.subjects import SealedList
from govgraph.canonical import NotCanonicalError, canonical

LARGEST = 65_535
KINDS: Mapping[type, str] = {AccessRecord: "access", ManagementRecord: "management", SystemRecord: "system"}
MEMBERS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (*KINDS, Coordinates)
}
PLAIN = frozenset({str, int, tuple, Outcome, Part})
FAST = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def leaf_document(record: Record, sealed: SealedList | None = None) -> dict[str, Any]:
    """Return what a leaf says, as JSON values."""
    document = _members(record)
    document |= {"format": FORMAT, "kind": KINDS[type(record)]}
    if document.get("part") is Part.WHOLE:
        del document["part"]
    if sealed is not None:
        document["subjects_list"] = {"count": sealed.count, "digest": sealed.digest.hex()}
    return document


def leaf_bytes(record: Record, sealed: SealedList | None = None) -> bytes:
    """Return the leaf, at most 65,535 bytes.

    Raises `RecordTooLargeError` above that, `RecordInvalidError` where a value has no canonical form.
    """
    leaf = encoded(leaf_document(record, sealed))
    if len(leaf) > LARGEST:
        raise RecordTooLargeError("The request names more fields than one record can hold")
    return leaf


def encoded(document: dict[str, Any]) -> bytes:
    """Return canonical bytes; the short way gives the same ones wherever every sign is ASCII."""
    try:
        leaf = orjson.dumps(document, option=FAST)
        return leaf if leaf.isascii() else canonical(document)
    except (orjson.JSONEncodeError, NotCanonicalError):
        raise RecordInvalidError("A record holds a value that has no canonical form") from None


def _members(record: Any) -> dict[str, Any]:
    document = {}
    for name in MEMBERS[type(record)]:
        value = getattr(record, name)
        if not value:
            continue
        if value.__class__ in PLAIN:
            document[name] = value
        elif isinstance(value, Coordinates):
            if members := _members(value):
                document[name] = members
        else:
            document[name] = _counted(value) if isinstance(value, Mapping) else value
    return document


def _counted(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping as the short way takes it; a float would have no canonical spelling."""
    if float in map(type, value.values()):
        raise RecordInvalidError("A record holds a number that is not whole")
    return dict(value)
