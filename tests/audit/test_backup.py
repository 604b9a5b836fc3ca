"""Backups: made while the log is written, verified, and put back into either store without a silent loss."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from anyio import to_thread

from audit.backup import back_up, restore
from audit.errors import LogBackupRefusedError, LogLockedError
from audit.log import Log, open_log
from audit.opening import EMBEDDED, Keeping
from audit.record import AccessRecord, SubjectList
from audit.verify import verify
from govgraph.clock import Clock
from govgraph.keyring import Keyring
from tests.audit.replicas import keeping_in, leaves

pytestmark = pytest.mark.anyio
MakeRecord = Callable[[int], AccessRecord]
Put = Callable[[Path, Keeping, bool], object]


@pytest.fixture
def empty(keeping: Keeping, request: pytest.FixtureRequest) -> Keeping:
    """A store of the same kind that holds nothing yet."""
    if keeping is EMBEDDED:
        return EMBEDDED
    return keeping_in(request.getfixturevalue("new_postgresql_database")())


async def filled(log: Log, record: MakeRecord, first: int, last: int) -> None:
    for number in range(first, last):
        await log.append(record(number), SubjectList((f"person-{number}",)))


async def test_a_backup_is_made_while_the_log_is_written_and_put_back_whole(
    *, home: Path, keyring: Keyring, clock: Clock, record: MakeRecord, keeping: Keeping, empty: Keeping
) -> None:
    log = await open_log(home / "audit", keyring, clock, keeping)
    await filled(log, record, 0, 300)
    made = await back_up(log, home / "backup")
    before = await leaves(log)
    assert (made.ok, made.size) == (True, 300)
    await log.aclose()
    for lost in (home / "audit", home / "audit.checkpoint"):
        shutil.rmtree(lost) if lost.is_dir() else lost.unlink()

    done = await to_thread.run_sync(restore, home / "backup", home, keyring, empty, False)
    assert (done.size, done.lost) == (300, 0)
    again = await open_log(home / "audit", keyring, clock, empty)
    assert await leaves(again) == before
    assert [row.sealed for row in await again.range(0, 300)].count(None) == 0
    assert again.checkpoint() == log.checkpoint()
    assert await again.append(record(300)) == 300
    assert (await back_up(again, home / "after")).ok
    await again.aclose()


@pytest.mark.postgresql
async def test_a_log_moves_from_the_embedded_store_to_postgresql_and_back(
    *,
    home: Path,
    keyring: Keyring,
    clock: Clock,
    record: MakeRecord,
    new_postgresql_database: Callable[[], str],
) -> None:
    size = 0
    for number, keeping in enumerate((EMBEDDED, keeping_in(new_postgresql_database()), EMBEDDED)):
        if number:
            await to_thread.run_sync(restore, home / f"backup-{number - 1}", home, keyring, keeping, False)
        log = await open_log(home / "audit", keyring, clock, keeping)
        await filled(log, record, size, size + 5)
        size += 5
        assert (await back_up(log, home / f"backup-{number}")).size == log.size == size
        await log.aclose()
    assert verify(home / "audit", log.verifier_key).size == 15


async def test_a_backup_that_would_lose_records_is_put_back_only_on_purpose(
    *, home: Path, keyring: Keyring, clock: Clock, record: MakeRecord, keeping: Keeping, empty: Keeping
) -> None:
    log = await open_log(home / "audit", keyring, clock, keeping)
    await filled(log, record, 0, 3)
    await back_up(log, home / "backup")
    await filled(log, record, 3, 5)
    await log.aclose()
    with pytest.raises(LogBackupRefusedError) as refusal:
        restore(home / "backup", home, keyring, empty, accept_loss=False)
    assert "holds 3 records, 5 were signed for" in refusal.value.text
    done = await to_thread.run_sync(restore, home / "backup", home, keyring, empty, True)
    assert (done.size, done.lost) == (3, 2)
    again = await open_log(home / "audit", keyring, clock, empty)
    assert again.size == 3
    await again.aclose()


async def test_what_lay_there_is_moved_aside_and_verifies(
    *, home: Path, keyring: Keyring, clock: Clock, record: MakeRecord
) -> None:
    log = await open_log(home / "audit", keyring, clock)
    await filled(log, record, 0, 3)
    await back_up(log, home / "backup")
    await log.append(record(3))
    await log.aclose()
    restore(home / "backup", home, keyring, EMBEDDED, accept_loss=True)
    (aside,) = [path for path in home.iterdir() if path.name.startswith("audit-before-restore-")]  # noqa: ASYNC240
    assert verify(aside, log.verifier_key).size == 4


@pytest.mark.parametrize("kind", ["changed", "of another log", "none"])
async def test_a_backup_that_does_not_verify_is_not_put_back(
    *, home: Path, keyring: Keyring, clock: Clock, record: MakeRecord, kind: str, tmp_path: Path
) -> None:
    log = await open_log(home / "audit", keyring, clock)
    await filled(log, record, 0, 3)
    await log.aclose()
    other = Keyring(tmp_path / "other") if kind == "of another log" else keyring
    source = await open_log(tmp_path / "source" / "audit", other, clock)
    await filled(source, record, 10, 14)
    await back_up(source, home / "backup")
    await source.aclose()
    store = home / "backup" / "audit" / "log.db"
    if kind == "changed":
        store.write_bytes(store.read_bytes().replace(b"yiwu-service-hall", b"yiwu-service-hole"))
    if kind == "none":
        store.unlink()
    with pytest.raises(LogBackupRefusedError):
        restore(home / "backup", home, keyring, EMBEDDED, accept_loss=True)
    assert verify(home / "audit", log.verifier_key).size == 3


async def test_nothing_is_put_back_under_a_running_server_or_without_the_logs_key(
    log: Log, home: Path, keyring: Keyring, keeping: Keeping
) -> None:
    await back_up(log, home / "backup")
    with pytest.raises(LogLockedError):
        restore(home / "backup", home, keyring, keeping, accept_loss=False)
    await log.aclose()
    with pytest.raises(LogBackupRefusedError) as refusal:
        restore(home / "backup", home, Keyring(home / "none"), keeping, accept_loss=False)
    assert "`keys`" in refusal.value.text
    assert not list((home / "none").glob("*"))


@pytest.mark.postgresql
async def test_a_store_that_holds_other_records_is_not_restored_into(
    *,
    home: Path,
    keyring: Keyring,
    clock: Clock,
    record: MakeRecord,
    new_postgresql_database: Callable[[], str],
) -> None:
    keeping = keeping_in(new_postgresql_database())
    for name, first in (("one", 0), ("two", 10)):
        kept = EMBEDDED if name == "one" else keeping
        log = await open_log(home / name / "audit", keyring, clock, kept)
        await filled(log, record, first, first + 3)
        await back_up(log, home / f"backup-{name}")
        await log.aclose()
    with pytest.raises(LogBackupRefusedError):
        await to_thread.run_sync(restore, home / "backup-one", home / "three", keyring, keeping, False)


async def test_a_backup_can_be_read_where_nothing_can_be_written(
    log: Log, home: Path, record: MakeRecord
) -> None:
    await log.append(record(0))
    await back_up(log, home / "backup")
    folder = home / "backup" / "audit"
    assert [path.name for path in folder.iterdir()] == ["log.db"]
    assert (folder / "log.db").stat().st_mode & 0o777 == 0o600
    with pytest.raises(LogBackupRefusedError):
        await back_up(log, home / "backup")
