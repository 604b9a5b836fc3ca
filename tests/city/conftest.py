"""The demo city as `make demo` makes it, generated once for all tests of this room, and its catalog."""

import subprocess
import sys
from pathlib import Path

import pytest

from schema.assemble import check_manifests
from schema.catalog import Catalog
from tests.city.reading import CITY


def generate(target: Path, *arguments: str) -> Path:
    subprocess.run(
        [sys.executable, str(CITY / "generate.py"), "--target", str(target), *arguments],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return target


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="session")
def same_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("same-city"), "--scale", "S", "--today", "2026-06-30")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return check_manifests(sorted((CITY / "catalog").glob("*.yaml")))
