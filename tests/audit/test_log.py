"""The log: durable before it is acknowledged, in order, in few transactions, and silent about persons."""

import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest

from audit import checkpoint, note
from audit.backup import back_up
from audit.embedded import EmbeddedStore, write
from audit.entry import opened
from audit.errors import LogClosedError, LogLockedError, RecordInvalidError, RecordTooLargeError
from audit.log import Log, open_log
from audit.opening import Keeping, open_folder
from audit.record import AccessRecord, ManagementRecord, Outcome, SubjectList, SystemRecord
from audit.tree import leaf_hash, root
from audit.verify import verify
from audit.writer import SHORT
from govgraph.clock import Clock
from govgraph.keyring import Keyring
from tests.audit.replicas import leaves

pytestmark = pytest.mark.anyio
MakeRecord = Callable[[int], AccessRecord]
PERSON = "330799199003071013"


async def test_an_append_returns_its_position_and_the_record_is_on_the_disk(
    log: Log, home: Path, record: MakeRecord
) -> None:
    assert [await log.append(record(number)) for number in range(3)] == [0, 1, 2]
    assert [(row[0], row[1]) for row in await leaves(log)] == [
        (0, "receipt-0"),
        (1, "receipt-1"),
        (2, "receipt-2"),
    ]


async def test_every_acknowledged_record_is_covered_by_the_signed_checkpoint(
    log: Log, home: Path, record: MakeRecord
) -> None:
    verifier = note.read_verifier(log.verifier_key)
    for number in range(5):
        position = await log.append(record(number))
        signed = checkpoint.read(log.checkpoint(), verifier)
        assert signed.size == position + 1
        assert signed.root == root([leaf_hash(row[2]) for row in await leaves(log)])
        assert (home / "audit.checkpoint").read_text() == log.checkpoint()


async def test_a_new_log_has_a_signed_empty_tree_and_shows_its_key(log: Log, home: Path) -> None:
    assert log.is_new
    assert (home / "audit.vkey").read_text() == f"{log.verifier_key}\n"
    assert checkpoint.read(log.checkpoint(), note.read_verifier(log.verifier_key)).size == 0


async def test_many_appends_share_transactions_and_keep_their_order(
    home: Path, keyring: Keyring, record: MakeRecord
) -> None:
    commits = 0

    def counted(connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> None:
        nonlocal commits
        commits += 1
        write(connection, statement, values)

    log = Log(open_folder(home / "audit", keyring, Keeping(lambda folder: EmbeddedStore(folder, counted))))
    positions: dict[int, int] = {}

    async def one(number: int) -> None:
        positions[number] = await log.append(record(number), SubjectList((f"{number}",)))

    async with anyio.create_task_group() as tasks:
        for number in range(1000):
            tasks.start_soon(one, number)
    assert [row[1] for row in await leaves(log)] == [f"receipt-{number}" for number in range(1000)]
    await log.aclose()
    assert positions == {number: number for number in range(1000)}
    assert commits < 100
    assert verify(home / "audit", log.verifier_key).ok


async def test_records_about_few_and_about_many_persons_keep_their_order_and_lists(
    embedded_log: Log, record: MakeRecord
) -> None:
    counts = [0, SHORT + 1, 1, 3 * SHORT, SHORT, 2]

    async def one(number: int) -> None:
        persons = tuple(f"p{person}" for person in range(counts[number]))
        assert await embedded_log.append(record(number), SubjectList(persons)) == number

    async with anyio.create_task_group() as tasks:
        for number in range(len(counts)):
            tasks.start_soon(one, number)
    seal = embedded_log.opened.desk.seal
    found = [len(opened(row, seal).digests.subjects) for row in await embedded_log.range(0, len(counts))]
    assert found == counts


async def test_a_restart_continues_the_tree(
    *, home: Path, keyring: Keyring, clock: Clock, record: MakeRecord, keeping: Keeping
) -> None:
    for start in range(0, 12, 3):
        log = await open_log(home / "audit", keyring, clock, keeping)
        assert log.is_new == (start == 0)
        assert [await log.append(record(start + number)) for number in range(3)] == [*range(start, start + 3)]
        result = await back_up(log, home / f"backup-{start}")
        assert (result.ok, result.size) == (True, start + 3)
        await log.aclose()


async def test_a_receipt_is_found_with_its_position_and_operation(
    log: Log, record: MakeRecord, operation: tuple[str, str]
) -> None:
    await log.append(record(0))
    await log.append(replace(record(1), operation=operation[0]), operation=operation)
    found = await log.find("receipt-1")
    assert found is not None
    assert (found["index"], found["subject_total"], found["document"]) == (1, 3, operation[1])
    assert "document" not in (await log.find("receipt-0") or {})
    assert await log.find("receipt-2") is None


async def test_the_last_record_of_a_receipt_is_the_one_found(log: Log) -> None:
    for phase in ("intent", "outcome"):
        await log.append(ManagementRecord("r", "t", "q", "grant.put", phase, Outcome.ANSWERED))
    assert (await log.find("r") or {})["phase"] == "outcome"


async def test_an_operation_is_kept_once(
    *,
    home: Path,
    keyring: Keyring,
    clock: Clock,
    record: MakeRecord,
    operation: tuple[str, str],
    keeping: Keeping,
) -> None:
    log = await open_log(home / "audit", keyring, clock, keeping)
    for number in range(3):
        await log.append(replace(record(number), operation=operation[0]), operation=operation)
    await log.aclose()
    again = await open_log(home / "audit", keyring, clock, keeping)
    await again.append(replace(record(3), operation=operation[0]), operation=operation)
    await back_up(again, home / "backup")
    await again.aclose()
    connection = sqlite3.connect(home / "backup" / "audit" / "log.db")
    assert connection.execute("SELECT * FROM operation").fetchall() == [operation]
    connection.close()


async def test_an_operation_under_a_hash_of_another_is_refused(
    log: Log, record: MakeRecord, operation: tuple[str, str]
) -> None:
    named = replace(record(0), operation=operation[0])
    for handed_over in (None, (operation[0], "query { other }"), ("0" * 64, operation[1])):
        with pytest.raises(RecordInvalidError):
            await log.append(named, operation=handed_over)
    with pytest.raises(RecordInvalidError):
        await log.append(record(1), operation=operation)


async def test_no_identity_lies_in_clear_on_the_disk(
    embedded_log: Log, home: Path, record: MakeRecord
) -> None:
    log = embedded_log
    people = tuple(f"3307991990030710{number:02}" for number in range(40))
    for number in range(20):
        await log.append(record(number), SubjectList(people, (PERSON,)))
    digests = [log.opened.desk.seal.digest_of(person) for person in (*people, PERSON)]

    def leaked() -> set[str]:
        files = [path for path in home.rglob("*") if path.is_file() and path.parent.name != "keys"]
        assert any(path.stat().st_size > 20_000 for path in files)
        content = b"".join(path.read_bytes() for path in files)
        clear = {person for person in (*people, PERSON) if person.encode() in content}
        return clear | {item.hex() for item in digests if item in content or item.hex().encode() in content}

    assert leaked() == set()
    await log.aclose()
    assert leaked() == set()


async def test_one_bad_record_does_not_keep_the_others_of_its_batch_out(log: Log, record: MakeRecord) -> None:
    outcomes: dict[int, object] = {}

    async def one(number: int, given: AccessRecord) -> None:
        try:
            outcomes[number] = await log.append(given)
        except (RecordInvalidError, RecordTooLargeError) as refusal:
            outcomes[number] = refusal.code

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one, 0, record(0))
        tasks.start_soon(one, 1, replace(record(1), receipt="x" * 70_000))
        tasks.start_soon(one, 2, replace(record(2), rows={"Person": 2**60}))
        tasks.start_soon(one, 3, record(3))
    assert outcomes == {0: 0, 1: "RECORD_TOO_LARGE", 2: "RECORD_INVALID", 3: 1}


