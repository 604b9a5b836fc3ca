"""What follows the log sees a record the same way, whether it was kept in memory or is read from the log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from audit.entry import opened
from audit.fresh import Fresh, Written
from audit.index.gathering import Gatherer
from audit.index.terms import Terms
from audit.log import Log
from audit.reader import Reader
from audit.record import AccessRecord, Coordinates, ManagementRecord, Outcome, SubjectList, SystemRecord
from audit.store import Row

pytestmark = pytest.mark.anyio
MakeRecord = Callable[[int], AccessRecord]


@dataclass
class Counted:
    """A log that counts how many of its records are read."""

    log: Log
    fresh: Fresh
    read: list[int] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.log.size

    async def range(self, first: int, count: int) -> Sequence[Row]:
        rows = await self.log.range(first, count)
        self.read += [row.position for row in rows]
        return rows

    async def operation(self, digest: str) -> str | None:
        return await self.log.operation(digest)


def reader(log: Counted) -> Reader:
    return Reader(log, log.log.opened.desk.seal)


async def written(log: Log, record: MakeRecord, operation: tuple[str, str]) -> None:
    """Append records of every kind: with persons and without, refused, with a document, of a change."""
    whole = replace(record(0), operation=operation[0], sources={"police": "answered"}, grants=("G-1",))
    await log.append(whole, SubjectList(("a", "b"), ("k",)), operation)
    await log.append(record(1), SubjectList(("b",)))
    refused = Coordinates(refused=("Person.phone",))
    await log.append(replace(record(2), outcome=Outcome.REFUSED, coordinates=refused, rows={}, subjects={}))
    await log.append(SystemRecord("s", "2026-06-30T01:02:03.5Z", "server.started", {"code": "X"}))
    change = ManagementRecord("m", "2026-06-30T01:02:04Z", "q", "grant.put", "intent", Outcome.PENDING)
    await log.append(replace(change, subject="G-1"))


async def test_a_record_kept_in_memory_reads_as_the_log_reads_it(
    log: Log, record: MakeRecord, operation: tuple[str, str]
) -> None:
    await written(log, record, operation)
    counted = Counted(log, log.fresh)
    fresh = await reader(counted).entries(0, 5)
    stored = await reader(Counted(log, Fresh())).entries(0, 5)
    assert not counted.read
    assert fresh == stored
    assert [entry.leaf for entry in stored] == [
        opened(row, log.opened.desk.seal).leaf for row in await log.range(0, 5)
    ]
    first, second = (Gatherer(Terms(b"k" * 32)).batch(0, 5, entries) for entries in (fresh, stored))
    assert first == second


async def test_a_record_that_was_refused_is_not_kept(log: Log, record: MakeRecord) -> None:
    with pytest.raises(Exception, match="operation"):
        await log.append(replace(record(0), operation="ab"))
    await log.append(record(1))
    assert [kept.entry.leaf["receipt"] for kept in log.fresh.among(0, 2).values()] == ["receipt-1"]


async def test_records_beyond_the_room_are_read_from_the_log_once_for_all_who_follow(
    log: Log, record: MakeRecord
) -> None:
    for number in range(9):
        await log.append(record(number), SubjectList((f"p{number}",)))
    counted = Counted(log, Fresh(most=3))
    counted.fresh.keep(log.fresh.among(0, 9).values())
    one = reader(counted)
    for first, count in ((0, 9), (0, 9), (2, 5)):
        found = await one.entries(first, count)
        assert [entry.position for entry in found] == list(range(first, first + count))
        assert all(entry.digests.subjects for entry in found)
    assert sorted(set(counted.read)) == counted.read
    one.forget(9)
    assert not counted.fresh.among(0, 9)


def test_room_is_bounded_by_records_and_by_bytes_and_comes_back() -> None:
    records = [Written(position, b"{}", b"-" * 98, "") for position in range(8)]
    fresh = Fresh(most=5, most_bytes=250)
    fresh.keep(records)
    assert list(fresh.among(0, 8)) == [0, 1, 2]
    fresh.forget(2)
    fresh.keep(records[6:])
    assert list(fresh.among(0, 8)) == [2, 6, 7]
    few = Fresh(most=5)
    few.keep(records)
    assert list(few.among(0, 8)) == [0, 1, 2, 3, 4]
