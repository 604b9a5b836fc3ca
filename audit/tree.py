"""The Merkle tree of RFC 6962: one root that stands for every leaf before it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

LEAF, NODE = b"\0", b"\1"
EMPTY = sha256().digest()
WIDTH = 32
TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of one leaf; the prefix keeps leaves and nodes apart (section 2.1)."""
    return sha256(LEAF + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash that stands for two subtrees."""
    return sha256(NODE + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """Return the tree head over leaf hashes, in order. An empty tree has the hash of nothing."""
    return Frontier().extended(hashes).root()


@dataclass(frozen=True, slots=True)
class Node:
    """The root of a whole subtree of 256 ** `level` leaves; `number` counts those of its level from 0."""

    level: int
    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that is needed to grow a tree: the roots of its whole subtrees, the largest first.

    Appending costs O(log n); a tree of a thousand million leaves has at most thirty peaks.
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def extended(self, hashes: Iterable[bytes]) -> "Frontier":
        """Return the frontier after further leaf hashes."""
        return self.grown(hashes)[0]

    def grown(self, hashes: Iterable[bytes]) -> tuple["Frontier", list[Node]]:
        """Return the frontier after further leaf hashes, and every node of tiles completed on the way."""
        size, peaks, nodes = self.size, list(self.peaks), []
        for leaf in hashes:
            node, number, height = leaf, size, 0
            while number & 1:
                node, number, height = node_hash(peaks.pop(), node), number >> 1, height + 1
                if height % TILE_HEIGHT == 0:
                    nodes.append(Node(height // TILE_HEIGHT, number, node))
            peaks.append(node)
            size += 1
        return Frontier(size, tuple(peaks)), nodes

    def root(self) -> bytes:
        """Return the tree head over everything appended so far."""
        if not self.peaks:
            return EMPTY
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node


def inclusion_proof(hashes: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of the leaf at `index`, the lowest node first (section 2.1.1)."""
    if not 0 <= index < len(hashes):
        raise IndexError(index)
    if len(hashes) == 1:
        return ()
    split = _split(len(hashes))
    if index < split:
        return (*inclusion_proof(hashes[:split], index), root(hashes[split:]))
    return (*inclusion_proof(hashes[split:], index - split), root(hashes[:split]))


def included(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """Return the root that a leaf hash and its audit path lead to, or None where the path does not fit.

    The caller compares it with the root of a signed checkpoint of `size` (RFC 9162, section 2.1.3.2).
    """
    if not 0 <= index < size:
        return None
    node, position, last = leaf, index, size - 1
    for sibling in proof:
        if last == 0:
            return None
        if position & 1 or position == last:
            node = node_hash(sibling, node)
            position, last = _aligned(position, last)
        else:
            node = node_hash(node, sibling)
        position, last = position >> 1, last >> 1
    return node if last == 0 else None


def consistency_proof(hashes: Sequence[bytes], first: int) -> tuple[bytes, ...]:
    """Return the proof that the tree over `hashes` begins with its first `first` leaves (section 2.1.2)."""
    if not 0 < first <= len(hashes):
        raise IndexError(first)
    return _subproof(hashes, first, whole=True)


def _subproof(hashes: Sequence[bytes], first: int, *, whole: bool) -> tuple[bytes, ...]:
    if first == len(hashes):
        return () if whole else (root(hashes),)
    split = _split(len(hashes))
    if first <= split:
        return (*_subproof(hashes[:split], first, whole=whole), root(hashes[split:]))
    return (*_subproof(hashes[split:], first - split, whole=False), root(hashes[:split]))


def consistent(first: tuple[int, bytes], second: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Return whether the tree `first` (size, root) is a beginning of `second` (RFC 9162, section 2.1.4.2)."""
    (size, head), (later_size, later_head) = first, second
    if size == later_size:
        return size >= 0 and not proof and head == later_head
    nodes = [head, *proof] if size & size - 1 == 0 else list(proof)
    if not 0 < size < later_size or not nodes:
        return False
    position, last = size - 1, later_size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    return _climbed(nodes, position, last) == (head, later_head)


def _climbed(nodes: Sequence[bytes], position: int, last: int) -> tuple[bytes, bytes] | None:
    """Return the roots of the older and the newer tree that a consistency proof leads to."""
    older = newer = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            older, newer = node_hash(node, older), node_hash(node, newer)
            position, last = _aligned(position, last)
        else:
            newer = node_hash(newer, node)
        position, last = position >> 1, last >> 1
    return (older, newer) if last == 0 else None


def _aligned(position: int, last: int) -> tuple[int, int]:
    """Skip the levels at which a node has no sibling to its right."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _split(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1
