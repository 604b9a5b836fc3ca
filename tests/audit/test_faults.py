"""Faults of the disk: refuse, recover where that is safe, never guess."""

import errno
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.embedded import MOST_CHANGES, EmbeddedStore, Write, write
from audit.errors import LogBusyError, LogFullError, LogPoisonedError
from audit.log import Log, open_log
from audit.opening import Keeping, open_folder
from audit.record import AccessRecord
from audit.store import Batch, Head, Row
from audit.tree import Frontier, leaf_hash
from audit.verify import verify
from govgraph.clock import Clock
from govgraph.errors import GovGraphError
from govgraph.keyring import Keyring

pytestmark = pytest.mark.anyio
MakeRecord = Callable[[int], AccessRecord]


class Disk:
    """A disk whose writes can be made to fail; `write` is the sound one until a test breaks it."""

    def __init__(self) -> None:
        self.write: Write = write
        self.connection: sqlite3.Connection | None = None

    def __call__(self, connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> None:
        self.connection = connection
        self.write(connection, statement, values)


@pytest.fixture
def disk() -> Disk:
    return Disk()


@pytest.fixture
async def breakable(home: Path, keyring: Keyring, disk: Disk) -> AsyncIterator[Log]:
    log = Log(open_folder(home / "audit", keyring, Keeping(lambda folder: EmbeddedStore(folder, disk))))
    yield log
    await log.aclose()


def failing_before(connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> None:
    raise sqlite3.OperationalError("disk I/O error")


def failing_after(connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> None:
    write(connection, statement, values)
    raise OSError(errno.EIO, os.strerror(errno.EIO))


async def refusal(log: Log, record: AccessRecord) -> GovGraphError:
    with pytest.raises(GovGraphError) as caught:
        await log.append(record)
    return caught.value


@pytest.mark.parametrize("broken", [failing_before, failing_after])
async def test_a_failed_sync_poisons_the_log_until_a_restart(
    *,
    breakable: Log,
    disk: Disk,
    home: Path,
    record: MakeRecord,
    keyring: Keyring,
    clock: Clock,
    broken: Write,
) -> None:
    assert await breakable.append(record(0)) == 0
    before = breakable.checkpoint()
    disk.write = broken
    refused = await refusal(breakable, record(1))
    assert (refused.code, refused.status, breakable.writable) == ("LOG_POISONED", 503, False)
    disk.write = write
    assert isinstance(await refusal(breakable, record(2)), LogPoisonedError)
    assert breakable.checkpoint() == before == (home / "audit.checkpoint").read_text()
    await breakable.aclose()

    again = await open_log(home / "audit", keyring, clock)
    kept = 1 if broken is failing_before else 2
    assert await again.append(record(3)) == kept
    await again.aclose()
    assert verify(home / "audit", again.verifier_key).size == kept + 1
    assert verify(home / "audit", again.verifier_key).ok


async def test_every_commit_waits_for_the_disk(breakable: Log, disk: Disk, record: MakeRecord) -> None:
    await breakable.append(record(0))
    assert disk.connection is not None
    settings = [
        disk.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    ]
    assert settings == ["wal", 2]


async def test_a_full_disk_refuses_and_recovers_by_itself(
    breakable: Log, disk: Disk, home: Path, record: MakeRecord
) -> None:
    assert await breakable.append(record(0)) == 0
    assert disk.connection is not None
    (pages,) = disk.connection.execute("PRAGMA page_count").fetchone()
    disk.connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LogFullError) as refused:  # noqa: PT012  # which append meets the end is the disk's choice
        for appended in range(1, 1000):
            await breakable.append(record(appended))
    assert (refused.value.code, refused.value.status, breakable.writable) == ("LOG_FULL", 503, False)
    assert not await breakable.recover(record(appended))
    disk.connection.execute("PRAGMA max_page_count = 1000000")
    assert await breakable.recover(record(appended))
    assert await breakable.recover(record(appended + 1))
    result = verify(home / "audit", breakable.verifier_key)
    assert (result.ok, result.size) == (True, appended + 1)


async def test_a_disk_that_is_full_at_the_commit_itself_leaves_nothing_half_written(
    breakable: Log, disk: Disk, home: Path, record: MakeRecord
) -> None:
    def full(*_: object) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    disk.write = full
    assert isinstance(await refusal(breakable, record(0)), LogFullError)
    disk.write = write
    assert await breakable.append(record(1)) == 0
    assert verify(home / "audit", breakable.verifier_key).size == 1


async def test_a_full_disk_at_the_outside_checkpoint_refuses_and_recovers(
    home: Path, keyring: Keyring, record: MakeRecord
) -> None:
    opened = open_folder(home / "audit", keyring)
    full = True

    def keep_outside(note: str) -> None:
        if full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        opened.desk.keep_outside(note)

    log = Log(replace(opened, desk=replace(opened.desk, keep_outside=keep_outside)))
    assert isinstance(await refusal(log, record(0)), LogFullError)
    full = False
    assert await log.append(record(1)) == 1
    await log.aclose()
    assert verify(home / "audit", log.verifier_key).ok


async def test_an_outside_checkpoint_that_can_not_be_written_poisons_the_log(
    breakable: Log, home: Path, record: MakeRecord
) -> None:
    await breakable.append(record(0))
    (home / "audit.checkpoint").unlink()
    (home / "audit.checkpoint").mkdir()
    assert isinstance(await refusal(breakable, record(1)), LogPoisonedError)
    (home / "audit.checkpoint").rmdir()


async def test_a_program_that_holds_the_file_is_named_and_outwaited(
    breakable: Log, disk: Disk, home: Path, record: MakeRecord
) -> None:
    await breakable.append(record(0))
    assert disk.connection is not None
    disk.connection.execute("PRAGMA busy_timeout = 1")
    intruder = sqlite3.connect(home / "audit" / "log.db", isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")
    refused = await refusal(breakable, record(1))
    assert isinstance(refused, LogBusyError)
    assert "audit/log.db" in refused.text
    intruder.execute("ROLLBACK")
    intruder.close()
    assert await breakable.append(record(1)) == 1


async def test_a_refusal_tells_nothing_of_the_driver(
    breakable: Log, disk: Disk, record: MakeRecord, caplog: pytest.LogCaptureFixture
) -> None:
    disk.write = failing_before
    refused = await refusal(breakable, record(0))
    assert "disk I/O error" not in refused.text + caplog.text
    assert "LOG_POISONED" in caplog.text


def test_a_batch_of_several_statements_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    statements: list[str] = []

    def full_at_the_end(connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> None:
        statements.append(statement)
        if statement == "COMMIT" and statements.count("COMMIT") == 1:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        write(connection, statement, values)

    store = EmbeddedStore(tmp_path, full_at_the_end)
    rows = [Row(at, f"r{at}", b"{}", leaf_hash(b"{}"), None) for at in range(2 * MOST_CHANGES)]
    batch = Batch(rows, (), Head(Frontier().extended(row.hash for row in rows), "note"))
    with pytest.raises(LogFullError):
        store.write(batch)
    assert (store.size(), store.head()) == (0, None)
    store.write(batch)
    assert store.size() == len(rows)
    store.close()
