"""Where the index is kept: in a file of its own beside the embedded log, or in tables of PostgreSQL.

Nothing here is the truth, the log is. What another version kept is thrown away and made anew from the
log, so these tables need no migrations.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    cast,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.index.positions import BLOCK, BYTES, bits_of, shortened, spelled
from audit.index.tally import Dimension, Key, Tally
from govgraph.database import Database

VERSION: Final = 3
LOCK: Final = 0x676F7669
"""Any fixed number; it only has to be the same on every replica."""
CHUNK: Final = 4096
"""Records whose times stand in one row; a block holds a whole number of them."""
AT_ONCE: Final = 500
"""Most values of one condition of a statement."""

METADATA = MetaData()
STATE = Table(
    "audit_index",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
)
POSTING = Table(
    "audit_index_posting",
    METADATA,
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("term", BigInteger, primary_key=True, autoincrement=False),
    Column("positions", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
SPAN = Table(
    "audit_index_span",
    METADATA,
    Column("chunk", Integer, primary_key=True, autoincrement=False),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("times", LargeBinary, nullable=False),
)
WORD = Table(
    "audit_index_word",
    METADATA,
    Column("term", BigInteger, primary_key=True, autoincrement=False),
    Column("family", String(32), nullable=False),
    Column("word", Text, nullable=False),
)
TALLY = Table(
    "audit_index_tally",
    METADATA,
    Column("day", String(10), primary_key=True),
    Column("dimension", String(16), primary_key=True),
    Column("name", String(300), primary_key=True),
    *(Column(one.name, BigInteger, nullable=False) for one in fields(Tally)),
)


@dataclass(frozen=True, slots=True)
class Batch:
    """What a run of records within one block is found by.

    `postings` are offsets in the block by term, `times` microseconds since 1970, one of each record,
    `words` the names behind terms, in small letters, with their family, `tallies` what reports count.
    """

    first: int
    postings: Mapping[int, Sequence[int]]
    times: "array[int]"
    words: Mapping[int, tuple[str, str]]
    tallies: Mapping[Key, Tally] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IndexStore:
    """The tables of the index. One process writes at a time; every process may read."""

    database: Database

    async def open(self) -> None:
        """Make the tables where there are none, and throw away what another version kept."""
        async with self.database.write() as connection:
            if self.database.dialect == "postgresql":
                await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            await connection.run_sync(METADATA.create_all)
            if (await connection.execute(select(STATE.c.version))).scalars().all() != [VERSION]:
                await _empty(connection)

    async def clear(self) -> None:
        """Throw everything away, to be made anew from the log."""
        async with self.database.write() as connection:
            await _empty(connection)

    async def size(self) -> int:
        """Return how many records of the log are in the index."""
        async with self.database.read() as connection:
            return int((await connection.execute(select(STATE.c.size))).scalar_one())

    async def add(self, batch: Batch) -> bool:
        """Keep a batch; return False, and keep nothing, where it does not follow what is kept."""
        block, end = batch.first // BLOCK, batch.first + len(batch.times)
        rows = [
            {"block": block, "term": term, "positions": spelled(batch.postings[term])}
            for term in sorted(batch.postings)
        ]
        words = [{"term": term, "family": one[0], "word": one[1]} for term, one in batch.words.items()]
        async with self.database.write() as connection:
            if (await connection.execute(select(STATE.c.size).with_for_update())).scalar() != batch.first:
                return False
            await connection.execute(self._appending(), rows)
            if words:
                await connection.execute(self._dialect().insert(WORD).on_conflict_do_nothing(), words)
            if batch.tallies:
                await connection.execute(self._adding(), [_tally_row(*one) for one in batch.tallies.items()])
            await _keep_times(connection, batch)
            if end % BLOCK == 0:
                await _shorten(connection, block)
            await connection.execute(update(STATE).values(size=end))
        return True

    async def holding(self, terms: Iterable[int], blocks: Iterable[int]) -> Mapping[int, set[int]]:
        """Return which of the terms stand in each block; blocks without any are left out."""
        found: dict[int, set[int]] = {}
        for block, term in await self._chosen((POSTING.c.block, POSTING.c.term), terms, blocks):
            found.setdefault(block, set()).add(term)
        return found

    async def bits(self, terms: Iterable[int], blocks: Iterable[int]) -> Mapping[tuple[int, int], int]:
        """Return the positions of terms as bits, by block and term."""
        columns = (POSTING.c.block, POSTING.c.term, POSTING.c.positions)
        return {(row[0], row[1]): bits_of(row[2]) for row in await self._chosen(columns, terms, blocks)}

    async def spans(self, since: int, until: int) -> Sequence[tuple[int, int, int]]:
        """Return chunk, first and last time of every chunk with a time from `since` on, before `until`."""
        query = select(SPAN.c.chunk, SPAN.c.first, SPAN.c.last)
        query = query.where(SPAN.c.last >= since, SPAN.c.first < until).order_by(SPAN.c.chunk)
        async with self.database.read() as connection:
            return [(row[0], row[1], row[2]) for row in (await connection.execute(query)).all()]

    async def times(self, chunk: int) -> "array[int]":
        """Return the times of a chunk's records, in order."""
        async with self.database.read() as connection:
            kept = (await connection.execute(select(SPAN.c.times).where(SPAN.c.chunk == chunk))).scalar_one()
        return _times(kept)

    async def words(self, part: str, most: int) -> Sequence[int]:
        """Return at most so many terms whose names hold a text, whatever their family."""
        query = select(WORD.c.term).where(WORD.c.word.contains(part.lower(), autoescape=True))
        async with self.database.read() as connection:
            return (await connection.execute(query.order_by(WORD.c.term).limit(most))).scalars().all()

    async def tallies(self, dimension: Dimension, since: str, until: str) -> Sequence[tuple[str, str, Tally]]:
        """Return day, name and counts of a dimension, from a day on to a day, both included, in order."""
        query = select(TALLY).where(TALLY.c.dimension == dimension.value)
        query = query.where(TALLY.c.day >= since, TALLY.c.day <= until).order_by(TALLY.c.day, TALLY.c.name)
        async with self.database.read() as connection:
            return [(row[0], row[2], Tally(*row[3:])) for row in (await connection.execute(query)).all()]

    async def _chosen(
        self, columns: Sequence[Column[Any]], terms: Iterable[int], blocks: Iterable[int]
    ) -> list[Any]:
        found: list[Any] = []
        numbers = list(blocks)
        async with self.database.read() as connection:
            for some in _portions(terms):
                for several in _portions(numbers):
                    fitting = (POSTING.c.block.in_(several), POSTING.c.term.in_(some))
                    found += (await connection.execute(select(*columns).where(*fitting))).all()
        return found

    def _dialect(self) -> Any:
        return postgresql if self.database.dialect == "postgresql" else sqlite

    def _appending(self) -> Any:
        """Return the statement that puts later positions behind the ones a term has in its block."""
        new = self._dialect().insert(POSTING)
        both = cast(POSTING.c.positions.op("||")(new.excluded.positions), LargeBinary)
        return new.on_conflict_do_update(index_elements=["block", "term"], set_={"positions": both})

    def _adding(self) -> Any:
        """Return the statement that adds counts to those that are there."""
        new = self._dialect().insert(TALLY)
        sums = {one.name: TALLY.c[one.name] + new.excluded[one.name] for one in fields(Tally)}
        return new.on_conflict_do_update(index_elements=["day", "dimension", "name"], set_=sums)


