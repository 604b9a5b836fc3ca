"""Secrets stand sealed: each in its own place, under a key that rotates while they are read."""

from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select, update

from govgraph.database import Database
from govgraph.keyring import Keyring
from govgraph.rotation import RotatingSealer
from govgraph.sealing import SealBrokenError
from schema.secrets.store import SECRET, SecretStore

pytestmark = pytest.mark.anyio
ONE, OTHER = "housing-fund/api-key", "medical-insurance/api-key"


@pytest.fixture
def seals(tmp_path: Path) -> RotatingSealer:
    return RotatingSealer(Keyring(tmp_path / "keys"), "sealing")


@pytest.fixture
def store(database: Database, seals: RotatingSealer) -> SecretStore:
    return SecretStore(database, seals)


async def sealed(database: Database) -> dict[tuple[str, int], bytes]:
    """Return every sealed value by reference and version."""
    async with database.read() as connection:
        rows = await connection.execute(select(SECRET))
        return {(row.reference, row.version): bytes(row.sealed) for row in rows}


async def put(database: Database, place: tuple[str, int], value: bytes) -> None:
    """Put bytes in the place of a sealed value."""
    here = (SECRET.c.reference == place[0]) & (SECRET.c.version == place[1])
    async with database.write() as connection:
        await connection.execute(update(SECRET).where(here).values(sealed=value))


@pytest.mark.parametrize("rotated", [False, True])
async def test_a_sealed_value_moved_to_another_department_or_version_is_refused(
    database: Database, store: SecretStore, seals: RotatingSealer, rotated: bool
) -> None:
    for reference, value in ((ONE, "first"), (ONE, "second"), (OTHER, "other")):
        await store.put(reference, value)
    if rotated:
        seals.rotate()
        await store.reseal()
    kept = await sealed(database)
    for moved in ((ONE, 1), (OTHER, 1)):
        await put(database, (ONE, 2), kept[moved])
        with pytest.raises(SealBrokenError):
            await store.get(ONE)
    await put(database, (ONE, 2), kept[ONE, 2])
    assert await store.get(ONE) == "second"


async def test_after_a_rotation_every_version_stands_under_the_fresh_key(
    database: Database, store: SecretStore, seals: RotatingSealer, tmp_path: Path
) -> None:
    await store.put(ONE, "first")
    await store.put(ONE, "second")
    before = await sealed(database)
    seals.rotate()
    assert await store.get(ONE) == "second"
    assert await store.reseal() == 2
    after = await sealed(database)
    assert not set(before.values()) & set(after.values())
    for kept in (tmp_path / "keys").glob("sealing.*.sealed"):
        kept.unlink()  # the old key is needed no more
    fresh = SecretStore(database, RotatingSealer(Keyring(tmp_path / "keys"), "sealing"))
    assert await fresh.get(ONE) == "second"


async def test_a_value_that_does_not_open_stops_the_sealing_of_all(
    database: Database, store: SecretStore, seals: RotatingSealer
) -> None:
    await store.put(ONE, "first")
    await store.put(OTHER, "other")
    await put(database, (OTHER, 1), b"broken")
    before = await sealed(database)
    seals.rotate()
    with pytest.raises(SealBrokenError):
        await store.reseal()
    assert await sealed(database) == before
    assert await store.get(ONE) == "first"


async def test_secrets_are_read_and_stored_while_keys_rotate(
    store: SecretStore, seals: RotatingSealer
) -> None:
    await store.put(ONE, "value-0")
    ended = anyio.Event()
    read: list[str] = []

    async def reading() -> None:
        while not ended.is_set():
            read.append(await store.get(ONE))
            await anyio.lowlevel.checkpoint()

    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(reading)
        for number in range(1, 6):
            seals.rotate()
            await store.put(ONE, f"value-{number}")
            await store.reseal()
        ended.set()
    assert await store.get(ONE) == "value-5"
    assert set(read) <= {f"value-{number}" for number in range(6)}


async def test_another_replica_reads_what_was_sealed_under_a_key_rotated_elsewhere(
    database: Database, store: SecretStore, seals: RotatingSealer, tmp_path: Path
) -> None:
    elsewhere = SecretStore(database, RotatingSealer(Keyring(tmp_path / "keys"), "sealing"))
    seals.rotate()
    await store.put(ONE, "value")
    assert await elsewhere.get(ONE) == "value"


@given(some.binary(max_size=40), some.text(max_size=20), some.integers(0, 3))
def test_what_was_sealed_opens_after_any_number_of_rotations_in_its_place_alone(
    tmp_path_factory: pytest.TempPathFactory, plain: bytes, context: str, times: int
) -> None:
    seals = RotatingSealer(Keyring(tmp_path_factory.mktemp("keys") / "keys"), "sealing")
    kept = seals.seal(plain, context)
    for _ in range(times):
        seals.rotate()
    assert seals.open(kept, context) == plain
    with pytest.raises(SealBrokenError):
        seals.open(kept, context + "x")
