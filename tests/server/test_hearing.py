"""A replica hears what others change, whatever fails on the way, and says when it hears nothing any more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from audit.record import SystemRecord
from govgraph.clock import system_clock
from govgraph.database import StoreUnavailableError
from govgraph.shared.memory import MemoryState
from govgraph.shared.state import SharedStateUnavailableError, Topic
from server.replicas import Hearing, Replica
from tests.server.serving import until

pytestmark = pytest.mark.anyio


class Shared(MemoryState):
    """A shared state that a test speaks through, and that it can take away."""

    def __init__(self) -> None:
        super().__init__()
        self.away = False
        self.missed: set[Topic] = set()
        self.say, self._said = anyio.create_memory_object_stream[Topic](10)

    async def renew(self) -> frozenset[Topic]:
        """Return what was missed."""
        if self.away:
            raise SharedStateUnavailableError("It is away")
        missed, self.missed = frozenset(self.missed), set()
        return missed

    async def announcements(self) -> AsyncIterator[Topic]:
        """Yield what the test says."""
        with self._said.clone() as said:
            async for topic in said:
                yield topic
        raise SharedStateUnavailableError("Nothing is said any more")

    def close(self) -> None:
        """Let go of the stream."""
        self.say.close()
        self._said.close()


@dataclass
class Heard:
    """What a replica did, its log among it; `failing` is raised by each look at the catalog."""

    told: list[str] = field(default_factory=list)
    failing: Exception | None = None

    async def catalog(self) -> None:
        """Look at the catalog."""
        self.told.append("catalog")
        if self.failing is not None:
            raise self.failing

    async def append(self, record: SystemRecord) -> int:
        """Keep the event of a record."""
        self.told.append(record.event)
        return 0

    def count(self, what: str) -> int:
        """Return how often something was done."""
        return self.told.count(what)

    async def done(self, what: str, times: int = 1) -> None:
        """Return once something was done so often."""

        async def often() -> bool:
            return self.count(what) >= times

        await until(often)


@asynccontextmanager
async def hearing() -> AsyncIterator[tuple[Shared, Heard, Replica]]:
    """Yield a replica that hears."""
    shared, heard = Shared(), Heard()
    actions = Hearing(
        heard.catalog, lambda: heard.told.append("access"), lambda: heard.told.append("operations")
    )
    log: Any = heard
    replica = Replica(shared, actions, log, system_clock())
    replica.start()
    try:
        yield shared, heard, replica
    finally:
        await replica.aclose()
        shared.close()


async def test_what_is_announced_is_done_and_what_was_missed_is_found() -> None:
    async with hearing() as (shared, heard, _):
        await shared.say.send(Topic.ACCESS)
        await heard.done("access")
        await shared.say.send(Topic.OPERATIONS)
        await heard.done("operations")
        shared.missed = {Topic.ACCESS}
        await heard.done("access", 2)
        assert heard.count("operations") == 1


async def test_a_catalog_that_cannot_be_read_is_looked_at_again() -> None:
    async with hearing() as (shared, heard, _):
        for failing in (StoreUnavailableError("It is away"), ValueError("a fault of our own"), None):
            heard.failing = failing
            seen = heard.count("catalog")
            await shared.say.send(Topic.CATALOG)
            await heard.done("catalog", seen + 1)


async def test_that_nothing_is_heard_any_more_is_recorded_once_and_that_it_is_again() -> None:
    async with hearing() as (shared, heard, replica):
        assert replica.answers
        shared.away = True
        await heard.done("shared.lost")
        assert not replica.answers
        await heard.done("catalog", heard.count("catalog") + 2)
        shared.away = False
        await heard.done("shared.resumed")
        assert replica.answers
    assert (heard.count("shared.lost"), heard.count("shared.resumed")) == (1, 1)
