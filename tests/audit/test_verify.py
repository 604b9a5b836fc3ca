"""Verification: sound logs pass, and every drill of tampering is found where it was done."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from audit import note
from audit.errors import LogForkedError, LogKeyChangedError
from audit.finding import Finding
from audit.log import Log
from audit.opening import EMBEDDED, Keeping, open_folder
from audit.record import AccessRecord, SubjectList
from audit.tree import leaf_hash
from audit.verify import verify
from govgraph.keyring import Keyring
from tests.audit.tampering import SIZE, Copy

pytestmark = pytest.mark.anyio
MakeRecord = Callable[[int], AccessRecord]


@pytest.fixture
def keeping() -> Keeping:
    """The embedded store: what is done to its file is found in its file."""
    return EMBEDDED


async def test_a_sound_log_is_verified_with_size_root_and_time(copy: Copy) -> None:
    result = verify(copy.home / "audit", copy.key)
    assert (result.ok, result.size, result.problem, result.position) == (True, SIZE, "", None)
    assert result.root in (copy.home / "audit.checkpoint").read_text().splitlines()
    assert result.checkpoint_time == "2026-06-30T01:02:03.000011Z"


async def test_a_copied_folder_verifies_without_its_surroundings(copy: Copy, tmp_path: Path) -> None:
    shutil.copytree(copy.home / "audit", tmp_path / "alone" / "audit")
    assert verify(tmp_path / "alone" / "audit", copy.key).ok


async def test_a_log_verifies_while_it_is_written(log: Log, home: Path, record: MakeRecord) -> None:
    for number in range(5):
        await log.append(record(number), SubjectList(("a",)))
        result = verify(home / "audit", log.verifier_key)
        assert (result.ok, result.size) == (True, number + 1)


async def test_an_empty_log_is_verified(log: Log, home: Path) -> None:
    assert verify(home / "audit", log.verifier_key).ok


async def test_an_edited_leaf_is_named(copy: Copy) -> None:
    edited = "CAST(replace(CAST(leaf AS TEXT), 'yiwu', 'jinh') AS BLOB)"
    copy.run(f"UPDATE leaf SET leaf = {edited} WHERE position = 7")
    assert copy.found() == (Finding.LEAF_CHANGED, 7)


async def test_a_leaf_edited_together_with_its_hash_is_named(copy: Copy) -> None:
    copy.edit_with_its_hash(4)
    assert copy.found() == (Finding.TREE_CHANGED, 4)


async def test_a_leaf_that_is_no_record_any_more_is_named(copy: Copy) -> None:
    with copy.store() as connection:
        for leaf in (b"[]", b"{", b'{"subjects_list":{}}', b'{"subjects_list":7}'):
            connection.execute(
                "UPDATE leaf SET leaf = ?, hash = ? WHERE position = 3", (leaf, leaf_hash(leaf))
            )
            assert copy.found() == (Finding.LEAF_CHANGED, 3)


async def test_a_deleted_row_is_named(copy: Copy) -> None:
    copy.run("DELETE FROM leaf WHERE position = 5")
    assert copy.found() == (Finding.LEAF_MISSING, 5)


async def test_a_deleted_row_whose_gap_was_closed_is_named(copy: Copy) -> None:
    copy.run("DELETE FROM leaf WHERE position = 5")
    copy.run(*(f"UPDATE leaf SET position = {at - 1} WHERE position = {at}" for at in range(6, SIZE)))
    assert copy.found() == (Finding.TREE_CHANGED, 5)


async def test_an_inserted_row_is_named(copy: Copy) -> None:
    copy.run(*(f"UPDATE leaf SET position = {at + 1} WHERE position = {at}" for at in range(SIZE - 1, 5, -1)))
    copy.run("INSERT INTO leaf SELECT 6, receipt, hash, leaf, sealed FROM leaf WHERE position = 2")
    assert copy.found() == (Finding.TREE_CHANGED, 6)


async def test_a_row_added_at_the_end_is_named(copy: Copy) -> None:
    copy.run(f"INSERT INTO leaf SELECT {SIZE}, receipt, hash, leaf, sealed FROM leaf WHERE position = 2")
    assert copy.found() == (Finding.LEAF_UNSIGNED, SIZE)


async def test_reordered_rows_are_named(copy: Copy) -> None:
    copy.run(
        "UPDATE leaf SET position = -1 WHERE position = 3",
        "UPDATE leaf SET position = 3 WHERE position = 9",
        "UPDATE leaf SET position = 9 WHERE position = -1",
    )
    assert copy.found() == (Finding.TREE_CHANGED, 3)


async def test_a_cut_tail_is_named(copy: Copy) -> None:
    copy.run("DELETE FROM leaf WHERE position >= 10")
    assert copy.found() == (Finding.TAIL_CUT, 10)


async def test_a_tail_cut_together_with_its_checkpoints_is_named(copy: Copy) -> None:
    copy.run("DELETE FROM leaf WHERE position >= 10", "DELETE FROM checkpoint WHERE size > 10")
    assert copy.found() == (Finding.ROLLED_BACK, 10)


async def test_a_log_emptied_together_with_its_checkpoints_is_found(copy: Copy) -> None:
    copy.run("DELETE FROM leaf", "DELETE FROM checkpoint WHERE size > 0")
    assert copy.found() == (Finding.ROLLED_BACK, 0)
    copy.run("DELETE FROM checkpoint")
    assert copy.found() == (Finding.CHECKPOINT_INVALID, None)


async def test_a_checkpoint_swapped_for_an_earlier_one_is_found(copy: Copy) -> None:
    copy.run("DELETE FROM checkpoint WHERE size = 12")
    assert copy.found() == (Finding.LEAF_UNSIGNED, 11)


async def test_a_checkpoint_with_a_changed_size_is_found(copy: Copy) -> None:
    copy.run("UPDATE checkpoint SET note = replace(note, x'0A' || '12' || x'0A', x'0A' || '13' || x'0A')")
    assert copy.found() == (Finding.CHECKPOINT_INVALID, None)


async def test_a_tree_rebuilt_and_signed_with_another_key_is_found(copy: Copy) -> None:
    copy.edit_with_its_hash(4)
    forged = copy.signed_with(note.signer(note.make_key()))
    with copy.store() as connection:
        connection.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (forged, SIZE))
    assert copy.found() == (Finding.CHECKPOINT_INVALID, None)
    (copy.home / "audit.checkpoint").write_text(forged)
    assert copy.found() == (Finding.OUTSIDE_CHECKPOINT_INVALID, None)


async def test_a_tree_rebuilt_with_the_stolen_key_is_found_by_the_checkpoint_outside(copy: Copy) -> None:
    copy.edit_with_its_hash(4)
    forged = copy.signed_with(note.signer(copy.keyring.private_key("audit-log", note.make_key)))
    with copy.store() as connection:
        connection.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (forged, SIZE))
    assert copy.found() == (Finding.FORKED, 4)


async def test_bad_earlier_checkpoints_do_not_spoil_a_sound_log(copy: Copy) -> None:
    copy.run("UPDATE checkpoint SET note = 'x' WHERE size = 3")
    assert copy.found() == (Finding.VERIFIED, None)
    copy.edit_with_its_hash(2)
    assert copy.found() == (Finding.TREE_CHANGED, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE leaf SET sealed = NULL WHERE position = 3",
        "UPDATE leaf SET sealed = zeroblob(length(sealed)) WHERE position = 3",
        "UPDATE leaf SET sealed = (SELECT sealed FROM leaf WHERE position = 5) WHERE position = 3",
    ],
)
async def test_a_changed_sealed_list_is_named(copy: Copy, statement: str) -> None:
    copy.run(statement)
    assert copy.found() == (Finding.LIST_CHANGED, 3)


async def test_a_number_of_subjects_that_the_list_does_not_hold_is_named(copy: Copy) -> None:
    copy.edit_with_its_hash(5, (b'"count":2', b'"count":3'))
    assert copy.found() == (Finding.LIST_CHANGED, 5)


async def test_a_sealed_list_put_beside_a_record_without_one_is_named(copy: Copy) -> None:
    copy.run("UPDATE leaf SET sealed = x'00' WHERE position = 4")
    assert copy.found() == (Finding.LIST_CHANGED, 4)


@pytest.mark.parametrize("statement", ["UPDATE operation SET document = 'x'", "DELETE FROM operation"])
async def test_a_changed_operation_is_named(
    log: Log, home: Path, record: MakeRecord, operation: tuple[str, str], statement: str
) -> None:
    await log.append(record(0))
    await log.append(replace(record(1), operation=operation[0]), operation=operation)
    copy = Copy(home, log.verifier_key, Keyring(home / "keys"))
    assert copy.found() == (Finding.VERIFIED, None)
    copy.run(statement)
    assert copy.found() == (Finding.OPERATION_CHANGED, 1)


async def test_receipts_swapped_between_records_are_named(copy: Copy) -> None:
    copy.run(
        "UPDATE leaf SET receipt = 'x' WHERE position = 3",
        "UPDATE leaf SET receipt = 'receipt-3' WHERE position = 8",
        "UPDATE leaf SET receipt = 'receipt-8' WHERE position = 3",
    )
    assert copy.found() == (Finding.RECEIPT_CHANGED, 3)


async def test_a_record_hidden_from_those_who_look_up_its_receipt_is_named(copy: Copy) -> None:
    copy.run(
        "DROP INDEX leaf_receipt",
        "CREATE INDEX leaf_receipt ON leaf (receipt) WHERE receipt <> 'receipt-8'",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_schema SET sql = 'CREATE INDEX leaf_receipt ON leaf (receipt)' "
        "WHERE name = 'leaf_receipt'",
    )
    with copy.store() as connection:
        assert connection.execute("SELECT 1 FROM leaf WHERE receipt = 'receipt-8'").fetchone() is None
    assert copy.found() == (Finding.RECEIPT_CHANGED, 8)


async def test_a_receipt_that_leads_to_another_record_is_refused(
    log: Log, home: Path, record: MakeRecord
) -> None:
    await log.append(record(0))
    await log.append(record(1))
    Copy(home, log.verifier_key, Keyring(home / "keys")).run(
        "UPDATE leaf SET receipt = 'receipt-1' WHERE position = 0",
        "UPDATE leaf SET receipt = 'receipt-0' WHERE position = 1",
    )
    with pytest.raises(LogForkedError):
        await log.find("receipt-0")


async def test_a_damaged_outside_checkpoint_is_found(copy: Copy) -> None:
    (copy.home / "audit.checkpoint").write_bytes(b"\xff\xfe")
    assert copy.found() == (Finding.OUTSIDE_CHECKPOINT_INVALID, None)


async def test_a_missing_or_broken_store_is_found(copy: Copy) -> None:
    (copy.home / "audit" / "log.db").write_bytes(b"not a store at all" * 500)
    assert copy.found() == (Finding.STORE_UNREADABLE, None)
    (copy.home / "audit" / "log.db").unlink()
    assert copy.found() == (Finding.STORE_UNREADABLE, None)


async def test_a_key_that_is_no_key_is_refused(copy: Copy) -> None:
    with pytest.raises(LogKeyChangedError):
        verify(copy.home / "audit", "not a key")


async def test_the_key_of_another_log_verifies_nothing(copy: Copy) -> None:
    other = note.signer(note.make_key()).verifier.text
    assert verify(copy.home / "audit", other).finding is Finding.OUTSIDE_CHECKPOINT_INVALID


async def test_verifying_changes_nothing(copy: Copy) -> None:
    before = (copy.home / "audit" / "log.db").read_bytes()
    verify(copy.home / "audit", copy.key)
    assert (copy.home / "audit" / "log.db").read_bytes() == before
    opened = open_folder(copy.home / "audit", copy.keyring)
    assert opened.head.frontier.size == SIZE
    opened.desk.store.close()
    opened.lock.release()
