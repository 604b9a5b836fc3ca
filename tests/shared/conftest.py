"""Both twins of the shared state, and replicas that share one Redis."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from govgraph.shared.address import connections
from govgraph.shared.memory import MemoryState
from govgraph.shared.redis import RedisState, Terms
from govgraph.shared.state import SharedState
from tests.servers.redis import Server

KEY = b"k" * 32


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
async def state(request: pytest.FixtureRequest) -> AsyncIterator[SharedState]:
    """A settled shared state; the test runs once in memory and once on Redis."""
    if request.param == "memory":
        yield MemoryState()
        return
    server: Server = request.getfixturevalue("redis_server")
    opened = RedisState(connections(server.url), KEY, Terms(settle=0.3))
    await opened.settle()
    yield opened
    await opened.aclose()


@pytest.fixture
async def replica(redis_server: Server) -> AsyncIterator[Callable[..., RedisState]]:
    """Make a replica's view of one Redis at each call; nothing of it has been asked yet."""
    async with AsyncExitStack() as stack:

        def make(key: bytes = KEY, local: int = 0, url: str = "") -> RedisState:
            opened = RedisState(connections(url or redis_server.url), key, Terms(local, settle=0.3))
            stack.push_async_callback(opened.aclose)
            return opened

        yield make
