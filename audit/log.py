"""The log: append a record and hear of it when it is durable; no record, no answer."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

import anyio
import orjson
from anyio import to_thread

from audit.errors import LogClosedError, LogForkedError, LogUnavailableError
from audit.fresh import Fresh
from audit.meter import LogMeter
from audit.opening import EMBEDDED, Keeping, Opened, open_folder
from audit.record import Record, SubjectList, SystemRecord
from audit.store import Row
from audit.tree import leaf_hash
from audit.work import Outcome, Work
from govgraph.clock import Clock, rfc3339
from govgraph.errors import GovGraphError
from govgraph.keyring import Keyring

NOBODY = SubjectList()


async def open_log(folder: Path, keyring: Keyring, clock: Clock, keeping: Keeping = EMBEDDED) -> "Log":
    """Return the log of a folder, locked for this process; its checkpoint and key lie in the parent folder.

    `audit.postgresql.keeping.shared` keeps it in PostgreSQL; the folder then holds this replica's lock.
    Raises `LogLockedError`, or a `LogRefusedError` where the store is not what was signed. A checkpoint
    that was removed from outside the store is no reason to stop, but the tree says so for ever.
    """
    log = Log(await to_thread.run_sync(open_folder, folder, keyring, keeping))
    if log.opened.checkpoint_missing:
        size = str(log.opened.head.frontier.size)
        await log.append(
            SystemRecord(
                f"log-{token_hex(8)}", rfc3339(clock.now()), "log.checkpoint_missing", {"size": size}
            )
        )
    return log


class Log:
    """A log that is open for writing; made by `open_log` inside a running event loop of asyncio."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self._loop = asyncio.get_running_loop()
        self._writer = opened.begin(opened.desk, opened.head, self._loop)
        self._closed = False

    @property
    def verifier_key(self) -> str:
        """Return the key that checks this log, `name+id+key`, to be handed over on paper."""
        return self.opened.desk.signer.verifier.text

    @property
    def is_new(self) -> bool:
        """Return whether this start began with an empty log: the time to print the verifier key."""
        return self.opened.is_new

    @property
    def writable(self) -> bool:
        """Return whether records are being written; False while the last one was refused, or once closed.

        A full disk recovers with the next record that is written; poison lasts until a restart.
        """
        return not (self._closed or self._writer.refusing)

    @property
    def poisoned(self) -> bool:
        """Return whether a sync failed, so that nothing is written until a restart."""
        return self._writer.poisoned

    @property
    def chosen(self) -> bool:
        """Return whether this process, of all that share the log, does what one alone does behind it."""
        return self._writer.chosen

    @property
    def meter(self) -> LogMeter:
        """Return what is counted of the batches that were written."""
        return self._writer.meter

    @property
    def fresh(self) -> Fresh:
        """Return the records written last, for those who follow the log."""
        return self._writer.fresh

    async def recover(self, record: Record) -> bool:
        """Return whether the log is writable; one that refused tries `record`, kept where it succeeds."""
        if not self.writable:
            with suppress(LogUnavailableError):
                await self.append(record)
        return self.writable

    async def append(
        self, record: Record, subjects: SubjectList = NOBODY, operation: tuple[str, str] | None = None
    ) -> int:
        """Return the record's position, once it is durable and covered by a signed checkpoint.

        `operation` is (hash, document without literals), kept once per hash. Raises a
        `LogUnavailableError` where nothing can be recorded, `RecordTooLargeError`, `RecordInvalidError`.
        A caller that is cancelled while waiting leaves its record behind.
        """
        if self._closed:
            raise LogClosedError("The audit log is closed")
        waiting: asyncio.Future[Outcome] = self._loop.create_future()
        self._writer.submit(Work(record, subjects, operation, waiting))
        outcome = await waiting
        if isinstance(outcome, GovGraphError):
            raise outcome
        return outcome

    async def find(self, receipt: str) -> dict[str, Any] | None:
        """Return the last leaf of a receipt as JSON values, with `index` and `document` (the operation).

        Raises `LogForkedError` where the store keeps another record under this receipt.
        """
        return await to_thread.run_sync(self._found, receipt)

    def checkpoint(self) -> str:
        """Return the signed note for everything acknowledged so far."""
        return self._writer.head.note

    async def note(self) -> str:
        """Return the same as `checkpoint`: the log as a `TreeSource`."""
        return self.checkpoint()

    async def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return `count` nodes of a level of tiles, all within one tile."""
        return await to_thread.run_sync(self.opened.desk.store.hashes, level, first, count)

    async def entries(self, first: int, count: int) -> Sequence[bytes]:
        """Return `count` leaves, all within one entry bundle."""
        return await to_thread.run_sync(self.opened.desk.store.entries, first, count)

    async def rows(self, receipt: str) -> Sequence[Row]:
        """Return every leaf of a receipt in order. Raises `LogForkedError` where one is another's."""
        return await to_thread.run_sync(self._rows, receipt)

    async def range(self, first: int, count: int) -> Sequence[Row]:
        """Return leaves with their sealed lists in order, without those that were pruned: what an index is
        built of, behind the log.
        """
        rows = await to_thread.run_sync(self.opened.desk.store.range, first, count)
        return [row for row in rows if row.leaf]

    async def operation(self, digest: str) -> str | None:
        """Return the document kept under a hash."""
        return await to_thread.run_sync(self.opened.desk.store.operation, digest)

    async def digests_of(self, identity: str) -> Mapping[str, bytes]:
        """Return every digest that a person or key, in normal form, has in lists, by its key's name."""
        return await to_thread.run_sync(self.opened.desk.seal.digests_of, identity)

    async def rotate_digests(self) -> str:
        """Digest persons and keys with a fresh key from now on, and return its name."""
        return await to_thread.run_sync(self.opened.desk.seal.rotate)

    async def aclose(self) -> None:
        """Write what was handed over, close the store, release the lock. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        with anyio.CancelScope(shield=True):
            await to_thread.run_sync(self._writer.finish)
            await to_thread.run_sync(self.opened.desk.store.close)
        self.opened.outside.close()
        self.opened.lock.release()

    @property
    def size(self) -> int:
        """Return the number of records that the last checkpoint was signed for."""
        return self._writer.head.frontier.size

    def _rows(self, receipt: str) -> Sequence[Row]:
        rows = self.opened.desk.store.find(receipt)
        for row in rows:
            if leaf_hash(row.leaf) != row.hash or orjson.loads(row.leaf).get("receipt") != receipt:
                what = "The record that the audit log keeps under this receipt is not the one of this receipt"
                raise LogForkedError(what, where=f"record {row.position}")
        return rows

    def _found(self, receipt: str) -> dict[str, Any] | None:
        rows = self._rows(receipt)
        if not rows:
            return None
        found: dict[str, Any] = {**orjson.loads(rows[-1].leaf), "index": rows[-1].position}
        document = self.opened.desk.store.operation(found.get("operation", ""))
        return found if document is None else {**found, "document": document}
