"""Starting: a log goes on only from what was signed, and says what to do where it cannot."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from audit import checkpoint, note
from audit.errors import LogRefusedError
from audit.log import open_log
from audit.record import AccessRecord
from audit.tree import leaf_hash
from audit.verify import verify
from govgraph.clock import Clock
from govgraph.keyring import Keyring

pytestmark = pytest.mark.anyio
MakeRecord = Callable[[int], AccessRecord]


@pytest.fixture
async def written(home: Path, keyring: Keyring, clock: Clock, record: MakeRecord) -> Path:
    """The home of a log of six records that is not running."""
    log = await open_log(home / "audit", keyring, clock)
    for number in range(6):
        await log.append(record(number))
    await log.aclose()
    return home


def run(home: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(home / "audit" / "log.db", isolation_level=None)
    connection.execute(statement, values)
    connection.close()


async def refused(home: Path, keyring: Keyring, clock: Clock) -> LogRefusedError:
    """Return the refusal of two starts in a row: the first must leave nothing behind, not even its lock."""
    for _ in range(2):
        with pytest.raises(LogRefusedError) as refusal:
            await open_log(home / "audit", keyring, clock)
    return refusal.value


async def test_a_store_rolled_back_to_a_backup_does_not_start(
    written: Path, keyring: Keyring, clock: Clock, record: MakeRecord, tmp_path: Path
) -> None:
    shutil.copytree(written / "audit", tmp_path / "backup")
    log = await open_log(written / "audit", keyring, clock)
    await log.append(record(6))
    await log.aclose()
    shutil.rmtree(written / "audit")
    shutil.copytree(tmp_path / "backup", written / "audit")
    refusal = await refused(written, keyring, clock)
    assert (refusal.code, refusal.where) == ("LOG_BEHIND_CHECKPOINT", "record 6")
    assert "govgraph audit verify" in refusal.text


async def test_a_store_that_was_removed_does_not_start_over(
    written: Path, keyring: Keyring, clock: Clock
) -> None:
    shutil.rmtree(written / "audit")
    assert (await refused(written, keyring, clock)).code == "LOG_BEHIND_CHECKPOINT"


async def test_a_cut_tail_does_not_start(written: Path, keyring: Keyring, clock: Clock) -> None:
    run(written, "DELETE FROM leaf WHERE position = 5")
    assert (await refused(written, keyring, clock)).code == "LOG_BEHIND_CHECKPOINT"


async def test_a_store_without_its_checkpoints_does_not_start(
    written: Path, keyring: Keyring, clock: Clock
) -> None:
    run(written, "DELETE FROM checkpoint")
    assert (await refused(written, keyring, clock)).code == "LOG_BEHIND_CHECKPOINT"


async def test_a_leaf_nobody_signed_for_does_not_start(written: Path, keyring: Keyring, clock: Clock) -> None:
    run(written, "INSERT INTO leaf SELECT 6, receipt, hash, leaf, sealed FROM leaf WHERE position = 2")
    assert (await refused(written, keyring, clock)).code == "LOG_FORKED"


async def test_a_changed_frontier_does_not_start(written: Path, keyring: Keyring, clock: Clock) -> None:
    run(written, "UPDATE checkpoint SET peaks = zeroblob(length(peaks)) WHERE size = 6")
    assert (await refused(written, keyring, clock)).code == "LOG_FORKED"


async def test_a_store_forked_before_the_outside_checkpoint_does_not_start(
    written: Path, keyring: Keyring, clock: Clock
) -> None:
    signer = note.signer(keyring.private_key("audit-log", note.make_key))
    (written / "audit.checkpoint").write_text(checkpoint.sign(6, leaf_hash(b"other"), signer))
    assert (await refused(written, keyring, clock)).code == "LOG_FORKED"
    (written / "audit.checkpoint").write_text(checkpoint.sign(3, leaf_hash(b"other"), signer))
    assert (await refused(written, keyring, clock)).code == "LOG_FORKED"


async def test_a_store_ahead_of_the_outside_checkpoint_starts(
    written: Path, keyring: Keyring, clock: Clock, record: MakeRecord
) -> None:
    """A crash between the commit and the outside file leaves the store ahead."""
    connection = sqlite3.connect(written / "audit" / "log.db")
    (earlier,) = connection.execute("SELECT note FROM checkpoint WHERE size = 4").fetchone()
    connection.close()
    (written / "audit.checkpoint").write_text(earlier)
    (written / ".audit.checkpoint.0123").write_text("unfinished")
    log = await open_log(written / "audit", keyring, clock)
    assert (written / "audit.checkpoint").read_text() == log.checkpoint()
    assert not (written / ".audit.checkpoint.0123").exists()
    assert await log.append(record(6)) == 6
    await log.aclose()


async def test_a_removed_outside_checkpoint_is_written_anew_and_stays_on_record(
    written: Path, keyring: Keyring, clock: Clock
) -> None:
    (written / "audit.checkpoint").unlink()
    log = await open_log(written / "audit", keyring, clock)
    assert (written / "audit.checkpoint").read_text() == log.checkpoint()
    await log.aclose()
    connection = sqlite3.connect(written / "audit" / "log.db")
    (leaf,) = connection.execute("SELECT leaf FROM leaf WHERE position = 6").fetchone()
    connection.close()
    assert b'"event":"log.checkpoint_missing"' in leaf
    assert verify(written / "audit", log.verifier_key).ok


async def test_a_damaged_outside_checkpoint_does_not_start(
    written: Path, keyring: Keyring, clock: Clock
) -> None:
    (written / "audit.checkpoint").write_text("")
    assert (await refused(written, keyring, clock)).code == "LOG_CHECKPOINT_INVALID"


async def test_another_key_does_not_start(written: Path, keyring: Keyring, clock: Clock) -> None:
    (keyring.folder / "audit-log.pem").unlink()
    refusal = await refused(written, keyring, clock)
    assert refusal.code == "LOG_KEY_CHANGED"
    assert "govgraph keys backup" in refusal.text


async def test_a_crash_before_the_first_record_starts_again(
    home: Path, keyring: Keyring, clock: Clock, record: MakeRecord
) -> None:
    await (await open_log(home / "audit", keyring, clock)).aclose()
    (home / "audit.checkpoint").unlink()
    (home / "audit.vkey").unlink()
    log = await open_log(home / "audit", keyring, clock)
    assert log.is_new
    assert await log.append(record(0)) == 0
    assert (home / "audit.vkey").read_text().strip() == log.verifier_key
    await log.aclose()