async def test_subjects_that_are_no_text_are_refused_and_the_log_goes_on(
    log: Log, record: MakeRecord
) -> None:
    with pytest.raises(RecordInvalidError):
        await log.append(record(0), SubjectList((None,)))  # type: ignore[arg-type]
    assert await log.append(record(1)) == 0


async def test_a_caller_that_leaves_keeps_its_record(log: Log, record: MakeRecord) -> None:
    with anyio.CancelScope() as scope:
        scope.cancel()
        await log.append(record(0))
    assert await log.append(record(1)) == 1
    assert await log.find("receipt-0") is not None


async def test_a_second_server_on_the_same_home_is_refused(
    log: Log, home: Path, keyring: Keyring, clock: Clock
) -> None:
    with pytest.raises(LogLockedError) as refusal:
        await open_log(home / "audit", keyring, clock)
    assert refusal.value.code == "LOG_LOCKED"
    assert "GOVGRAPH_HOME" in refusal.value.text
    await log.aclose()
    await (await open_log(home / "audit", keyring, clock)).aclose()


async def test_closing_writes_what_was_handed_over_and_refuses_what_comes_later(
    log: Log, home: Path, record: MakeRecord
) -> None:
    done: list[int] = []

    async def one(number: int) -> None:
        done.append(await log.append(record(number)))

    async with anyio.create_task_group() as tasks:
        for number in range(50):
            tasks.start_soon(one, number)
        await anyio.lowlevel.checkpoint()
        await log.aclose()
    assert sorted(done) == list(range(50))
    assert log.size == 50
    assert not log.writable
    with pytest.raises(LogClosedError):
        await log.append(record(50))
    await log.aclose()


async def test_files_of_the_log_are_closed_to_others(log: Log, home: Path, record: MakeRecord) -> None:
    await log.append(record(0))
    assert (home / "audit").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in (home / "audit").iterdir()} == {0}


async def test_a_system_record_is_a_leaf_like_any_other(log: Log) -> None:
    await log.append(SystemRecord("s1", "2026-06-30T00:00:00.000000Z", "server.started"))
    assert json.loads((await leaves(log))[0][2])["kind"] == "system"


async def test_a_range_of_records_comes_with_their_sealed_lists(log: Log, record: MakeRecord) -> None:
    for number in range(4):
        await log.append(record(number), SubjectList((PERSON,)) if number % 2 else SubjectList())
    found = await log.range(1, 2)
    assert [(row.position, row.receipt) for row in found] == [(1, "receipt-1"), (2, "receipt-2")]
    assert [row.sealed is not None for row in found] == [True, False]
    assert len(await log.range(3, 10)) == 1
