"""What a verification finds: one word for scripts, one sentence for people, the place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from audit import checkpoint
from audit.checkpoint import Checkpoint, encoded_root
from audit.errors import LogRefusedError
from audit.note import Verifier
from audit.tree import TILE_WIDTH, Frontier, Node


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
    TILE_CHANGED = "TILE_CHANGED"
    LOG_UNREADABLE = "LOG_UNREADABLE"


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


class FoundError(Exception):
    """Leaves the reading at the first bad record; becomes a `Verification`, and is never seen outside."""

    def __init__(self, finding: Finding, problem: str, position: int | None = None) -> None:
        self.finding = finding
        self.problem = problem
        self.position = position


@dataclass(frozen=True, slots=True)
class Outside:
    """A checkpoint that the log cannot reach, under the name a finding calls it by."""

    name: str
    checkpoint: Checkpoint


@dataclass(slots=True)
class Reading:
    """What has been read so far, and the roots it had at the `sizes` that are to be compared."""

    frontier: Frontier = field(default_factory=Frontier)
    time: str = ""
    sizes: frozenset[int] = frozenset()
    roots: dict[int, bytes] = field(default_factory=lambda: {0: Frontier().root()})
    compared: tuple[int, ...] = ()

    def grow(self, hashes: Iterable[bytes]) -> list[Node]:
        """Take further leaf hashes in; return the nodes of tiles they complete."""
        completed: list[Node] = []
        for leaf in hashes:
            self.frontier, nodes = self.frontier.grown((leaf,))
            completed += nodes
            if self.frontier.size in self.sizes:
                self.roots[self.frontier.size] = self.frontier.root()
        return completed

    def verification(self, found: FoundError | None = None) -> Verification:
        """Return the result: sound as far as it was read, or what was found."""
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


def kept_checkpoints(notes: Mapping[str, str], verifier: Verifier) -> Iterator[Outside]:
    """Yield the checkpoints of notes kept elsewhere. Raises `FoundError` where one is not of this log."""
    for name, note in notes.items():
        try:
            yield Outside(name, checkpoint.read(note, verifier))
        except LogRefusedError as error:
            raise FoundError(Finding.KEPT_CHECKPOINT_INVALID, f"`{name}`: {error.what}") from None


def tile_changed(node: Node) -> FoundError:
    """Return what to say of a node of tiles that does not stand for the leaves below it."""
    first = node.number * TILE_WIDTH**node.level
    problem = f"Hash {node.number} of level {node.level} does not stand for the records from {first} on"
    return FoundError(Finding.TILE_CHANGED, problem, first)
