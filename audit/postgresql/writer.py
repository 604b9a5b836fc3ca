"""A replica's part: what arrives while one batch is being inserted is the next; each waits for its signature.

A record is durable once its batch is committed. It is acknowledged once a checkpoint covers it that this
replica held against the leaves itself and kept outside the store.
"""

import asyncio
import errno
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from audit import checkpoint
from audit.errors import (
    LogBehindCheckpointError,
    LogForkedError,
    LogFullError,
    LogPoisonedError,
    LogRefusedError,
    LogUnavailableError,
    LogUnsignedError,
)
from audit.fresh import Fresh
from audit.meter import LogMeter
from audit.postgresql.sequencer import SIGNED, Sequencer
from audit.postgresql.session import DRIVER_ERRORS, Session, refusal_of
from audit.postgresql.store import HASHES, SharedStore
from audit.store import Head
from audit.work import LARGEST_BATCH, Prepared, Work, outcomes, prepared, settle, written
from audit.writer import Desk
from govgraph.errors import GovGraphError

POLL: Final = 0.5
"""Seconds after which a replica looks for a checkpoint that nobody told it of."""
PATIENCE: Final = 15.0
"""Seconds that a record may wait for its signature; a sequencer that hangs is replaced sooner."""

MOST: Final = 64
POISONED: Final = "The audit log is not the one that was signed, or its checkpoint cannot be kept outside it"

INSERT: Final = """
INSERT INTO incoming (receipts, leaves, sealed, operations, documents)
VALUES ($1::text[], $2::bytea[], $3::bytea[], $4::text[], $5::text[]) RETURNING batch
"""
SINCE: Final = "SELECT size, note, batches, firsts FROM checkpoint WHERE size > $1 ORDER BY size LIMIT $2"
LARGEST: Final = "SELECT max(size) FROM checkpoint"


@dataclass(frozen=True, slots=True)
class Inserted:
    """A batch that is durable and not yet signed for, and when its callers lose patience."""

    works: Sequence[Work]
    ready: Sequence[Prepared | GovGraphError]
    until: float


