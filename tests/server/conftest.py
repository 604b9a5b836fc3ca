"""What tests of this folder share: a running platform for all that only look at it, and a register."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.server.living import Living, living
from tests.server.registers import Register, on_mariadb, on_postgresql, on_sqlite


@pytest.fixture(scope="session")
async def platform(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Living]:
    """A platform over the small city, served over real HTTP."""
    async with living(tmp_path_factory.mktemp("home")) as started:
        yield started


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=pytest.mark.postgresql),
        pytest.param("mariadb", marks=pytest.mark.mariadb),
    ]
)
async def register(request: pytest.FixtureRequest, tmp_path: Path) -> Register:
    """The register on a real store of each kind; the file lies in the department's folder of `home`."""
    match request.param:
        case "postgresql":
            return await on_postgresql(request.getfixturevalue("new_postgresql_database")())
        case "mariadb":
            url = request.getfixturevalue("new_mariadb_database")()
            return await on_mariadb(url, request.getfixturevalue("mariadb_address"))
    return on_sqlite(tmp_path / "home")