def _tally_row(key: Key, tally: Tally) -> dict[str, Any]:
    return {"day": key[0], "dimension": str(key[1]), "name": key[2][:300], **asdict(tally)}


async def _empty(connection: AsyncConnection) -> None:
    for table in (POSTING, SPAN, WORD, TALLY, STATE):
        await connection.execute(delete(table))
    await connection.execute(insert(STATE).values(version=VERSION, size=0))


async def _keep_times(connection: AsyncConnection, batch: Batch) -> None:
    first, last = batch.first // CHUNK, (batch.first + len(batch.times) - 1) // CHUNK
    query = select(SPAN.c.times).where(SPAN.c.chunk == first)
    times = _times((await connection.execute(query)).scalar() or b"") + batch.times
    rows = []
    for at, chunk in enumerate(range(first, last + 1)):
        own = times[at * CHUNK : (at + 1) * CHUNK]
        rows.append({"chunk": chunk, "first": min(own), "last": max(own), "times": own.tobytes()})
    await connection.execute(delete(SPAN).where(SPAN.c.chunk == first))
    await connection.execute(insert(SPAN), rows)


async def _shorten(connection: AsyncConnection, block: int) -> None:
    """Write the positions of a block's frequent terms shorter, now that none will follow."""
    long = (POSTING.c.block == block, func.length(POSTING.c.positions) > BYTES)
    for term, positions in (
        await connection.execute(select(POSTING.c.term, POSTING.c.positions).where(*long))
    ).all():
        change = update(POSTING).where(POSTING.c.block == block, POSTING.c.term == term)
        await connection.execute(change.values(positions=shortened(positions)))


def _times(kept: bytes) -> "array[int]":
    times = array("q")
    times.frombytes(kept)
    return times


def _portions(values: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(values)
    while some := list(islice(rest, AT_ONCE)):
        yield some
