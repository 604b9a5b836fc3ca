"""Verification by anyone who holds the verifier key: offline, read-only, also while the server runs.

Every leaf hash, the tree (RFC 6962), the signature of the last checkpoint (C2SP), the receipts records
are found by, and what leaves say of their sealed lists and operations is computed anew. The tree must also
be the one of the checkpoint beside the store and of every checkpoint kept elsewhere: only the latter hold
against the keeper of the machine. Earlier checkpoints of the store only narrow down where it went wrong.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from audit import checkpoint
from audit.checkpoint import Checkpoint, encoded_root
from audit.embedded import reading
from audit.errors import LogRefusedError
from audit.note import Verifier, read_verifier
from audit.opening import CHECKPOINT
from audit.subjects import sealed_size
from audit.tree import Frontier, leaf_hash
from govgraph.digests import digest, hex_digest


class Finding(StrEnum):
    """What a verification can find; `VERIFIED` is the good one."""

    VERIFIED = "VERIFIED"
    STORE_UNREADABLE = "STORE_UNREADABLE"
    CHECKPOINT_INVALID = "CHECKPOINT_INVALID"
    OUTSIDE_CHECKPOINT_INVALID = "OUTSIDE_CHECKPOINT_INVALID"
    KEPT_CHECKPOINT_INVALID = "KEPT_CHECKPOINT_INVALID"
    LEAF_CHANGED = "LEAF_CHANGED"
    LEAF_MISSING = "LEAF_MISSING"
    LEAF_UNSIGNED = "LEAF_UNSIGNED"
    TAIL_CUT = "TAIL_CUT"
    TREE_CHANGED = "TREE_CHANGED"
    ROLLED_BACK = "ROLLED_BACK"
    FORKED = "FORKED"
    RECEIPT_CHANGED = "RECEIPT_CHANGED"
    LIST_CHANGED = "LIST_CHANGED"
    OPERATION_CHANGED = "OPERATION_CHANGED"


@dataclass(frozen=True, slots=True)
class Verification:
    """The result. `position` is the first record that can be bad, None where no record is to blame.

    `size` counts the records read, `root` is the root over them in base64, `checkpoint_time` the time
    of the last of them. `problem` is one sentence, empty where all is well. `compared` holds the sizes of
    the checkpoints kept elsewhere that the log was held against: where it is empty, whoever keeps the
    machine could have cut the newest records off, and nothing here would tell.
    """

    ok: bool
    size: int
    root: str
    problem: str = ""
    position: int | None = None
    finding: Finding = Finding.VERIFIED
    checkpoint_time: str = ""
    compared: tuple[int, ...] = ()


class _Found(Exception):  # leaves the reading at the first bad record; never seen outside
    def __init__(self, finding: Finding, problem: str, position: int | None = None) -> None:
        self.finding = finding
        self.problem = problem
        self.position = position


@dataclass(frozen=True, slots=True)
class _Outside:
    """A checkpoint that the store cannot reach, under the name a finding calls it by."""

    name: str
    checkpoint: Checkpoint


@dataclass(slots=True)
class _Reading:
    """What has been read so far, and the roots it had at the sizes that checkpoints were signed for."""

    frontier: Frontier = field(default_factory=Frontier)
    time: str = ""
    roots: dict[int, bytes] = field(default_factory=lambda: {0: Frontier().root()})
    compared: tuple[int, ...] = ()

    def verification(self, found: _Found | None = None) -> Verification:
        good = Verification(
            True,
            self.frontier.size,
            encoded_root(self.frontier.root()),
            checkpoint_time=self.time,
            compared=self.compared,
        )
        if found is None:
            return good
        return replace(good, ok=False, problem=found.problem, position=found.position, finding=found.finding)


def verify(folder: Path, verifier_key: str, elsewhere: Mapping[str, str] | None = None) -> Verification:
    """Return whether the log in a folder is the one that was signed, and if not, what and where.

    `elsewhere` are signed notes kept away from the machine, by the name a finding calls them by.
    Raises `LogKeyChangedError` only where `verifier_key` is no key at all.
    """
    verifier = read_verifier(verifier_key)
    reading_so_far = _Reading()
    try:
        # Read before the store: it never runs ahead of a store that is being written.
        kept = list(_kept(elsewhere or {}, verifier))
        reading_so_far.compared = tuple(known.checkpoint.size for known in kept)
        outside = [*_beside(folder.parent / CHECKPOINT, verifier), *kept]
        with closing(reading(folder)) as connection:
            connection.execute("BEGIN")
            _check(connection, verifier, outside, reading_so_far)
    except _Found as found:
        return reading_so_far.verification(found)
    except sqlite3.Error:
        return reading_so_far.verification(
            _Found(Finding.STORE_UNREADABLE, "The store of the log is missing or cannot be read")
        )
    return reading_so_far.verification()


def _beside(file: Path, verifier: Verifier) -> Iterator[_Outside]:
    """Yield the checkpoint beside the folder; a copied folder may come without one."""
    if not file.exists():
        return
    note = file.read_text(encoding="utf-8", errors="replace")
    try:
        yield _Outside(CHECKPOINT, checkpoint.read(note, verifier))
    except LogRefusedError as error:
        raise _Found(Finding.OUTSIDE_CHECKPOINT_INVALID, f"`{CHECKPOINT}`: {error.what}") from None


def _kept(notes: Mapping[str, str], verifier: Verifier) -> Iterator[_Outside]:
    """Yield the checkpoints kept elsewhere."""
    for name, note in notes.items():
        try:
            yield _Outside(name, checkpoint.read(note, verifier))
        except LogRefusedError as error:
            raise _Found(Finding.KEPT_CHECKPOINT_INVALID, f"`{name}`: {error.what}") from None


def _check(
    connection: sqlite3.Connection, verifier: Verifier, outside: Sequence[_Outside], done: _Reading
) -> None:
    signed = _last_checkpoint(connection, verifier)
    operations = _operations(connection)
    sizes = {known.checkpoint.size for known in outside}
    for position, row in enumerate(_rows(connection)):
        done.time = _checked(position, row, operations)
        done.frontier = done.frontier.extended((row.hash,))
        if done.frontier.size in sizes:
            done.roots[done.frontier.size] = done.frontier.root()
    if (done.frontier.size, done.frontier.root()) != (signed.size, signed.root):
        raise _located(connection, verifier, signed, done.frontier.size)
    for known in outside:
        _compare(connection, verifier, known, done)


def _compare(connection: sqlite3.Connection, verifier: Verifier, known: _Outside, done: _Reading) -> None:
    """Raise what a checkpoint outside the store says against a store that is sound in itself."""
    name, signed = known.name, known.checkpoint
    if signed.size > done.frontier.size:
        problem = f"`{name}` was signed for {signed.size} records, the store ends before: rolled back or cut"
        raise _Found(Finding.ROLLED_BACK, problem, done.frontier.size)
    if signed.root != done.roots[signed.size]:
        problem = f"The first {signed.size} records are not those `{name}` was signed for"
        raise _Found(Finding.FORKED, problem, _first_bad(connection, verifier, signed)[0])


@dataclass(frozen=True, slots=True)
class _Leaf:
    position: int
    receipt: str
    hash: bytes
    leaf: bytes
    sealed: bytes | None


def _rows(connection: sqlite3.Connection) -> Iterator[_Leaf]:
    for row in connection.execute("SELECT position, receipt, hash, leaf, sealed FROM leaf ORDER BY position"):
        yield _Leaf(*row)


def _checked(position: int, row: _Leaf, operations: Mapping[str, bool]) -> str:
    """Return the time of a record that agrees with its hash, its sealed list and its operation."""
    if row.position != position:
        raise _Found(Finding.LEAF_MISSING, f"Record {position} is missing", position)
    try:
        changed = leaf_hash(row.leaf) != row.hash
        document = {} if changed else orjson.loads(row.leaf)
        list_kept = _list_is_kept(document.get("subjects_list"), row.sealed)
        same_receipt = document.get("receipt") == row.receipt
        operation_kept = operations.get(document.get("operation", ""), "operation" not in document)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _Found(Finding.LEAF_CHANGED, f"Record {position} is no record", position) from None
    if changed:
        raise _Found(Finding.LEAF_CHANGED, f"Record {position} was changed", position)
    if not same_receipt:
        problem = f"Record {position} is kept under a receipt that is not its own"
        raise _Found(Finding.RECEIPT_CHANGED, problem, position)
    if not list_kept:
        problem = f"The sealed list of record {position} was changed or removed"
        raise _Found(Finding.LIST_CHANGED, problem, position)
    if not operation_kept:
        problem = f"The operation of record {position} was changed or removed"
        raise _Found(Finding.OPERATION_CHANGED, problem, position)
    return str(document.get("time", ""))


def _list_is_kept(promised: Mapping[str, Any] | None, sealed: bytes | None) -> bool:
    if promised is None or sealed is None:
        return promised is None and sealed is None
    return len(sealed) == sealed_size(promised["count"]) and digest(sealed).hex() == promised["digest"]


def _operations(connection: sqlite3.Connection) -> Mapping[str, bool]:
    """Return whether each document kept still has its hash."""
    found = connection.execute("SELECT hash, document FROM operation")
    return {name: hex_digest(document.encode()) == name for name, document in found}


def _last_checkpoint(connection: sqlite3.Connection, verifier: Verifier) -> Checkpoint:
    row = connection.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    if row is None:
        raise _Found(Finding.CHECKPOINT_INVALID, "The store holds no checkpoint")
    try:
        return checkpoint.read(row[0], verifier)
    except LogRefusedError as error:
        raise _Found(Finding.CHECKPOINT_INVALID, f"The last checkpoint: {error.what}") from None


def _located(connection: sqlite3.Connection, verifier: Verifier, signed: Checkpoint, size: int) -> _Found:
    """Return what to say of a tree that its checkpoint was not signed for."""
    confirmed, disagrees = _first_bad(connection, verifier, signed)
    if disagrees:
        problem = f"From record {confirmed} on, the records are not those that were signed for, in that order"
        return _Found(Finding.TREE_CHANGED, problem, confirmed)
    if size < signed.size:
        problem = f"{size} of {signed.size} records are left; the first {confirmed} are confirmed"
        return _Found(Finding.TAIL_CUT, problem, size)
    problem = f"No checkpoint was signed for the records from {signed.size} on"
    return _Found(Finding.LEAF_UNSIGNED, problem, signed.size)


def _first_bad(connection: sqlite3.Connection, verifier: Verifier, last: Checkpoint) -> tuple[int, bool]:
    """Return how many of the first records are confirmed, and whether a checkpoint disagrees after them."""
    kept = {entry.size: entry.root for entry in _kept_checkpoints(connection, verifier)}
    kept[last.size] = last.root
    frontier, confirmed = Frontier(), 0
    for row in _rows(connection):
        frontier = frontier.extended((row.hash,))
        if frontier.size in kept:
            if kept[frontier.size] != frontier.root():
                return confirmed, True
            confirmed = frontier.size
    return confirmed, False


def _kept_checkpoints(connection: sqlite3.Connection, verifier: Verifier) -> Iterator[Checkpoint]:
    for (note,) in connection.execute("SELECT note FROM checkpoint ORDER BY size"):
        try:
            yield checkpoint.read(note, verifier)
        except LogRefusedError:
            continue  # not signed by this log: says nothing about its records
