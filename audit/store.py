"""What the log needs of a store: one transaction per batch, and the head it ended with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from audit.tree import Frontier


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
    """What one transaction writes; operations are (hash, document), new ones only."""

    rows: Sequence[Row]
    operations: Sequence[tuple[str, str]]
    head: Head


class Store(Protocol):
    """A durable place for leaves. Called from one thread, except `find` and `operation`."""

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

    def find(self, receipt: str) -> Row | None:
        """Return the last leaf of a receipt; callable from any thread."""

    def operation(self, digest: str) -> str | None:
        """Return the document kept under a hash; callable from any thread."""

    def close(self) -> None:
        """Let go of the store. Called once."""
