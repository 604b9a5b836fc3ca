"""One of the processes of a platform: what it hears of the others, and what it does about it."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from audit.log import Log
from audit.record import SystemRecord
from auth.recent import Recent
from govgraph.clock import Clock, rfc3339
from govgraph.errors import GovGraphError
from govgraph.keyring import Keyring
from govgraph.settings import Settings
from govgraph.shared.address import check_address, connections
from govgraph.shared.memory import MemoryState
from govgraph.shared.redis import RedisState, Terms
from govgraph.shared.state import SharedState, SharedStateUnavailableError, Topic
from server.middleware import log_place

RECENT: Final = 1.0
"""Seconds that a change made by another replica may stay unseen; revocation has five."""
PULSE: Final = 1.0
"""Seconds after which a replica looks again for what an announcement may have been missed of."""


async def open_shared(settings: Settings, keyring: Keyring) -> SharedState:
    """Return the shared state, settled: in memory, or in Redis where one is named.

    A Redis that is away does not hold up the start. Raises `SettingsRefusedError` for an address that is
    none. Replicas meet where they hold the same keys.
    """
    key = keyring.secret("shared-state")  # made at the first start of all, so that copies of the keys have it
    if not settings.redis_url:
        return MemoryState()
    await check_address(settings.redis_url)
    shared = RedisState(connections(settings.redis_url), key, Terms(settings.local_quota))
    await shared.settle()
    return shared


def recent(shared: SharedState, topic: Topic, capacity: int = 10_000) -> Recent:
    """Return what remembers the answers of a store whose changes are announced by this topic."""
    return Recent(RECENT, capacity, lambda: shared.announce(topic), shared.certain)


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is done about each topic: the catalog is taken over, what is remembered of the rest forgotten."""

    catalog: Callable[[], Awaitable[None]]
    access: Callable[[], None]
    operations: Callable[[], None]


class Replica:
    """Hears what other replicas change, by announcement at once and by looking again every second.

    The catalog is taken over beside the hearing, for a store that hangs must not keep a replica from
    hearing. `answers` tells whether the shared state does; that it was lost and is back is recorded.
    """

    def __init__(self, shared: SharedState, hearing: Hearing, log: Log, clock: Clock) -> None:
        self._shared = shared
        self._catalog = hearing.catalog
        self._due = asyncio.Event()
        self._told: Mapping[Topic, Callable[[], None]] = {
            Topic.CATALOG: self._due.set,
            Topic.ACCESS: hearing.access,
            Topic.OPERATIONS: hearing.operations,
        }
        self._log = log
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []
        self.answers = True

    def start(self) -> None:
        """Begin to hear."""
        ways = (self._look(), self._listen(), self._take_over())
        self._tasks = [asyncio.create_task(way) for way in ways]

    async def aclose(self) -> None:
        """Hear no more. Called once, before what the hearers work on is let go of."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            try:
                changed = await self._shared.renew()
            except SharedStateUnavailableError:
                await self._turned(answers=False)
            else:
                await self._turned(answers=True)
                for topic in changed:
                    self._told[topic]()
            await asyncio.sleep(PULSE)

    async def _listen(self) -> None:
        while True:
            with suppress(SharedStateUnavailableError):  # `_look` tells of it, and hears what is missed here
                async for topic in self._shared.announcements():
                    self._told[topic]()
            await asyncio.sleep(PULSE)

    async def _take_over(self) -> None:
        while True:
            try:
                await self._catalog()
            except GovGraphError as error:
                logging.getLogger("govgraph").warning("catalog not read", extra={"code": error.code})
            except Exception as fault:  # noqa: BLE001 - the last net: a replica that stops looking is none
                log_place(fault, "catalog")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), PULSE)
            self._due.clear()

    async def _turned(self, *, answers: bool) -> None:
        if answers == self.answers:
            return
        self.answers = answers
        number, moment = secrets.token_hex(16), rfc3339(self._clock.now())
        lost = SystemRecord(number, moment, "shared.lost")
        record = SystemRecord(number, moment, "shared.resumed") if answers else lost
        try:
            await self._log.append(record)
        except GovGraphError as error:
            logging.getLogger("govgraph").warning("shared state", extra={"code": error.code})
