"""Verification by anyone who holds the verifier key: offline, read-only, also while the server runs.

Every leaf hash, the tree (RFC 6962), the signature of the last checkpoint (C2SP), the receipts records
are found by, and what leaves say of their sealed lists and operations is computed anew. The tree must also
be the one of the checkpoint beside the store and of every checkpoint kept elsewhere: only the latter hold
against the keeper of the machine. Earlier checkpoints of the store only narrow down where it went wrong.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from audit import checkpoint, stored
from audit.checkpoint import Checkpoint
from audit.embedded import reading
from audit.errors import LogRefusedError
from audit.finding import Finding, FoundError, Outside, Reading, Verification, kept_checkpoints, tile_changed
from audit.note import Verifier, read_verifier
from audit.opening import CHECKPOINT
from audit.outside import read_outside
from audit.standing import MARK, Standing
from audit.subjects import sealed_size
from audit.tree import TILE_WIDTH, Frontier, Node, leaf_hash
from govgraph.digests import digest, hex_digest


def verify(folder: Path, verifier_key: str, elsewhere: Mapping[str, str] | None = None) -> Verification:
    """Return whether the log in a folder is the one that was signed, and if not, what and where.

    `elsewhere` are signed notes kept away from the machine, by the name a finding calls them by.
    Raises `LogKeyChangedError` only where `verifier_key` is no key at all.
    """
    verifier = read_verifier(verifier_key)
    reading_so_far = Reading()
    try:
        # Read before the store: it never runs ahead of a store that is being written.
        kept = list(kept_checkpoints(elsewhere or {}, verifier))
        reading_so_far.compared = tuple(known.checkpoint.size for known in kept)
        outside = [*_beside(folder.parent / CHECKPOINT, verifier), *kept]
        with closing(reading(folder)) as connection:
            connection.execute("BEGIN")
            _check(connection, verifier, outside, reading_so_far)
    except FoundError as found:
        return reading_so_far.verification(found)
    except sqlite3.Error:
        return reading_so_far.verification(
            FoundError(Finding.STORE_UNREADABLE, "The store of the log is missing or cannot be read")
        )
    return reading_so_far.verification()


def _beside(file: Path, verifier: Verifier) -> Iterator[Outside]:
    """Yield the checkpoint beside the folder; a copied folder may come without one."""
    if not file.exists():
        return
    try:
        yield Outside(CHECKPOINT, read_outside(file, verifier))
    except LogRefusedError as error:
        raise FoundError(Finding.OUTSIDE_CHECKPOINT_INVALID, f"`{CHECKPOINT}`: {error.what}") from None


def _check(
    connection: sqlite3.Connection, verifier: Verifier, outside: Sequence[Outside], done: Reading
) -> None:
    signed = _last_checkpoint(connection, verifier)
    operations, gone = _operations(connection), _Gone()
    done.sizes = frozenset(known.checkpoint.size for known in outside)
    strayed: list[Node] = []
    for position, row in enumerate(_rows(connection)):
        done.time = _checked(position, row, operations, gone) or done.time
        nodes = done.grow((row.hash,))
        strayed += (node for node in nodes if stored.node(connection, node) not in {None, node.hash})
    if (done.frontier.size, done.frontier.root()) != (signed.size, signed.root):
        raise _located(connection, verifier, signed, done.frontier.size)
    for known in sorted(outside, key=lambda one: one.checkpoint.size):
        confirmed = max((size for size in done.compared if size < known.checkpoint.size), default=0)
        _compare(connection, verifier, known, done, confirmed)
    if strayed:
        raise tile_changed(strayed[0])
    gone.check()
    _check_index(connection)


def _check_index(connection: sqlite3.Connection) -> None:
    """Raise where a record is not found by its receipt: what is looked up is the index, not the records."""
    if connection.execute("PRAGMA integrity_check(leaf)").fetchone() == ("ok",):
        return
    for row in _rows(connection):
        found = connection.execute("SELECT position FROM leaf WHERE receipt = ?", (row.receipt,))
        if (row.position,) not in found.fetchall():
            problem = f"Record {row.position} is not found by its receipt"
            raise FoundError(Finding.RECEIPT_CHANGED, problem, row.position)
    raise FoundError(Finding.STORE_UNREADABLE, "The store of the log is damaged")


@dataclass(slots=True)
class _Gone:
    """What is gone so far, and what records in the log ordered to go."""

    stands: Standing = field(default_factory=Standing)
    leaves: list[int] = field(default_factory=list)
    lists: list[int] = field(default_factory=list)

    def emptied(self, row: "_Leaf") -> bool:
        """Return whether nothing is left of a record but its hash, and remember it."""
        empty = not row.leaf and not row.receipt and row.sealed is None
        if empty:
            self.leaves.append(row.position)
        return empty

    def take(self, row: "_Leaf", document: Mapping[str, Any]) -> None:
        """Take in what a record orders, and whether its list is gone."""
        if MARK in row.leaf:
            self.stands.take(document)
        if document.get("subjects_list") and row.sealed is None:
            self.lists.append(row.position)

    def check(self) -> None:
        """Raise where something is gone that no record ordered to go."""
        for position in self.leaves:
            if position // TILE_WIDTH not in self.stands.tiles:
                problem = f"Record {position} was emptied, and no record orders it"
                raise FoundError(Finding.LEAF_CHANGED, problem, position)
        for position in self.lists:
            if position not in self.stands.erased:
                problem = f"The sealed list of record {position} was changed or removed"
                raise FoundError(Finding.LIST_CHANGED, problem, position)


def _compare(
    connection: sqlite3.Connection, verifier: Verifier, known: Outside, done: Reading, confirmed: int
) -> None:
    """Raise what a checkpoint outside the store says against a store that is sound in itself.

    The first `confirmed` records are those of an earlier checkpoint kept elsewhere.
    """
    name, signed = known.name, known.checkpoint
    if signed.size > done.frontier.size:
        problem = f"`{name}` was signed for {signed.size} records, the store ends before: rolled back or cut"
        raise FoundError(Finding.ROLLED_BACK, problem, done.frontier.size)
    if signed.root != done.roots[signed.size]:
        problem = f"The first {signed.size} records are not those `{name}` was signed for"
        first = max(confirmed, _first_bad(connection, verifier, signed)[0])
        raise FoundError(Finding.FORKED, problem, first)


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


def _checked(position: int, row: _Leaf, operations: Mapping[str, bool], gone: _Gone) -> str:
    """Return the time of a record that agrees with its hash, its sealed list and its operation.

    Of one that was emptied only its hash is left, and no time.
    """
    if row.position != position:
        raise FoundError(Finding.LEAF_MISSING, f"Record {position} is missing", position)
    if gone.emptied(row):
        return ""
    try:
        changed = leaf_hash(row.leaf) != row.hash
        document = {} if changed else orjson.loads(row.leaf)
        gone.take(row, document)
        list_kept = row.sealed is None or _list_is_kept(document.get("subjects_list"), row.sealed)
        same_receipt = document.get("receipt") == row.receipt
        operation_kept = operations.get(document.get("operation", ""), "operation" not in document)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise FoundError(Finding.LEAF_CHANGED, f"Record {position} is no record", position) from None
    if changed:
        raise FoundError(Finding.LEAF_CHANGED, f"Record {position} was changed", position)
    if not same_receipt:
        problem = f"Record {position} is kept under a receipt that is not its own"
        raise FoundError(Finding.RECEIPT_CHANGED, problem, position)
    if not list_kept:
        problem = f"The sealed list of record {position} was changed or removed"
        raise FoundError(Finding.LIST_CHANGED, problem, position)
    if not operation_kept:
        problem = f"The operation of record {position} was changed or removed"
        raise FoundError(Finding.OPERATION_CHANGED, problem, position)
    return str(document.get("time", ""))


def _list_is_kept(promised: Mapping[str, Any] | None, sealed: bytes) -> bool:
    if promised is None:
        return False
    return len(sealed) == sealed_size(promised["count"]) and digest(sealed).hex() == promised["digest"]


def _operations(connection: sqlite3.Connection) -> Mapping[str, bool]:
    """Return whether each document kept still has its hash."""
    found = connection.execute("SELECT hash, document FROM operation")
    return {name: hex_digest(document.encode()) == name for name, document in found}


def _last_checkpoint(connection: sqlite3.Connection, verifier: Verifier) -> Checkpoint:
    row = connection.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    if row is None:
        raise FoundError(Finding.CHECKPOINT_INVALID, "The store holds no checkpoint")
    try:
        return checkpoint.read(row[0], verifier)
    except LogRefusedError as error:
        raise FoundError(Finding.CHECKPOINT_INVALID, f"The last checkpoint: {error.what}") from None


def _located(connection: sqlite3.Connection, verifier: Verifier, signed: Checkpoint, size: int) -> FoundError:
    """Return what to say of a tree that its checkpoint was not signed for."""
    confirmed, disagrees = _first_bad(connection, verifier, signed)
    if disagrees:
        problem = f"From record {confirmed} on, the records are not those that were signed for, in that order"
        return FoundError(Finding.TREE_CHANGED, problem, confirmed)
    if size < signed.size:
        problem = f"{size} of {signed.size} records are left; the first {confirmed} are confirmed"
        return FoundError(Finding.TAIL_CUT, problem, size)
    problem = f"No checkpoint was signed for the records from {signed.size} on"
    return FoundError(Finding.LEAF_UNSIGNED, problem, signed.size)


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
