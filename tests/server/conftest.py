"""One running platform for all tests of this folder that only look at it."""

from collections.abc import AsyncIterator

import pytest

from tests.server.living import Living, living


@pytest.fixture(scope="session")
async def platform(tmp_path_factory: pytest.TempPathFactory, anyio_backend: str) -> AsyncIterator[Living]:
    """A platform over the small city, served over real HTTP."""
    async with living(tmp_path_factory.mktemp("home")) as started:
        yield started
