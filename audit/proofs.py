"""Proofs from tiles: that a record is in the log, and that a later log begins with an earlier one.

Each reads a handful of tiles, however long the log is (RFC 6962, sections 2.1.1 and 2.1.2). An inclusion
proof is written as C2SP tlog-proof: its path and the signed checkpoint in one text.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from audit import checkpoint
from audit.checkpoint import Checkpoint
from audit.errors import LogCheckpointInvalidError, LogForkedError, LogRefusedError, ProofInvalidError
from audit.note import Verifier
from audit.tiles import TreeSource
from audit.tree import TILE_HEIGHT, WIDTH, consistent, included, node_hash, root

HEAD = "c2sp.org/tlog-proof@v1"
INDEX = re.compile(r"index (0|[1-9]\d*)", re.ASCII)
LONGEST = 64


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """The path from one leaf to the root of a signed checkpoint."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str

    @property
    def text(self) -> str:
        """Return the proof as C2SP tlog-proof writes it."""
        path = "".join(f"{base64.b64encode(node).decode()}\n" for node in self.path)
        return f"{HEAD}\nindex {self.index}\n{path}\n{self.checkpoint}"

    def check(self, leaf: bytes, verifier: Verifier) -> Checkpoint:
        """Return the checkpoint that the log signed over this leaf hash.

        Raises `ProofInvalidError` where the path leads elsewhere, and what a bad checkpoint raises.
        """
        signed = checkpoint.read(self.checkpoint, verifier)
        if included(leaf, self.index, signed.size, self.path) != signed.root:
            raise ProofInvalidError("The proof does not lead from this record to the root that was signed")
        return signed


def read_proof(text: str) -> InclusionProof:
    """Return the proof of a text. Raises `ProofInvalidError` where it is none."""
    head, _, note = text.partition("\n\n")
    first, index, *path = [*head.split("\n"), "", ""]
    if index.startswith("extra "):
        index, *path = [*path, ""]
    found = INDEX.fullmatch(index)
    nodes = tuple(_hash(line) for line in path if line)
    if first != HEAD or found is None or len(nodes) > LONGEST or any(len(node) != WIDTH for node in nodes):
        raise ProofInvalidError("The text is not a proof of inclusion")
    return InclusionProof(int(found[1]), nodes, note)


def _hash(line: str) -> bytes:
    """Return the hash of a line, nothing where it is not written the one right way."""
    try:
        decoded = base64.b64decode(line, validate=True)
    except ValueError:
        return b""
    return decoded if base64.b64encode(decoded).decode() == line else b""


async def subtree(source: TreeSource, begin: int, end: int) -> bytes:
    """Return the root over the leaves `begin` to `end`, exclusive.

    `begin` is a multiple of the power of two that is not smaller than their number.
    """
    count = end - begin
    if count & count - 1:
        split = begin + (1 << count.bit_length() - 1)
        return node_hash(await subtree(source, begin, split), await subtree(source, split, end))
    level, height = divmod(count.bit_length() - 1, TILE_HEIGHT)
    return root(await source.hashes(level, begin >> (TILE_HEIGHT * level), 1 << height))


async def inclusion_path(source: TreeSource, index: int, size: int) -> tuple[bytes, ...]:
    """Return the audit path of a leaf in a tree of `size`, the lowest node first."""
    if not 0 <= index < size:
        raise IndexError(index)
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        split = begin + (1 << (end - begin - 1).bit_length() - 1)
        if index < split:
            path.append(await subtree(source, split, end))
            end = split
        else:
            path.append(await subtree(source, begin, split))
            begin = split
    return tuple(reversed(path))


async def consistency_path(source: TreeSource, first: int, second: int) -> tuple[bytes, ...]:
    """Return the proof that a tree of `second` leaves begins with its first `first` ones."""
    if not 0 < first <= second:
        raise IndexError(first)
    path: list[bytes] = []
    begin, end, whole = 0, second, True
    while first != end:
        split = begin + (1 << (end - begin - 1).bit_length() - 1)
        if first <= split:
            path.append(await subtree(source, split, end))
            end = split
        else:
            path.append(await subtree(source, begin, split))
            begin, whole = split, False
    if not whole:
        path.append(await subtree(source, begin, end))
    return tuple(reversed(path))


async def prove(source: TreeSource, index: int, note: str, verifier: Verifier) -> InclusionProof:
    """Return the proof for one record under a signed note that covers it."""
    signed = checkpoint.read(note, verifier)
    return InclusionProof(index, await inclusion_path(source, index, signed.size), note)


async def check_consistency(source: TreeSource, older: Checkpoint, newer: Checkpoint) -> None:
    """Return where the log of `newer` begins with that of `older`. Raises `LogForkedError`.

    The source is not trusted: whatever it says, the proof must lead to both signed roots.
    """
    if older.size > newer.size:
        raise LogForkedError(
            "The later checkpoint was signed for fewer records than the earlier one",
            where=f"{newer.size} after {older.size}",
        )
    path: Sequence[bytes] = ()
    if 0 < older.size < newer.size:
        path = await consistency_path(source, older.size, newer.size)
    if older.size and not consistent((older.size, older.root), (newer.size, newer.root), path):
        raise LogForkedError(
            f"The log of {newer.size} records does not begin with the {older.size} signed for before"
        )


def read_known(name: str, note: str, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint of a file. Raises `LogCheckpointInvalidError` naming it."""
    try:
        return checkpoint.read(note, verifier)
    except LogRefusedError as error:
        raise LogCheckpointInvalidError(error.what, where=name) from None
