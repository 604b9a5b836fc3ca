"""The platform's own tables: one way to reach them, in SQLite or in PostgreSQL.

What lives here is the platform's configuration (catalog, clients, grants); no department's data.
"""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import anyio
from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from govgraph.errors import PlatformError, SettingsRefusedError

T = TypeVar("T")
FILE = "platform.db"
WRITES = "govgraph_writes"
PATIENCE = 3.0  # seconds that a request waits for the store, where it does not say that it is down
MIGRATION_LOCK = 0x676F7667  # any fixed number will do; it only has to be the same on every replica


class StoreUnavailableError(PlatformError):
    """The platform's own tables cannot be reached or refuse the statement."""

    code = "STORE_UNAVAILABLE"
    remedy = "Check that the store named by GOVGRAPH_DATABASE_URL runs and that `govgraph migrate` was run."


async def in_time(reading: Awaitable[T]) -> T:
    """Return what the store answers. Raises `StoreUnavailableError` where it takes longer than `PATIENCE`."""
    try:
        with anyio.fail_after(PATIENCE):
            return await reading
    except TimeoutError:
        raise StoreUnavailableError("The platform's own store did not answer in time") from None


@dataclass(frozen=True, slots=True)
class Database:
    """Connections to the platform's own tables. A driver's own message never leaves here."""

    engine: AsyncEngine

    @property
    def dialect(self) -> str:
        """Return `sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection whose statements see one state; nothing is kept of what they change."""
        with _rebuilding_errors():
            async with self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """Yield a connection in a transaction that commits at the end, or not at all.

        SQLite takes its one write lock at the start, so that what was read is still true at the commit.
        """
        with _rebuilding_errors():
            async with self.engine.execution_options(**{WRITES: True}).begin() as connection:
                yield connection

    async def aclose(self) -> None:
        """Let go of all connections. Called once, at the end."""
        await self.engine.dispose()


class _rebuilding_errors:  # noqa: N801 - reads as the phrase it stands for: `with _rebuilding_errors():`
    """Turns what a driver raises into our own error; an `IntegrityError` passes, stores know its meaning."""

    def __enter__(self) -> None:
        """Begin to watch."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        """Raise our own error in place of a driver's."""
        if isinstance(error, IntegrityError):
            return
        if isinstance(error, DBAPIError | PoolTimeoutError | ConnectionError | OSError):
            raise StoreUnavailableError("The platform's own store did not answer") from None


async def open_database(url: str, home: Path) -> Database:
    """Return the platform's store: `url`, or `platform.db` in the home folder where `url` is empty.

    Connections are opened when first needed; a store that is down shows at the first read.
    Raises `SettingsRefusedError` for an address that is neither SQLite nor PostgreSQL.
    """
    address = _address(url, home)
    if address.get_backend_name() == "postgresql":
        return Database(create_async_engine(address, pool_pre_ping=True, hide_parameters=True))
    if address.database and address.database != ":memory:":
        Path(address.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_async_engine(address, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _set_up_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return Database(engine)


async def migrate(url: str, home: Path) -> None:
    """Bring the store's tables to the newest revision; does nothing where they are.

    Replicas may call it at once: one works, the others wait for it.
    """
    database = await open_database(url, home)
    try:
        async with database.write() as connection:
            if database.dialect == "postgresql":
                await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            await connection.run_sync(upgrade)
    finally:
        await database.aclose()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run the revisions up to `revision` on an open connection."""
    # Alembic takes seconds to import, and only this function needs it.
    from alembic import command  # noqa: PLC0415

    command.upgrade(_migration_settings(connection), revision)


def _migration_settings(connection: Connection) -> Any:
    from alembic.config import Config  # noqa: PLC0415 - see `upgrade`

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def _address(url: str, home: Path) -> URL:
    try:
        address = make_url(url or f"sqlite:///{home / FILE}")
    except ArgumentError:
        raise _refused() from None
    backend = address.get_backend_name()
    if backend == "sqlite":
        return address.set(drivername="sqlite+aiosqlite")
    if backend != "postgresql":
        raise _refused()
    # asyncpg calls the setting `ssl`; every other tool, and so every operator, calls it `sslmode`.
    query = {("ssl" if name == "sslmode" else name): value for name, value in address.query.items()}
    return address.set(drivername="postgresql+asyncpg", query=query)


def _refused() -> SettingsRefusedError:
    return SettingsRefusedError(
        "The address of the platform's store is neither empty nor a PostgreSQL address",
        where="GOVGRAPH_DATABASE_URL",
        remedy="Leave it empty, or write postgresql://user:password@host:port/name.",
    )


def _set_up_sqlite(connection: Any, _: object) -> None:
    # The driver's own transactions begin late and never before a read; ours begin where we say.
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {setting}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
