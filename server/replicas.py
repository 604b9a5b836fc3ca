"""One of the processes of a platform: what it hears of the others, and what it does about it."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

from audit.record import SystemRecord
from auth.recent import Recent
from auth.store import AuthStore
from govgraph.clock import Clock, rfc3339
from govgraph.digests import keyed_digest
from govgraph.errors import GovGraphError
from govgraph.keyring import Keyring
from govgraph.settings import Settings
from govgraph.shared.address import check_address, connections
from govgraph.shared.memory import MemoryState
from govgraph.shared.redis import RedisState, Terms
from govgraph.shared.state import SharedState, SharedStateUnavailableError, Topic
from resolvers.rooms import Recorder
from schema.operations.store import OperationStore
from server.middleware import log_place
from server.publishing import Publisher

RECENT: Final = 1.0
"""Seconds that a change made by another replica may stay unseen; revocation has five."""
PULSE: Final = 1.0
"""Seconds after which a replica looks again for what an announcement may have been missed of."""

Action = Callable[[], Awaitable[None]]


async def open_shared(settings: Settings, keyring: Keyring) -> SharedState:
    """Return the shared state, settled: in memory, or in Redis where one is named.

    A Redis that is away does not hold up the start. Raises `SettingsRefusedError` for an address that is
    none. Replicas meet where they hold the same keys.
    """
    if not settings.redis_url:
        return MemoryState()
    await check_address(settings.redis_url)
    key = keyed_digest(keyring.secret("sealing"), b"shared state")
    shared = RedisState(connections(settings.redis_url), key, Terms(settings.local_quota))
    await shared.settle()
    return shared


def recent(shared: SharedState, topic: Topic, capacity: int = 10_000) -> Recent:
    """Return what remembers the answers of a store whose changes are announced by this topic."""
    return Recent(RECENT, capacity, lambda: shared.announce(topic), shared.certain)


def actions(publisher: Publisher, auth: AuthStore, operations: OperationStore) -> Mapping[Topic, Action]:
    """Return what a replica does where another one announces a change."""

    async def forget_access() -> None:
        auth.recent.forget()

    async def forget_operations() -> None:
        operations.recent.forget()

    return {
        Topic.CATALOG: publisher.refresh,
        Topic.ACCESS: forget_access,
        Topic.OPERATIONS: forget_operations,
    }


class Replica:
    """Hears what other replicas change, by announcement at once and by looking again every second.

    `actions` say what is done about each topic. `answers` tells whether the shared state does; that it
    was lost and that it is back is recorded.
    """

    def __init__(
        self, shared: SharedState, actions: Mapping[Topic, Action], log: Recorder, clock: Clock
    ) -> None:
        self._shared = shared
        self._actions = actions
        self._log = log
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []
        self.answers = True

    def start(self) -> None:
        """Begin to hear."""
        self._tasks = [asyncio.create_task(self._look()), asyncio.create_task(self._listen())]

    async def aclose(self) -> None:
        """Hear no more. Called once, before what the actions work on is let go of."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(PULSE)

    async def look(self) -> None:
        """Do what is due: the store's catalog is looked at each time, the rest where it was announced."""
        changed: frozenset[Topic] = frozenset()
        try:
            changed = await self._shared.renew()
        except SharedStateUnavailableError:
            await self._turned(answers=False)
        else:
            await self._turned(answers=True)
        for topic in sorted(changed | {Topic.CATALOG}):
            await self._act(topic)

    async def _listen(self) -> None:
        while True:
            with suppress(SharedStateUnavailableError):  # `look` tells of it, and hears what is missed here
                async for topic in self._shared.announcements():
                    await self._act(topic)
            await asyncio.sleep(PULSE)

    async def _act(self, topic: Topic) -> None:
        try:
            await self._actions[topic]()
        except GovGraphError as error:
            logging.getLogger("govgraph").warning("change not taken over", extra={"code": error.code})
        except Exception as fault:  # noqa: BLE001 - the last net: a replica that hears no more is no replica
            log_place(fault, topic)

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
