"""The platform's own tables, on SQLite and on PostgreSQL."""

from pathlib import Path

import anyio
import pytest
from sqlalchemy import text

from govgraph.database import Database, StoreUnavailableError, migrate, open_database
from govgraph.errors import SettingsRefusedError

pytestmark = pytest.mark.anyio


async def test_migration_from_empty_makes_the_tables(database: Database) -> None:
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM client"))).scalar() == 0


async def test_migrating_twice_and_side_by_side_changes_nothing(database_url: str, tmp_path: Path) -> None:
    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(migrate, database_url, tmp_path)
    opened = await open_database(database_url, tmp_path)
    async with opened.read() as connection:
        revisions = (await connection.execute(text("SELECT version_num FROM alembic_version"))).all()
    await opened.aclose()
    assert len(revisions) == 1


async def test_a_failed_write_leaves_nothing_behind(database: Database) -> None:
    async def break_off() -> None:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO revoked_token VALUES ('one', 1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await break_off()
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM revoked_token"))).scalar() == 0


async def test_writers_wait_for_each_other_and_lose_no_count(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("INSERT INTO revoked_token VALUES ('one', 0)"))

    async def add_one() -> None:
        async with database.write() as connection:
            lock = " FOR UPDATE" if database.dialect == "postgresql" else ""
            query = text(f"SELECT expires_at FROM revoked_token WHERE jti = 'one'{lock}")
            seen = (await connection.execute(query)).scalar_one()
            await anyio.lowlevel.checkpoint()
            await connection.execute(text("UPDATE revoked_token SET expires_at = :new"), {"new": seen + 1})

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(add_one)
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT expires_at FROM revoked_token"))).scalar() == 8


async def test_a_driver_message_never_leaves(database: Database) -> None:
    with pytest.raises(StoreUnavailableError) as caught:
        async with database.read() as connection:
            await connection.execute(
                text("SELECT nothing_here FROM nowhere WHERE 1 = :secret"), {"secret": 7}
            )
    assert "nowhere" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_a_store_that_is_down_gives_the_coded_error(tmp_path: Path) -> None:
    opened = await open_database("postgresql://nobody:secret@127.0.0.1:1/none", tmp_path)
    with pytest.raises(StoreUnavailableError) as caught:
        async with opened.read():
            pass
    await opened.aclose()
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://user:secret@host/name", "not an address"])
async def test_another_kind_of_store_is_refused_without_echo(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsRefusedError) as caught:
        await open_database(url, tmp_path)
    assert url not in str(caught.value)


async def test_the_default_store_is_a_file_in_the_home_folder_with_wal(tmp_path: Path) -> None:
    home = tmp_path / "home"
    await migrate("", home)
    opened = await open_database("", home)
    async with opened.read() as connection:
        mode = (await connection.execute(text("PRAGMA journal_mode"))).scalar()
    await opened.aclose()
    assert mode == "wal"
    assert (home / "platform.db").is_file()
