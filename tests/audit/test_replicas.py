"""Replicas on one PostgreSQL: one tree, whoever signs it, and whoever of them dies."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import anyio
import asyncpg
import pytest

from audit import checkpoint, note
from audit.backup import back_up
from audit.errors import (
    LogBehindCheckpointError,
    LogKeyChangedError,
    LogPoisonedError,
    LogRoleRefusedError,
    LogTablesMissingError,
    LogUnreachableError,
)
from audit.log import Log, open_log
from audit.postgresql.tables import roles_text
from audit.record import AccessRecord, SubjectList
from govgraph.clock import Clock
from govgraph.keyring import Keyring
from tests.audit.replicas import keeping_in, leaves

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]
MakeRecord = Callable[[int], AccessRecord]
NewDatabase = Callable[[], str]


@pytest.fixture
def url(new_postgresql_database: NewDatabase) -> str:
    return new_postgresql_database()


@pytest.fixture
async def two(tmp_path: Path, keyring: Keyring, clock: Clock, url: str) -> AsyncIterator[tuple[Log, Log]]:
    """Two replicas with the same keys and homes of their own."""
    async with AsyncExitStack() as stack:
        logs = []
        for name in ("one", "two"):
            log = await open_log(tmp_path / name / "audit", keyring, clock, keeping_in(url))
            stack.push_async_callback(log.aclose)
            logs.append(log)
        yield logs[0], logs[1]


async def until(condition: Callable[[], bool]) -> None:
    """Return once it is so."""
    with anyio.fail_after(30):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another thread or process
            await anyio.sleep(0.01)


async def run(url: str, statement: str, *values: object) -> str:
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.execute(statement, *values))
    finally:
        await connection.close()


async def test_two_replicas_write_one_tree_without_a_gap(two: tuple[Log, Log], record: MakeRecord) -> None:
    positions: dict[int, int] = {}

    async def one(number: int) -> None:
        positions[number] = await two[number % 2].append(record(number), SubjectList((f"{number}",)))

    async with anyio.create_task_group() as tasks:
        for number in range(400):
            tasks.start_soon(one, number)
    assert sorted(positions.values()) == list(range(400))
    for log in two:
        await until(lambda log=log: log.size == 400)
        found = {position: receipt for position, receipt, _ in await leaves(log)}
        assert found == {position: f"receipt-{number}" for number, position in positions.items()}
        assert await log.find("receipt-399") is not None
    assert two[0].checkpoint() == two[1].checkpoint()


async def test_a_record_is_acknowledged_under_a_checkpoint_that_the_replica_keeps_outside(
    two: tuple[Log, Log], record: MakeRecord, tmp_path: Path
) -> None:
    for number in range(6):
        log, home = two[number % 2], tmp_path / ("one", "two")[number % 2]
        position = await log.append(record(number))
        kept = (home / "audit.checkpoint").read_text()
        assert checkpoint.read(kept, note.read_verifier(log.verifier_key)).size > position


async def test_another_replica_signs_when_the_sequencer_leaves(
    two: tuple[Log, Log], record: MakeRecord, tmp_path: Path
) -> None:
    assert await two[0].append(record(0)) == 0
    await two[0].aclose()
    assert await two[1].append(record(1)) == 1
    assert (await back_up(two[1], tmp_path / "copy")).size == 2


async def test_a_sequencer_whose_connection_is_cut_forks_nothing(
    two: tuple[Log, Log], record: MakeRecord, url: str, tmp_path: Path
) -> None:
    """Every connection of every replica is cut, again and again, while both write."""
    acknowledged: dict[int, str] = {}
    finished = False

    async def one(caller: int) -> None:
        number = caller
        while not finished:
            given = record(number)
            try:
                acknowledged[await two[caller % 2].append(given)] = given.receipt
            except LogUnreachableError:
                await anyio.sleep(0.01)
            number += 8

    async with anyio.create_task_group() as tasks:
        for caller in range(8):
            tasks.start_soon(one, caller)
        for _ in range(5):
            wanted = len(acknowledged) + 20
            await until(lambda wanted=wanted: len(acknowledged) >= wanted)
            await run(
                url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'govgraph log' AND datname = current_database()",
            )
        finished = True
    found = {position: receipt for position, receipt, _ in await leaves(two[0])}
    assert acknowledged.items() <= found.items()
    assert (await back_up(two[0], tmp_path / "copy")).ok


async def test_a_store_behind_the_checkpoint_of_a_replica_does_not_start(
    *, tmp_path: Path, keyring: Keyring, clock: Clock, url: str, record: MakeRecord
) -> None:
    log = await open_log(tmp_path / "one" / "audit", keyring, clock, keeping_in(url))
    for number in range(3):
        await log.append(record(number))
    await log.aclose()
    await run(url, "DELETE FROM govgraph_log.checkpoint WHERE size = 3")
    await run(url, "DELETE FROM govgraph_log.leaf_hash WHERE position = 2")
    with pytest.raises(LogBehindCheckpointError) as refusal:
        await open_log(tmp_path / "one" / "audit", keyring, clock, keeping_in(url))
    assert refusal.value.where == "record 2"
    assert "govgraph audit verify" in refusal.value.text


async def test_a_store_that_is_rolled_back_under_a_running_replica_poisons_it(
    two: tuple[Log, Log], record: MakeRecord, url: str
) -> None:
    for number in range(3):
        await two[0].append(record(number))
    await until(lambda: two[1].size == 3)
    await two[0].aclose()
    await run(url, "DELETE FROM govgraph_log.checkpoint WHERE size > 1")
    await until(lambda: not two[1].writable)
    with pytest.raises(LogPoisonedError):
        await two[1].append(record(3))


async def test_a_tree_signed_over_other_leaves_is_believed_by_no_replica(
    two: tuple[Log, Log], record: MakeRecord, url: str
) -> None:
    """Whoever holds the key and the store signs something else: the next replica to look sees it."""
    await two[0].append(record(0))
    await until(lambda: two[1].size == 1)
    await two[0].aclose()
    await run(url, "UPDATE govgraph_log.leaf_hash SET hash = $1 WHERE position = 0", b"x" * 32)
    signer = two[1].opened.desk.signer
    forged = checkpoint.sign(2, b"y" * 32, signer)
    await run(url, "INSERT INTO govgraph_log.checkpoint VALUES (2, $1, $2, '{}', '{}')", forged, b"y" * 32)
    await until(lambda: not two[1].writable)
    with pytest.raises(LogPoisonedError):
        await two[1].append(record(1))


async def test_a_replica_with_another_key_does_not_start(
    two: tuple[Log, Log], tmp_path: Path, clock: Clock, url: str
) -> None:
    with pytest.raises(LogKeyChangedError):
        await open_log(tmp_path / "three" / "audit", Keyring(tmp_path / "other"), clock, keeping_in(url))


async def test_the_roles_let_a_replica_insert_and_nothing_else(
    *, tmp_path: Path, keyring: Keyring, clock: Clock, url: str, record: MakeRecord
) -> None:
    await run(url, roles_text())
    await run(url, roles_text())
    logins = {}
    for role in ("writer", "sequencer"):
        name = f"{role}_{os.urandom(4).hex()}"
        await run(url, f"CREATE ROLE {name} LOGIN IN ROLE govgraph_log_{role}")
        logins[role] = url.replace("postgres:@", f"{name}@")
    with pytest.raises(LogRoleRefusedError):
        await open_log(tmp_path / "two" / "audit", keyring, clock, keeping_in(logins["writer"]))
    keeping = keeping_in(logins["writer"], logins["sequencer"])
    signing = await open_log(tmp_path / "one" / "audit", keyring, clock, keeping)
    inserting = await open_log(tmp_path / "two" / "audit", keyring, clock, keeping_in(logins["writer"]))
    assert [await log.append(record(at)) for at, log in enumerate((inserting, signing))] == [0, 1]
    await inserting.aclose()
    await signing.aclose()
    refused = {
        "writer": (
            "DELETE FROM incoming",
            "SELECT leaves FROM incoming",
            "INSERT INTO leaf_hash VALUES (9, '')",
        ),
        "sequencer": (
            "DELETE FROM leaf",
            "UPDATE leaf_hash SET hash = ''",
            "DELETE FROM checkpoint",
            "UPDATE checkpoint SET note = ''",
            "TRUNCATE leaf",
        ),
    }
    for role, statements in refused.items():
        for statement in statements:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await run(logins[role], f"SET search_path = govgraph_log; {statement}")


async def test_a_database_without_tables_names_the_command_that_makes_them(
    *, tmp_path: Path, keyring: Keyring, clock: Clock, url: str
) -> None:
    name = f"stranger_{os.urandom(4).hex()}"
    await run(url, f"CREATE ROLE {name} LOGIN")
    with pytest.raises(LogTablesMissingError) as refusal:
        await open_log(
            tmp_path / "one" / "audit", keyring, clock, keeping_in(url.replace("postgres:@", f"{name}@"))
        )
    assert "govgraph audit roles" in refusal.value.text


async def test_a_database_that_does_not_answer_is_told_without_its_address(
    tmp_path: Path, keyring: Keyring, clock: Clock
) -> None:
    keeping = keeping_in("postgresql://somebody:secret@127.0.0.1:1/none")
    with pytest.raises(LogUnreachableError) as refusal:
        await open_log(tmp_path / "one" / "audit", keyring, clock, keeping)
    assert "GOVGRAPH_LOG_URL" in refusal.value.text
    assert "127.0.0.1" not in refusal.value.text
    assert "secret" not in refusal.value.text
