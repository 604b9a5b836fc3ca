"""One record as its readers behind the log see it."""

import logging
from dataclasses import dataclass
from typing import Any

import orjson

from audit.store import Row
from audit.subjects import NOBODY, Digests, SubjectSeal
from govgraph.sealing import SealBrokenError


@dataclass(frozen=True, slots=True)
class Entry:
    """What a leaf says, and whom it was about.

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
