"""A department of each kind, for tests that spoil its answers."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.faults.sources import Department, http_department, mariadb_department, postgresql_department

KINDS = (
    "rest",
    pytest.param("postgresql", marks=pytest.mark.postgresql),
    pytest.param("mariadb", marks=pytest.mark.mariadb),
)


@pytest.fixture(params=KINDS)
async def department(request: pytest.FixtureRequest) -> AsyncIterator[Department]:
    """A department; the test runs once for each kind of source."""
    if request.param == "rest":
        async with http_department() as made:
            yield made
        return
    new: Callable[[], str] = request.getfixturevalue(f"new_{request.param}_database")
    if request.param == "postgresql":
        async with postgresql_department(new()) as made:
            yield made
        return
    address: Any = request.getfixturevalue("mariadb_address")
    async with mariadb_department(new(), address) as made:
        yield made
