"""What was signed, read from PostgreSQL: a `Store` that any thread may ask."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from audit.errors import LogTablesMissingError
from audit.postgresql.loop import LoopThread
from audit.postgresql.session import (
    CLOSING,
    DRIVER_ERRORS,
    NOT_ALLOWED,
    TAKEN,
    Addresses,
    connect,
    readers,
    told,
)
from audit.postgresql.tables import TABLES
from audit.standing import MARK
from audit.store import Batch, Head, Row
from audit.tree import TILE_WIDTH, WIDTH, Frontier, root

MOST_READERS: Final = 4
AT_ONCE: Final = 65_536
HEAD: Final = "SELECT size, note, peaks FROM checkpoint ORDER BY size DESC LIMIT 1"
SIZE: Final = "SELECT coalesce(max(position) + 1, 0) FROM leaf_hash"
ROW: Final = "SELECT position, receipt, leaf, hash, sealed FROM leaf JOIN leaf_hash USING (position)"
HASHES: Final = "SELECT hash FROM leaf_hash WHERE position >= $1 AND position < $2 ORDER BY position"

INTEGRATE: Final = """
WITH taken AS (DELETE FROM incoming WHERE batch = ANY($1::bigint[])),
leaves AS (
    INSERT INTO leaf (position, month, receipt, leaf, sealed)
    SELECT position, date_trunc('month', now() AT TIME ZONE 'UTC')::date, receipt, leaf, sealed
    FROM unnest($2::bigint[], $3::text[], $4::bytea[], $5::bytea[]) AS new (position, receipt, leaf, sealed)
),
hashes AS (INSERT INTO leaf_hash SELECT * FROM unnest($2::bigint[], $6::bytea[])),
nodes AS (
    INSERT INTO node SELECT * FROM unnest($7::int[], $8::bigint[], $9::bytea[]) ON CONFLICT DO NOTHING
),
documents AS (INSERT INTO operation SELECT * FROM unnest($10::text[], $11::text[]) ON CONFLICT DO NOTHING)
INSERT INTO checkpoint (size, note, peaks, batches, firsts) VALUES ($12, $13, $14, $1, $15::bigint[])
RETURNING pg_notify('govgraph_log_signed', '')
"""


def read_head(row: Any) -> Head:
    """Return the head of a row of (size, note, peaks)."""
    peaks = row["peaks"]
    nodes = tuple(peaks[at : at + WIDTH] for at in range(0, len(peaks), WIDTH))
    return Head(Frontier(row["size"], nodes), row["note"])


def columns(batch: Batch, taken: Sequence[int] = (), firsts: Sequence[int] = ()) -> tuple[Any, ...]:
    """Return what `INTEGRATE` is given; `taken` are incoming batches and `firsts` where each begins."""
    rows, nodes, frontier = batch.rows, batch.nodes, batch.head.frontier
    return (
        taken,
        [row.position for row in rows],
        [row.receipt for row in rows],
        [row.leaf for row in rows],
        [row.sealed for row in rows],
        [row.hash for row in rows],
        [node.level for node in nodes],
        [node.number for node in nodes],
        [node.hash for node in nodes],
        [name for name, _ in batch.operations],
        [document for _, document in batch.operations],
        frontier.size,
        batch.head.note,
        b"".join(frontier.peaks),
        firsts,
    )


class SharedStore:
    """A `Store` in PostgreSQL. Of a log that runs, only the sequencer writes further leaves."""

    def __init__(self, addresses: Addresses) -> None:
        """Connect, and make the tables where there are none. Raises `LogUnavailableError`."""
        self.addresses = addresses
        self.thread = LoopThread()
        self._size = 0
        try:
            self.thread.call(self._open())
        except BaseException:
            self.close()
            raise

    def head(self) -> Head | None:
        """Return the head of the last checkpoint; None where the store is new."""
        return self.thread.call(self._head())

    def size(self) -> int:
        """Return the number of leaves there were when `head` was asked: others go on writing."""
        return self._size

    def write(self, batch: Batch) -> None:
        """Write a batch: the empty tree, which several replicas may, or what a backup is restored from."""
        self.thread.call(self._write(batch))

    def leaf_hashes(self, size: int) -> Iterator[bytes]:
        """Yield the hashes of the first `size` leaves."""
        for first in range(0, size, AT_ONCE):
            yield from self.hashes(0, first, min(AT_ONCE, size - first))

    def find(self, receipt: str) -> Sequence[Row]:
        """Return the leaves of a receipt in order."""
        return self._rows(f"{ROW} WHERE receipt = $1 ORDER BY position", receipt)

    def range(self, first: int, count: int) -> Sequence[Row]:
        """Return leaves with their sealed lists in order."""
        query = f"{ROW} WHERE position >= $1 AND position < $2 ORDER BY position"
        return self._rows(query, first, first + count)

    def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return nodes of a level of tiles; one that was not kept is made from the level below."""
        if level == 0:
            return [row[0] for row in self._fetch(HASHES, first, first + count)]
        query = "SELECT number, hash FROM node WHERE level = $1 AND number >= $2 AND number < $3"
        kept = dict(self._fetch(query, level, first, first + count))
        found: list[bytes] = []
        for number in range(first, first + count):
            below = [] if number in kept else self.hashes(level - 1, number * TILE_WIDTH, TILE_WIDTH)
            if number not in kept and len(below) < TILE_WIDTH:
                break
            found.append(kept[number] if number in kept else root(below))
        return found

    def entries(self, first: int, count: int) -> Sequence[bytes]:
        """Return leaves in order."""
        query = "SELECT leaf FROM leaf WHERE position >= $1 AND position < $2 ORDER BY position"
        return [row[0] for row in self._fetch(query, first, first + count)]

    def marked(self) -> Iterator[bytes]:
        """Yield the leaves that order something for later ones."""
        query = "SELECT leaf FROM leaf WHERE position($1::bytea IN leaf) > 0 ORDER BY leaf.position"
        yield from (row[0] for row in self._fetch(query, MARK))

    def blank(self, first: int, count: int) -> None:
        """Empty leaves for good; the sequencer's role may."""
        change = (
            "UPDATE leaf SET leaf = '', receipt = '', sealed = NULL WHERE position >= $1 AND position < $2"
        )
        self.thread.call(self._change(change, first, first + count))

    def erase(self, positions: Sequence[int]) -> None:
        """Remove sealed lists for good; the sequencer's role may."""
        self.thread.call(
            self._change("UPDATE leaf SET sealed = NULL WHERE position = ANY($1)", list(positions))
        )

    def operation(self, digest: str) -> str | None:
        """Return the document kept under a hash."""
        found = self._fetch("SELECT document FROM operation WHERE hash = $1", digest)
        return str(found[0][0]) if found else None

    def close(self) -> None:
        """Let go of the connections and end the thread."""
        self.thread.call(self._close())
        self.thread.close()

    def _rows(self, query: str, *values: Any) -> Sequence[Row]:
        return [Row(*row) for row in self._fetch(query, *values)]

    def _fetch(self, query: str, *values: Any) -> Sequence[Any]:
        return self.thread.call(self._fetched(query, *values))

    async def _fetched(self, query: str, *values: Any) -> Sequence[Any]:
        with told():
            rows: Sequence[Any] = await self._readers.fetch(query, *values)
        return rows

    async def _open(self) -> None:
        with told():
            self._readers = await readers(self.addresses.insert, MOST_READERS)
            if await self._readers.fetchval("SELECT to_regclass('govgraph_log.checkpoint') IS NULL"):
                await self._make_tables()

    async def _make_tables(self) -> None:
        connection = await connect(self.addresses.sequence)
        try:
            async with connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock(hashtext('govgraph_log tables'))")
                await connection.execute(TABLES)
        except NOT_ALLOWED:
            what = (
                "The PostgreSQL that was named holds no tables of the audit log, and the role may make none"
            )
            raise LogTablesMissingError(what) from None
        finally:
            await connection.close(timeout=CLOSING)

    async def _head(self) -> Head | None:
        with told():
            async with self._readers.acquire() as connection, _one_moment(connection):
                row = await connection.fetchrow(HEAD)
                self._size = await connection.fetchval(SIZE)
        return None if row is None else read_head(row)

    async def _write(self, batch: Batch) -> None:
        with told():
            connection = await connect(self.addresses.sequence)
            try:
                await connection.execute("SELECT make_months()")
                await connection.execute(INTEGRATE, *columns(batch))
            except TAKEN:
                if batch.rows:
                    raise
            finally:
                await connection.close(timeout=CLOSING)

    async def _change(self, change: str, *values: Any) -> None:
        with told():
            connection = await connect(self.addresses.sequence)
            try:
                await connection.execute(change, *values)
            finally:
                await connection.close(timeout=CLOSING)

    async def _close(self) -> None:
        try:
            await self._readers.close()
        except DRIVER_ERRORS:
            self._readers.terminate()


def _one_moment(connection: Any) -> Any:
    return connection.transaction(isolation="repeatable_read", readonly=True)
