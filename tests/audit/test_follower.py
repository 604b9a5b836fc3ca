"""The index follows the log: nothing twice, nothing left out, thrown away only where the log lost records."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from audit.fresh import Fresh
from audit.index.follower import Follower
from audit.index.store import IndexStore
from audit.index.terms import Terms
from audit.log import Log
from audit.record import AccessRecord, SubjectList
from audit.search import Search, positions
from audit.store import Row
from govgraph.database import Database, open_database

pytestmark = pytest.mark.anyio
MakeRecord = Callable[[int], AccessRecord]
END = 2**62


@dataclass
class Heard:
    """A log as a replica knows it that has heard of its first `size` records only."""

    log: Log
    size: int
    lost: bool = False
    fresh: Fresh = field(default_factory=Fresh)

    async def range(self, first: int, count: int) -> Sequence[Row]:
        return () if self.lost else await self.log.range(first, count)

    async def operation(self, digest: str) -> str | None:
        return await self.log.operation(digest)


async def database_in(folder: Path) -> Database:
    return await open_database(f"sqlite:///{folder / 'index.db'}", folder)


def follower(log: Log | Heard, database: Database, seal: Log) -> Follower:
    return Follower(log, IndexStore(database), Terms(b"k" * 32), seal.opened.desk.seal)


async def found(index: Follower, search: Search) -> list[int]:
    return [at async for at in positions(search, index.store, index.terms, END)]


async def test_every_record_is_read_once_by_whoever_comes_first(
    log: Log, record: MakeRecord, tmp_path: Path
) -> None:
    database = await database_in(tmp_path)
    one, other = (follower(log, database, log) for _ in range(2))
    for number in range(6):
        await log.append(record(number), SubjectList(("a",)) if number % 2 else SubjectList())
        assert await (one if number % 2 else other).catch_up() == 0
    seal = log.opened.desk.seal
    assert await found(one, Search()) == [5, 4, 3, 2, 1, 0]
    assert await found(other, Search(persons=tuple(seal.digests_of("a").values()))) == [5, 3, 1]
    await database.aclose()


async def test_a_replica_that_is_behind_keeps_what_another_has_read(
    log: Log, record: MakeRecord, tmp_path: Path
) -> None:
    database = await database_in(tmp_path)
    for number in range(4):
        await log.append(record(number))
    await follower(log, database, log).catch_up()
    assert await follower(Heard(log, 2), database, log).catch_up() == 0
    assert await IndexStore(database).size() == 4
    await database.aclose()


async def test_an_index_that_knows_more_than_the_log_is_made_anew(
    log: Log, record: MakeRecord, tmp_path: Path
) -> None:
    database = await database_in(tmp_path)
    for number in range(4):
        await log.append(record(number))
    await follower(log, database, log).catch_up()
    restored = Heard(log, 0, lost=True)
    assert await follower(restored, database, log).catch_up() == 0
    assert await IndexStore(database).size() == 0
    await database.aclose()


async def test_an_index_of_another_version_is_thrown_away(
    log: Log, record: MakeRecord, tmp_path: Path
) -> None:
    database = await database_in(tmp_path)
    await log.append(record(0))
    await follower(log, database, log).catch_up()
    async with database.write() as connection:
        await connection.exec_driver_sql("UPDATE audit_index SET version = 0")
    again = follower(log, database, log)
    assert await again.catch_up(0) == 1
    assert await again.catch_up() == 0
    assert await found(again, Search(named={"client": "yiwu-service-hall"})) == [0]
    await database.aclose()
