"""The demo city, generated once, and a world on it that each test may break."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from schema.catalog import Catalog
from tests.resolvers.market import Market
from tests.resolvers.world import CITY, Open, World, make, opened


@pytest.fixture(scope="session")
def city_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, str(CITY / "generate.py"), "--target", str(home / "sources")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return home


@pytest.fixture(scope="session")
async def city(city_home: Path, anyio_backend: str) -> AsyncIterator[Open]:
    async with opened(city_home) as city:
        yield city


@pytest.fixture
async def world(city: Open) -> World:
    return make(city)


@pytest.fixture(scope="session")
def market_catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return Market({}).catalog(tmp_path_factory.mktemp("market"))
