"""Group commit by natural batching: what arrives while one batch is being synced is the next batch."""

import asyncio
import errno
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from typing import Final

from audit import checkpoint
from audit.errors import LogFullError, LogPoisonedError, LogUnavailableError
from audit.fresh import Fresh
from audit.meter import LogMeter
from audit.note import Signer
from audit.store import Batch, Head, Row, Store
from audit.subjects import SubjectSeal
from audit.tree import leaf_hash
from audit.work import LARGEST_BATCH, Prepared, Work, outcomes, prepared, settle, written
from govgraph.errors import GovGraphError

KNOWN_OPERATIONS = 4096
LONGEST: Final = 0.003
"""Seconds that a record waits for others while the event loop is busy."""
IDLE: Final = 0.00005
"""Seconds that a turn of an event loop takes which has nothing else to do."""
SHORT: Final = 200
"""Persons and keys of a record up to which it is made ready within the event loop: some 0.2 ms."""

Handed = tuple[Work, Prepared | GovGraphError | None]
"""A record on its way, ready unless it is about many persons."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the writer works with; `keep_outside` puts each signed note where the store can not reach it."""

    store: Store
    signer: Signer
    seal: SubjectSeal
    keep_outside: Callable[[str], None]


class Writer:
    """One thread that owns the store: it signs and commits away from the event loop.

    Most records are made ready within the event loop, for each change of threads costs more than that;
    one about many persons is digested, sealed and encoded by the thread.
    """

    def __init__(self, desk: Desk, head: Head, loop: asyncio.AbstractEventLoop) -> None:
        self.head = head
        self.poisoned = False
        self.refusing = False
        self.meter = LogMeter()
        self.fresh = Fresh()
        self._desk = desk
        self._loop = loop
        self._waiting: list[Handed] = []
        self._under_way = False
        self._ending = False
        self._queue: SimpleQueue[list[Handed]] = SimpleQueue()
        self._known: set[str] = set()
        self._thread = Thread(target=self._run, name="audit-log", daemon=True)
        self._thread.start()

    @property
    def chosen(self) -> bool:
        """Return true: nobody else has the log open."""
        return True

    def submit(self, work: Work) -> None:
        """Hand a record over; positions follow the order of these calls.

        What comes while the event loop is busy, 3 ms at most, or while a batch is on its way, goes over
        together: the fewer batches, the fewer signatures, commits and changes of threads.
        """
        self._waiting.append((work, prepared(work, self._desk.seal) if work.listed <= SHORT else None))
        if not self._under_way:
            self._under_way = True
            self._wait()

    def finish(self) -> None:
        """Write what was handed over, then end the thread; blocks until it has ended, while the loop runs."""
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join()

    def _wait(self) -> None:
        now = perf_counter()
        self._loop.call_soon(self._gather, now + LONGEST, now)

    def _gather(self, until: float, turned: float) -> None:
        """Hand over what is waiting as soon as the event loop has nothing else to do, or time is up.

        Others of those who are answered now will be here within that time; an idle loop turns at once.
        """
        now = perf_counter()
        if now < until and now - turned > IDLE and len(self._waiting) < LARGEST_BATCH:
            self._loop.call_soon(self._gather, until, now)
        else:
            self._hand_over()

    def _hand_over(self) -> None:
        """Give the thread what is waiting; nothing, which ends it, once the log is to end."""
        batch, self._waiting = self._waiting[:LARGEST_BATCH], self._waiting[LARGEST_BATCH:]
        self._under_way = bool(batch)
        if batch or self._ending:
            self._queue.put(batch)

    def _end(self) -> None:
        self._ending = True
        if not self._under_way:
            self._hand_over()

    def _run(self) -> None:
        while batch := self._queue.get():
            ready = [item or prepared(work, self._desk.seal) for work, item in batch]
            self._loop.call_soon_threadsafe(self._settled, batch, ready, self._written(ready))

    def _settled(
        self,
        batch: Sequence[Handed],
        ready: Sequence[Prepared | GovGraphError],
        told: int | LogUnavailableError,
    ) -> None:
        """Tell those who wait and those who follow, and hand over what has come meanwhile."""
        if isinstance(told, int):
            self.fresh.keep(written(ready, told))
        settle([work for work, _ in batch], outcomes(ready, told))
        if self._waiting:
            self._wait()
        else:
            self._hand_over()

    def _written(self, ready: Sequence[Prepared | GovGraphError]) -> int | LogUnavailableError:
        """Return the position of the first record of a batch, or why none was written."""
        good = [item for item in ready if isinstance(item, Prepared)]
        first = self.head.frontier.size
        refusal = self._refusal_of(good) if good else None
        self.refusing = refusal is not None if good else self.refusing
        return first if refusal is None else refusal

    def _refusal_of(self, good: Sequence[Prepared]) -> LogUnavailableError | None:
        """Commit a batch and return None, or why nothing of it may be acknowledged."""
        poisoned = LogPoisonedError("A write to the audit log failed, and what is on the disk is unknown")
        if self.poisoned:
            return poisoned
        begun = perf_counter()
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
        self.meter.committed(len(good), perf_counter() - begun)
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