class SharedWriter:
    """Inserts, follows the checkpoints, and stands for election; all in the store's own thread."""

    def __init__(self, desk: Desk, head: Head, loop: asyncio.AbstractEventLoop, store: SharedStore) -> None:
        self.head = head
        self.poisoned = False
        self.refusing = False
        self.meter = LogMeter()
        self.fresh = Fresh()
        self._desk = desk
        self._loop = loop
        self._thread = store.thread
        self._arrived: deque[Work] = deque()
        self._waiting: dict[int, Inserted] = {}
        self._closing = False
        self._inserter = Session(store.addresses.insert)
        self._follower = Session(store.addresses.insert)
        self._work, self._news, self._settled = asyncio.Event(), asyncio.Event(), asyncio.Event()
        session = Session(store.addresses.sequence)
        self.sequencer = Sequencer(desk, session, lambda: self.head, self._news.set)
        self._thread.call(self._begin())

    @property
    def chosen(self) -> bool:
        """Return whether this replica signs, and has put in order what others left."""
        return self.sequencer.settled

    def submit(self, work: Work) -> None:
        """Hand a record over; positions follow the order of these calls on one replica."""
        self._arrived.append(work)
        self._thread.loop.call_soon_threadsafe(self._work.set)

    def finish(self) -> None:
        """Wait until what was handed over is signed for or refused, then end; blocks until it has ended."""
        self._thread.call(self._end())

    async def _begin(self) -> None:
        self._inserting = asyncio.create_task(self._insert_all())
        self._following = asyncio.create_task(self._follow_all())
        self._sequencing = asyncio.create_task(self.sequencer.run())

    async def _end(self) -> None:
        self._closing = True
        self._work.set()
        await self._inserting
        while self._waiting:
            self._settled.clear()
            await self._settled.wait()
        for task in (self._following, self._sequencing):
            task.cancel()
        await asyncio.gather(self._following, self._sequencing, return_exceptions=True)
        for session in (self._inserter, self._follower, self.sequencer.session):
            await session.drop()

    async def _insert_all(self) -> None:
        while self._arrived or not self._closing:
            await self._work.wait()
            self._work.clear()
            while self._arrived:
                works = [self._arrived.popleft() for _ in range(min(len(self._arrived), LARGEST_BATCH))]
                ready = [prepared(work, self._desk.seal) for work in works]
                await self._insert(works, ready)

    async def _insert(self, works: Sequence[Work], ready: Sequence[Prepared | GovGraphError]) -> None:
        """Make one batch durable; it waits for its signature from then on."""
        good = [item for item in ready if isinstance(item, Prepared)]
        if self.poisoned or not good:
            self._settle(works, ready, LogPoisonedError(POISONED))
            return
        begun = self._now()
        try:
            connection = await self._inserter.connection()
            batch = await connection.fetchval(INSERT, *_columns(good))
        except DRIVER_ERRORS as error:
            await self._inserter.drop()
            self._settle(works, ready, refusal_of(error))
            return
        self.meter.committed(len(good), self._now() - begun)
        self._waiting[batch] = Inserted(works, ready, self._now() + PATIENCE)
        await self._wake()

    async def _wake(self) -> None:
        """Tell the sequencer, wherever it is; where that fails it looks by itself within a second."""
        if self.sequencer.leads:
            self.sequencer.wake()
            return
        try:
            await (await self._inserter.connection()).execute("NOTIFY govgraph_log_incoming")
        except DRIVER_ERRORS:
            await self._inserter.drop()

    async def _follow_all(self) -> None:
        while not self.poisoned:
            try:
                await self._follow()
            except LogRefusedError as error:
                self._poison(error)
            except DRIVER_ERRORS:
                self._lose_patience()
                await asyncio.sleep(POLL)
            finally:
                await self._follower.drop()

    async def _follow(self) -> None:
        connection = await self._follower.connection()
        await connection.add_listener(SIGNED, lambda *_: self._news.set())
        while not self.poisoned:
            await self._read_on(connection)
            self._lose_patience()
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL):
                    await self._news.wait()
            self._news.clear()

    async def _read_on(self, connection: Any) -> None:
        """Take over the checkpoints signed since the last one, after holding them against the leaves."""
        known = self.head.frontier
        rows = await connection.fetch(SINCE, known.size, MOST)
        if not rows:
            if (await connection.fetchval(LARGEST) or 0) < known.size:
                raise LogBehindCheckpointError("The audit log lost records that were signed for")
            return
        hashes = await connection.fetch(HASHES, known.size, rows[-1]["size"])
        frontier = known.extended(row[0] for row in hashes)
        signed = checkpoint.read(rows[-1]["note"], self._desk.signer.verifier)
        if (signed.size, signed.root) != (frontier.size, frontier.root()):
            raise LogForkedError("The audit log does not go on from the checkpoint signed before")
        refusal = self._kept_outside(rows[-1]["note"])
        self.head = Head(frontier, rows[-1]["note"])
        for row in rows:
            for batch, first in zip(row["batches"], row["firsts"], strict=True):
                if inserted := self._waiting.pop(batch, None):
                    self._settle(inserted.works, inserted.ready, first if refusal is None else refusal)
        if len(rows) == MOST:
            self._news.set()

    def _kept_outside(self, note: str) -> LogUnavailableError | None:
        try:
            self._desk.keep_outside(note)
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT}:
                return LogFullError("The disk that the checkpoint is kept on, outside the log, is full")
            self.poisoned = True
            return LogPoisonedError(POISONED)
        return None

    def _lose_patience(self) -> None:
        late = [batch for batch, inserted in self._waiting.items() if inserted.until < self._now()]
        for batch in late:
            inserted = self._waiting.pop(batch)
            refusal = LogUnsignedError("The record is kept, but no replica signs for it")
            self._settle(inserted.works, inserted.ready, refusal)

    def _poison(self, error: LogRefusedError) -> None:
        self.poisoned = self.refusing = True
        self._sequencing.cancel()
        logging.getLogger("govgraph.audit").error("LOG_POISONED by %s", error.code)
        for inserted in self._waiting.values():
            self._settle(inserted.works, inserted.ready, LogPoisonedError(POISONED))
        self._waiting.clear()
        self._settled.set()

    def _settle(
        self,
        works: Sequence[Work],
        ready: Sequence[Prepared | GovGraphError],
        told: int | LogUnavailableError,
    ) -> None:
        if any(isinstance(item, Prepared) for item in ready):
            self.refusing = isinstance(told, LogUnavailableError)
        if isinstance(told, int):
            self._loop.call_soon_threadsafe(self.fresh.keep, written(ready, told))
        self._loop.call_soon_threadsafe(settle, works, outcomes(ready, told))
        self._settled.set()

    def _now(self) -> float:
        return self._thread.loop.time()


def _columns(good: Sequence[Prepared]) -> tuple[list[object], ...]:
    operations = dict(item.operation for item in good if item.operation)
    return (
        [item.receipt for item in good],
        [item.leaf for item in good],
        [item.sealed for item in good],
        list(operations),
        list(operations.values()),
    )
