"""Records for an outsider, each with its proof, one JSON value a line; checked without server or network.

The first line holds the signed checkpoint, every other one record: its place, its leaf and the path
that leads from its hash to the signed root (RFC 6962, section 2.1.1).
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from audit import checkpoint
from audit.errors import ExportInvalidError, LogRefusedError
from audit.leaf import encoded
from audit.note import Verifier
from audit.tree import included, leaf_hash
from govgraph.errors import GovGraphError


@dataclass(frozen=True, slots=True)
class Exported:
    """What was found sound: so many records, under the checkpoint of a log of `size` records."""

    records: int
    size: int
    origin: str


def head_line(note: str) -> bytes:
    """Return the first line."""
    return orjson.dumps({"checkpoint": note}) + b"\n"


def record_line(index: int, leaf: dict[str, Any], path: Iterable[bytes]) -> bytes:
    """Return the line of one record."""
    nodes = [base64.b64encode(node).decode() for node in path]
    return orjson.dumps({"index": index, "leaf": leaf, "path": nodes}) + b"\n"


def check_export(content: bytes, verifier: Verifier) -> Exported:
    """Return what an export holds. Raises `EXPORT_INVALID`, which names the first bad line."""
    lines = content.split(b"\n")
    try:
        signed = checkpoint.read(_member(lines[0], "checkpoint"), verifier)
    except LogRefusedError as error:
        raise ExportInvalidError(error.what, where="line 1") from None
    count = 0
    for number, line in enumerate(lines[1:], 2):
        if not line and number == len(lines):
            break
        if not _sound(line, signed):
            raise ExportInvalidError("The proof of a record does not hold", where=f"line {number}")
        count += 1
    return Exported(count, signed.size, signed.origin)


def _member(line: bytes, name: str) -> str:
    try:
        return str(orjson.loads(line)[name])
    except (ValueError, KeyError, TypeError):
        raise ExportInvalidError("The file does not begin as an export of the log", where="line 1") from None


def _sound(line: bytes, signed: checkpoint.Checkpoint) -> bool:
    """Return whether a record stands where it says in the log that was signed."""
    try:
        said = orjson.loads(line)
        index, leaf = int(said["index"]), leaf_hash(encoded(said["leaf"]))
        path = [base64.b64decode(node, validate=True) for node in said["path"]]
        return 0 <= index < signed.size and included(leaf, index, signed.size, path) == signed.root
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, GovGraphError):
        return False
