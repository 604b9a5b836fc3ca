"""The one replica at a time that puts what was inserted in order, and signs.

It is elected by a lock that belongs to its connection: where the connection ends, however that comes about,
the lock is free and nothing more can be written through it. Leaves, hashes and the checkpoint over them are
one statement, and no position and no size is taken twice, so that even two who believed themselves elected
could not fork the tree.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import accumulate
from typing import Any, Final

from audit import checkpoint
from audit.errors import LogBehindCheckpointError, LogForkedError, LogRefusedError
from audit.postgresql.session import DRIVER_ERRORS, NO_MONTH, Session
from audit.postgresql.store import HEAD, INTEGRATE, SIZE, columns, read_head
from audit.store import Batch, Head, Row
from audit.tree import leaf_hash
from audit.writer import Desk

SIGNED: Final = "govgraph_log_signed"
INCOMING: Final = "govgraph_log_incoming"
TURN: Final = 1.0
"""Seconds after which the sequencer looks for work that nobody told it of."""
STAND_BY: Final = 0.5
"""Seconds between two attempts to be elected."""
HUNG: Final = 10
"""Attempts in a row at which nothing moved, after which the connection of a sequencer that hangs is ended."""
MOST_BATCHES: Final = 16

ELECT: Final = "SELECT pg_try_advisory_lock(1735554919, 1819240295)"
MAY_SIGN: Final = "SELECT has_table_privilege('govgraph_log.checkpoint', 'INSERT')"
STANDING: Final = "SELECT (SELECT max(size) FROM checkpoint), (SELECT min(batch) FROM incoming)"
END_HOLDER: Final = """
SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND classid = 1735554919 AND objid = 1819240295
"""
TAKE: Final = """
SELECT batch, receipts, leaves, sealed, operations, documents FROM incoming ORDER BY batch LIMIT $1
"""


class Sequencer:
    """Stands for election, and while elected integrates at once whenever there is work.

    `known` gives the head that this replica last held against the leaves: nothing behind it is gone on from.
    `signed` is called after each checkpoint. `leads` while it is elected; `settled` once it has put in order
    whatever was waiting when it was: until then a record may be on its way that nobody can read yet.
    """

    def __init__(
        self, desk: Desk, session: Session, known: Callable[[], Head], signed: Callable[[], None]
    ) -> None:
        self.session = session
        self.leads = self.settled = False
        self._signed = signed
        self._desk = desk
        self._known = known
        self._work = asyncio.Event()
        self._seen: tuple[Any, ...] = ()
        self._still = 0

    def wake(self) -> None:
        """Look for work at once; called in the loop that `run` runs in."""
        self._work.set()

    async def run(self) -> None:
        """Stand for election and integrate until cancelled; whatever fails, it stands again."""
        while True:
            try:
                await self._stand()
            except LogRefusedError as refusal:
                logging.getLogger("govgraph.audit").error("LOG_NOT_SIGNED: %s", refusal.code)
            except DRIVER_ERRORS as error:
                logging.getLogger("govgraph.audit").info("log sequencer: %s", type(error).__name__)
            finally:
                self.leads = self.settled = False
                await self.session.drop()
            await asyncio.sleep(STAND_BY)

    async def _stand(self) -> None:
        connection = await self.session.connection()
        while not (await connection.fetchval(MAY_SIGN) and await connection.fetchval(ELECT)):
            await self._look_after(connection)
            await asyncio.sleep(STAND_BY)
        await connection.execute("SELECT make_months()")
        await connection.add_listener(INCOMING, lambda *_: self._work.set())
        head = await self._head(connection)
        self.leads = True
        logging.getLogger("govgraph.audit").info("log sequencer: elected at %d", head.frontier.size)
        while True:
            head = await self._turn(connection, head)

    async def _look_after(self, connection: Any) -> None:
        """End the connection of a sequencer under which nothing moves though batches wait."""
        if not await connection.fetchval("SELECT has_table_privilege('govgraph_log.incoming', 'DELETE')"):
            return
        seen = tuple(await connection.fetchrow(STANDING))
        self._still = self._still + 1 if seen == self._seen and seen[1] is not None else 0
        self._seen = seen
        if self._still >= HUNG:
            self._still = 0
            await connection.execute(END_HOLDER)

    async def _head(self, connection: Any) -> Head:
        """Return the head to go on from. Raises a `LogRefusedError` where it is not what was signed."""
        row = await connection.fetchrow(HEAD)
        if row is None or row["size"] < self._known().frontier.size:
            raise LogBehindCheckpointError("The audit log lost records that were signed for")
        head = read_head(row)
        known = head.frontier
        signed = checkpoint.read(head.note, self._desk.signer.verifier)
        stored = await connection.fetchval(SIZE)
        if (signed.size, signed.root, stored) != (known.size, known.root(), known.size):
            raise LogForkedError("The audit log holds other records than were signed for")
        return head

    async def _turn(self, connection: Any, head: Head) -> Head:
        """Return the head after one statement's worth of work, or after a second without any."""
        rows = await connection.fetch(TAKE, MOST_BATCHES)
        if not rows:
            self.settled = True
            with suppress(TimeoutError):
                async with asyncio.timeout(TURN):
                    await self._work.wait()
            self._work.clear()
            return head
        batch = _integrated(head, rows, self._desk)
        taken = [row["batch"] for row in rows]
        values = columns(batch, taken, _firsts(head.frontier.size, rows))
        try:
            await connection.execute(INTEGRATE, *values)
        except NO_MONTH:  # a month began that has no partition yet
            await connection.execute("SELECT make_months()")
            await connection.execute(INTEGRATE, *values)
        self._signed()
        self.settled = self.settled or len(rows) < MOST_BATCHES
        return batch.head


def _integrated(head: Head, taken: Sequence[Any], desk: Desk) -> Batch:
    """Return the batches that were taken as one batch behind the head."""
    start = head.frontier.size
    leaves = [leaf for row in taken for leaf in row["leaves"]]
    receipts = [receipt for row in taken for receipt in row["receipts"]]
    sealed = [one for row in taken for one in row["sealed"]]
    hashes = [leaf_hash(leaf) for leaf in leaves]
    rows = [Row(start + at, receipts[at], leaves[at], hashes[at], sealed[at]) for at in range(len(leaves))]
    frontier, nodes = head.frontier.grown(hashes)
    note = checkpoint.sign(frontier.size, frontier.root(), desk.signer)
    operations = [pair for row in taken for pair in zip(row["operations"], row["documents"], strict=True)]
    return Batch(rows, operations, Head(frontier, note), nodes)


def _firsts(start: int, taken: Sequence[Any]) -> list[int]:
    """Return the position that each batch that was taken begins at."""
    return list(accumulate((len(row["leaves"]) for row in taken[:-1]), initial=start))
