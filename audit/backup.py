"""A backup of the log while it is written, and putting one back: both are verified before they count.

A backup is a folder with the store, the checkpoint and the verifier key, in the embedded form wherever the
log is kept: it can be verified as it lies, shown to an auditor, and put back into either kind of store.
"""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Final, NoReturn

import orjson
from anyio import to_thread

from audit import checkpoint, note, stored
from audit.embedded import FILE, EmbeddedStore, copy_store, reading, settle_file
from audit.errors import LogBackupRefusedError
from audit.finding import Verification
from audit.lock import FolderLock
from audit.log import Log
from audit.note import Signer, Verifier
from audit.opening import CHECKPOINT, EMBEDDED, VERIFIER_KEY, Keeping
from audit.outside import read_outside
from audit.store import Batch, Head, Row, Store
from audit.tree import Frontier
from audit.verify import verify
from govgraph import durable
from govgraph.keyring import Keyring

AT_ONCE: Final = 2048


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back: its size, and how many records more had been signed for here."""

    size: int
    lost: int


async def back_up(log: Log, target: Path) -> Verification:
    """Write a backup into a new folder and return its verification; the log goes on meanwhile.

    Raises `LogBackupRefusedError` where the folder exists, cannot be made, or the copy does not verify.
    """
    return await to_thread.run_sync(_backed_up, log, target)


def restore(source: Path, home: Path, keyring: Keyring, keeping: Keeping, accept_loss: bool) -> Restored:
    """Put a backup back where no server runs on the home; what lay there is moved aside, never deleted.

    Refused with `LogBackupRefusedError` where the backup does not verify with this home's own key, is not of
    this log, or ends before the checkpoint kept here: records would be lost. With `accept_loss` that is done
    all the same. A store in PostgreSQL must be empty or hold a beginning of the backup.
    """
    (home / "audit").mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FolderLock(home / "audit")
    try:
        signer = note.signer(keyring.private_key("audit-log", _no_key))
        size = _verified(source, signer.verifier)
        lost = _lost(source, home / CHECKPOINT, signer.verifier, size)
        if lost and not accept_loss:
            what = f"The backup holds {size} records, {size + lost} were signed for here"
            raise LogBackupRefusedError(what)
        if keeping is EMBEDDED:
            _put_file(source, home)
        else:
            _put_rows(source, home, keeping, signer)
        durable.replace(home / CHECKPOINT, _note_of(source / "audit").encode(), 0o644)
    finally:
        lock.release()
    return Restored(size, lost)


def _backed_up(log: Log, target: Path) -> Verification:
    folder = target / "audit"
    try:
        target.mkdir(mode=0o700, parents=True)
        folder.mkdir(mode=0o700)
    except OSError:
        raise LogBackupRefusedError("The place for the backup exists already or cannot be made") from None
    desk = log.opened.desk
    if isinstance(desk.store, EmbeddedStore):
        copy_store(log.opened.folder, folder)
    else:
        with closing(EmbeddedStore(folder)) as copy:
            _pour(desk.store, copy, log.size, desk.signer)
        settle_file(folder)
    durable.create(target / CHECKPOINT, _note_of(folder).encode())
    durable.create(target / VERIFIER_KEY, f"{log.verifier_key}\n".encode())
    found = verify(folder, log.verifier_key)
    if not found.ok:
        raise LogBackupRefusedError(f"The backup does not verify: {found.problem}")
    return found


def _pour(source: Store, target: Store, size: int, signer: Signer) -> None:
    """Write the leaves of a store into another that holds the first of them, or none, up to `size`.

    Signing gives the same note for the same tree, so that the last one is that of the source.
    """
    begun = target.head()
    frontier = begun.frontier if begun else Frontier()
    known: set[str] = set()
    while True:
        rows = source.range(frontier.size, min(AT_ONCE, size - frontier.size))
        grown, nodes = frontier.grown(row.hash for row in rows)
        named = set(_operations(rows)) - known
        documents = [(name, source.operation(name) or "") for name in sorted(named)]
        signed = checkpoint.sign(grown.size, grown.root(), signer)
        if grown.size > frontier.size or begun is None:
            target.write(Batch(rows, documents, Head(grown, signed), nodes))
        known |= named
        frontier, begun = grown, Head(grown, signed)
        if frontier.size >= size or not rows:
            return


def _operations(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        if b'"operation":"' in row.leaf and (name := orjson.loads(row.leaf).get("operation")):
            yield name


def _verified(source: Path, verifier: Verifier) -> int:
    found = verify(source / "audit", verifier.text)
    if not found.ok:
        raise LogBackupRefusedError(f"The backup does not verify: {found.problem}")
    return found.size


def _lost(source: Path, kept: Path, verifier: Verifier, size: int) -> int:
    """Return how many records the checkpoint kept here was signed for beyond the backup's."""
    if not kept.exists():
        return 0
    outside = read_outside(kept, verifier)
    if outside.size > size:
        return outside.size - size
    found = verify(source / "audit", verifier.text, {CHECKPOINT: kept.read_text(encoding="utf-8")})
    if not found.ok:
        raise LogBackupRefusedError(f"The backup is not one of this log: {found.problem}")
    return 0


def _put_file(source: Path, home: Path) -> None:
    folder = home / "audit"
    aside = home / f"audit-before-restore-{token_hex(4)}"
    aside.mkdir(mode=0o700)
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        if (folder / name).exists():
            (folder / name).replace(aside / name)
    if (home / CHECKPOINT).exists():
        shutil.copy(home / CHECKPOINT, aside / CHECKPOINT)
    copy_store(source / "audit", folder)


def _put_rows(source: Path, home: Path, keeping: Keeping, signer: Signer) -> None:
    with (
        TemporaryDirectory(dir=home) as scratch,
        closing(keeping.open_store(home)) as target,
    ):
        copy_store(source / "audit", Path(scratch))
        with closing(EmbeddedStore(Path(scratch))) as backup:
            head, size = target.head(), target.size()
            begun = head.frontier if head else Frontier()
            beginning = Frontier().extended(backup.leaf_hashes(size))
            if (size, begun) != (begun.size, beginning):
                what = "The store to restore into holds other records than the backup"
                raise LogBackupRefusedError(what)
            _pour(backup, target, backup.size(), signer)


def _note_of(folder: Path) -> str:
    with closing(reading(folder)) as connection:
        return stored.note(connection)


def _no_key() -> NoReturn:
    what = "The key that the log is signed with is not in this home"
    raise LogBackupRefusedError(what, remedy="Put the folder `keys` back first, then restore the log.")
