"""Group commit by natural batching: what arrives while one batch is being synced is the next batch."""

import asyncio
import errno
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Thread

from audit import checkpoint
from audit.errors import LogFullError, LogPoisonedError, LogUnavailableError
from audit.note import Signer
from audit.store import Batch, Head, Row, Store
from audit.subjects import SubjectSeal
from audit.tree import leaf_hash
from audit.work import LARGEST_BATCH, Outcome, Prepared, Work, outcomes, prepared, settle

KNOWN_OPERATIONS = 4096


@dataclass(frozen=True, slots=True)
class Desk:
    """What the writer works with; `keep_outside` puts each signed note where the store can not reach it."""

    store: Store
    signer: Signer
    seal: SubjectSeal
    keep_outside: Callable[[str], None]


class Writer:
    """One thread that owns the store. Digests, seals, encodes, signs and commits away from the event loop."""

    def __init__(self, desk: Desk, head: Head, loop: asyncio.AbstractEventLoop) -> None:
        self.head = head
        self.poisoned = False
        self.refusing = False
        self._desk = desk
        self._loop = loop
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self._known: set[str] = set()
        self._thread = Thread(target=self._run, name="audit-log", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> None:
        """Hand a record over; positions follow the order of these calls."""
        self._queue.put(work)

    def finish(self) -> None:
        """Write what was handed over, then end the thread; blocks until it has ended."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            batch, going = self._gathered()
            if batch:
                self._loop.call_soon_threadsafe(settle, batch, self._written(batch))

    def _gathered(self) -> tuple[list[Work], bool]:
        """Return everything that is waiting, at least one, and whether more may come."""
        batch: list[Work] = []
        work = self._queue.get()
        while work is not None:
            batch.append(work)
            if len(batch) == LARGEST_BATCH:
                return batch, True
            try:
                work = self._queue.get_nowait()
            except Empty:
                return batch, True
        return batch, False

    def _written(self, batch: Sequence[Work]) -> list[Outcome]:
        """Return the position or the refusal of each work, in order."""
        ready = [prepared(work, self._desk.seal) for work in batch]
        good = [item for item in ready if isinstance(item, Prepared)]
        first = self.head.frontier.size
        refusal = self._refusal_of(good) if good else None
        self.refusing = refusal is not None if good else self.refusing
        return outcomes(ready, first if refusal is None else refusal)

    def _refusal_of(self, good: Sequence[Prepared]) -> LogUnavailableError | None:
        """Commit a batch and return None, or why nothing of it may be acknowledged."""
        poisoned = LogPoisonedError("A write to the audit log failed, and what is on the disk is unknown")
        if self.poisoned:
            return poisoned
        try:
            self._commit(good)
        except (LogUnavailableError, OSError) as error:
            if isinstance(error, LogUnavailableError):
                return error
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                return LogFullError("The disk that holds the audit log is full")
            return self._poison(error, poisoned)
        except Exception as error:  # noqa: BLE001  # whatever it was, the disk is in doubt: refuse, never guess
            return self._poison(error, poisoned)
        return None

    def _poison(self, error: Exception, refusal: LogPoisonedError) -> LogPoisonedError:
        self.poisoned = True
        logging.getLogger("govgraph.audit").error("LOG_POISONED by %s", type(error).__name__)
        return refusal

    def _commit(self, good: Sequence[Prepared]) -> None:
        """Write the batch, then keep its checkpoint outside the store; only then is it acknowledged."""
        start = self.head.frontier
        hashes = [leaf_hash(item.leaf) for item in good]
        rows = [
            Row(start.size + at, item.receipt, item.leaf, hashes[at], item.sealed)
            for at, item in enumerate(good)
        ]
        frontier, nodes = start.grown(hashes)
        head = Head(frontier, checkpoint.sign(frontier.size, frontier.root(), self._desk.signer))
        operations = dict(item.operation for item in good if item.operation)
        for known in self._known & operations.keys():
            del operations[known]
        self._desk.store.write(Batch(rows, list(operations.items()), head, nodes))
        self.head = head
        self._known = {*self._known, *operations} if len(self._known) < KNOWN_OPERATIONS else set(operations)
        self._desk.keep_outside(head.note)
