"""Opening a log: it goes on only from what was signed."""

from asyncio import AbstractEventLoop
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit import checkpoint, note
from audit.checkpoint import Checkpoint
from audit.embedded import EmbeddedStore
from audit.errors import LogBehindCheckpointError, LogForkedError
from audit.lock import FolderLock
from audit.note import Signer, Verifier
from audit.outside import OutsideNote, read_outside
from audit.store import Batch, Head, Store
from audit.subjects import SubjectSeal
from audit.tree import Frontier
from audit.work import LogWriter
from audit.writer import Desk, Writer
from govgraph import durable
from govgraph.keyring import Keyring

CHECKPOINT = "audit.checkpoint"
VERIFIER_KEY = "audit.vkey"

OpenStore = Callable[[Path], Store]
BeginWriter = Callable[[Desk, Head, AbstractEventLoop], LogWriter]


@dataclass(frozen=True, slots=True)
class Keeping:
    """How a log is kept: its store, and who writes into it."""

    open_store: OpenStore = EmbeddedStore
    begin: BeginWriter = Writer


EMBEDDED: Final = Keeping()


@dataclass(frozen=True, slots=True)
class Opened:
    """A log ready to be written: its parts, the head it goes on from, and what its opening found."""

    desk: Desk
    head: Head
    lock: FolderLock
    outside: OutsideNote
    is_new: bool
    checkpoint_missing: bool
    begin: BeginWriter
    folder: Path


def open_folder(folder: Path, keyring: Keyring, keeping: Keeping = EMBEDDED) -> Opened:
    """Return the log of a folder, made where there is none.

    Raises `LogLockedError`, or a `LogRefusedError` where the store is not what was signed.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FolderLock(folder)
    try:
        return _opened(folder, keyring, keeping, lock)
    except BaseException:
        lock.release()
        raise


def _opened(folder: Path, keyring: Keyring, keeping: Keeping, lock: FolderLock) -> Opened:
    signer = note.signer(keyring.private_key("audit-log", note.make_key))
    store = keeping.open_store(folder)
    try:
        outside = _outside(folder.parent / CHECKPOINT, signer.verifier)
        head = store.head()
        if head is None:
            head = _begun(store, signer, outside)
        else:
            _check(store, head, outside, signer.verifier)
        _publish(folder.parent, head, signer.verifier)
        kept = OutsideNote(folder.parent / CHECKPOINT)
        desk = Desk(store, signer, SubjectSeal(keyring), kept.keep)
    except BaseException:
        store.close()
        raise
    size = head.frontier.size
    missing = outside is None and size > 0
    return Opened(desk, head, lock, kept, size == 0, missing, keeping.begin, folder)


def _outside(file: Path, verifier: Verifier) -> Checkpoint | None:
    if not file.exists():
        return None
    return read_outside(file, verifier)


def _begun(store: Store, signer: Signer, outside: Checkpoint | None) -> Head:
    """Sign the empty tree first, so that a checkpoint missing later is always a removed one."""
    if store.size() or (outside is not None and outside.size):
        raise LogBehindCheckpointError(
            "The store of the audit log is new or lost its checkpoints, but records were signed for"
        )
    empty = Frontier()
    head = Head(empty, checkpoint.sign(0, empty.root(), signer))
    store.write(Batch((), (), head))
    return head


def _check(store: Store, head: Head, outside: Checkpoint | None, verifier: Verifier) -> None:
    own = checkpoint.read(head.note, verifier)
    size = store.size()
    if size < own.size:
        raise _behind(size, own.size)
    if size > own.size or (head.frontier.size, head.frontier.root()) != (own.size, own.root):
        raise LogForkedError("The audit log holds other records than were signed for")
    if outside is None:
        return
    if outside.size > own.size:
        raise _behind(own.size, outside.size)
    earlier = own.root
    if outside.size < own.size:
        earlier = Frontier().extended(store.leaf_hashes(outside.size)).root()
    if earlier != outside.root:
        raise LogForkedError("The audit log is not the one that `audit.checkpoint` was signed for")


def _behind(size: int, signed: int) -> LogBehindCheckpointError:
    what = f"The audit log has {size} records, but {signed} were signed for"
    return LogBehindCheckpointError(what, where=f"record {size}")


def _publish(home: Path, head: Head, verifier: Verifier) -> None:
    """Keep checkpoint and verifier key outside the store, for those who check it."""
    for unfinished in home.glob(f".{CHECKPOINT}.*"):
        unfinished.unlink()
    durable.replace(home / CHECKPOINT, head.note.encode(), 0o644)
    durable.create(home / VERIFIER_KEY, f"{verifier.text}\n".encode(), 0o644)
