"""What the log needs of a store: one transaction per batch, and the head it ended with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from audit.tree import Frontier, Node


@dataclass(frozen=True, slots=True)
class Row:
    """One leaf as stored; `sealed` is the list of subjects beside it, if there is one."""

    position: int
    receipt: str
    leaf: bytes
    hash: bytes
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Head:
    """The state after a batch: the tree, and the signed note for it."""

    frontier: Frontier
    note: str


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction writes; operations are (hash, document), new ones only.

    `nodes` are those of tiles above the leaves that the batch completes: kept to answer fast, never trusted.
    """

    rows: Sequence[Row]
    operations: Sequence[tuple[str, str]]
    head: Head
    nodes: Sequence[Node] = ()


class Store(Protocol):
    """A durable place for leaves. Called from one thread, except where a method says otherwise."""

    def head(self) -> Head | None:
        """Return the head of the last batch; None where the store is new."""

    def size(self) -> int:
        """Return the number of leaves there are, counted by their positions."""

    def write(self, batch: Batch) -> None:
        """Write a batch in one transaction; on return it is durable.

        Raises `LogFullError` or `LogBusyError` where nothing was written. After any other error the
        caller can assume nothing about what is on the disk.
        """

    def leaf_hashes(self, size: int) -> Iterator[bytes]:
        """Yield the hashes of the first `size` leaves."""

    def find(self, receipt: str) -> Sequence[Row]:
        """Return the leaves of a receipt in order; callable from any thread."""

    def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return `count` nodes of a level of tiles from `first` on, leaf hashes at level 0.

        All of them stand within whole subtrees of the tree. Callable from any thread.
        """

    def entries(self, first: int, count: int) -> Sequence[bytes]:
        """Return leaves in order, from the position `first` on; callable from any thread."""

    def range(self, first: int, count: int) -> Sequence[Row]:
        """Return leaves with their sealed lists in order, from a position on; callable from any thread."""

    def marked(self) -> Iterator[bytes]:
        """Yield the leaves that order something for later ones, in order; callable from any thread.

        See `audit.standing`; a few others may be among them.
        """

    def blank(self, first: int, count: int) -> None:
        """Empty leaves for good: bytes, receipt, sealed list; hashes stay. Callable from any thread."""

    def erase(self, positions: Sequence[int]) -> None:
        """Remove sealed lists for good; callable from any thread."""

    def operation(self, digest: str) -> str | None:
        """Return the document kept under a hash; callable from any thread."""

    def close(self) -> None:
        """Let go of the store. Called once."""
