"""The revisions make the tables that the stores speak of, and can be taken back."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from auth.proposals.store import PROPOSAL
from govgraph import migrations
from govgraph.database import Database, open_database, upgrade

METADATA = PROPOSAL.metadata

pytestmark = pytest.mark.anyio


def shape(connection: Connection) -> dict[str, dict[str, tuple[str, bool]]]:
    """Return the columns of every table: type and whether null is allowed."""
    found = inspect(connection)
    return {
        table: {
            column["name"]: (str(column["type"]), bool(column["nullable"]))
            for column in found.get_columns(table)
        }
        for table in found.get_table_names()
        if table in METADATA.tables
    }


def indexes(connection: Connection) -> set[str]:
    found = inspect(connection)
    return {str(index["name"]) for table in METADATA.tables for index in found.get_indexes(table)}


async def test_the_revisions_make_what_the_store_declares(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    async with database.read() as connection:
        migrated = await connection.run_sync(shape), await connection.run_sync(indexes)
    async with database.write() as connection:
        await connection.run_sync(METADATA.drop_all)
        await connection.run_sync(METADATA.create_all)
    async with database.read() as connection:
        declared = await connection.run_sync(shape), await connection.run_sync(indexes)
    assert migrated == declared
    assert set(declared[0]) == set(METADATA.tables)


async def test_every_revision_can_be_taken_back(database_url: str, tmp_path: Path) -> None:
    def back(connection: Connection) -> None:
        settings = Config()
        settings.set_main_option("script_location", str(Path(migrations.__path__[0])))
        settings.set_main_option("path_separator", "os")
        settings.attributes["connection"] = connection
        command.downgrade(settings, "base")

    opened = await open_database(database_url, tmp_path)
    async with opened.write() as connection:
        await connection.run_sync(upgrade)
        await connection.run_sync(back)
    async with opened.read() as connection:
        left = await connection.run_sync(lambda one: set(inspect(one).get_table_names()))
    await opened.aclose()
    assert left <= {"alembic_version"}
