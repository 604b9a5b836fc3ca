"""The shared state of several replicas, in Redis; where that is lost, counts close and the cache opens."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from secrets import token_hex
from time import monotonic
from typing import Any, Final, TypeAlias

import anyio
from redis.asyncio import Redis
from redis.exceptions import RedisError

from govgraph.digests import KeyedDigests, keyed_digest
from govgraph.errors import GovGraphError
from govgraph.sealing import Sealer
from govgraph.shared import scripts
from govgraph.shared.counts import KEPT, Counts
from govgraph.shared.gathering import Gathering
from govgraph.shared.state import SharedStateUnavailableError, Topic

TRUST: Final = 3.0
"""Seconds that a replica which Redis stopped answering may still believe that it heard of every change."""
SETTLE: Final = 3.0
"""Seconds that nothing is counted after Redis was found empty: each replica tells what it knows meanwhile."""
Charge: TypeAlias = tuple[str, int, int]
"""The name of a count, what to add, the most it may be."""
FAILURES: Final = (RedisError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Names:
    """Names in Redis: those of one platform together, and none that says what it stands for."""

    space: str
    digests: KeyedDigests

    @property
    def life(self) -> str:
        """Return the name of the mark that an emptied Redis lacks."""
        return f"{self.space}:life"

    @property
    def settling(self) -> str:
        """Return the name of the mark that stands while nothing is counted."""
        return f"{self.space}:settling"

    @property
    def channel(self) -> str:
        """Return the name of the channel that announcements go through."""
        return f"{self.space}:announcements"

    def counter(self, topic: Topic) -> str:
        """Return the name of a topic's counter."""
        return f"{self.space}:changes:{topic}"

    def count(self, name: str) -> str:
        """Return the name of a count."""
        return f"{self.space}:count:{self.digests.of(name.encode()).hex()}"

    def entry(self, name: str) -> str:
        """Return the name of what the cache remembers."""
        return f"{self.space}:entry:{self.digests.of(name.encode()).hex()}"


def names(key: bytes) -> Names:
    """Return the names that replicas which hold the same key share; the braces keep them in one slot."""
    space = keyed_digest(key, b"space").hex()[:16]
    return Names(f"govgraph:{{{space}}}", KeyedDigests(keyed_digest(key, b"names")))


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds while Redis is away or was emptied.

    While it is away, a replica gives `local` percent of a count's `most` by itself, none by default;
    what it gave is added to the count once Redis is back. Emptied, it counts nothing for `settle` seconds.
    """

    local: int = 0
    settle: float = SETTLE
    now: Callable[[], float] = monotonic


class RedisState:
    """What the replicas that hold one key know together."""

    def __init__(self, client: Redis, key: bytes, terms: Terms) -> None:
        self._client = client
        self._names = names(key)
        self._sealer = Sealer(keyed_digest(key, b"cache"))
        self._terms = terms
        self._now = terms.now
        self._life = ""
        self._up = False
        self._heard = -TRUST
        self._settled = False
        self._counters: Mapping[Topic, int] = dict.fromkeys(Topic, 0)
        self._known = Counts(terms.now)
        self._given = Counts(terms.now)
        self._untold: set[Topic] = set()
        self._gathered: Gathering[Charge, tuple[bool, int]] = Gathering(self._charged)
        self._join = client.register_script(scripts.JOIN)
        self._charge = client.register_script(scripts.CHARGE)
        self._lift = client.register_script(scripts.LIFT)
        self._announce = client.register_script(scripts.ANNOUNCE)

    async def charge(self, name: str, amount: int, most: int) -> bool:
        """Add to a count and return True; False and nothing added where it would go beyond `most`.

        Raises `SHARED_STATE_UNAVAILABLE` where Redis does not answer and nothing may be given locally.
        """
        if self._up:
            try:
                fits, count = await self._gathered.one((name, amount, most))
            except SharedStateUnavailableError:
                return self._charged_here(name, amount, most)
            self._known.lift(name, count)
            return fits
        return self._charged_here(name, amount, most)

    async def _charged(self, charges: Sequence[Charge]) -> Sequence[tuple[bool, int]]:
        """Return of each whether it fits, and the count; nothing where counts cannot be trusted."""
        keys = [self._names.life, self._names.settling, *(self._names.count(name) for name, _, _ in charges)]
        given: list[str | int] = [self._life, KEPT]
        for name, amount, most in charges:
            given += [self._known.get(name), amount, most]
        told = await self._asked(self._charge(keys, given))
        return [(bool(fits), count) for fits, count in zip(told[::2], told[1::2], strict=True)]

    def _charged_here(self, name: str, amount: int, most: int) -> bool:
        if not self._terms.local:
            raise SharedStateUnavailableError("Look-ups cannot be counted: the shared state does not answer")
        given = self._given.get(name) + amount
        if given > most * self._terms.local // 100 or self._known.get(name) + given > most:
            return False
        self._given.add(name, amount)
        return True

    async def announce(self, topic: Topic) -> None:
        """Tell every replica, this one too; what could not be told is told by a later `renew`."""
        self._untold.add(topic)
        if self._up:
            try:
                await self._tell()
            except SharedStateUnavailableError:
                logging.getLogger("govgraph").warning("announcement waits")

    async def _tell(self) -> None:
        for topic in sorted(self._untold):
            keys = [self._names.counter(topic)]
            await self._asked(self._announce(keys, [self._names.channel, topic.value]))
            self._untold.discard(topic)

    async def announcements(self) -> AsyncIterator[Topic]:
        """Yield what replicas announce. Raises `SHARED_STATE_UNAVAILABLE` once the connection is lost."""
        try:
            async with aclosing(self._client.pubsub(ignore_subscribe_messages=True)) as listening:
                await listening.subscribe(self._names.channel)
                while True:
                    message = await listening.get_message(timeout=1.0)
                    if message is not None:
                        yield self._heard_of(message["data"].decode())
        except (*FAILURES, ValueError):
            raise SharedStateUnavailableError("Announcements are not heard") from None

    def _heard_of(self, message: str) -> Topic:
        """Return the topic of an announcement, which the next renewal need not tell again."""
        topic, _, count = message.partition(" ")
        self._counters = {**self._counters, Topic(topic): int(count)}
        return Topic(topic)

    async def settle(self) -> None:
        """Return once what is counted can be trusted, or once Redis does not answer."""
        with anyio.move_on_after(2 * self._terms.settle), suppress(SharedStateUnavailableError):
            await self._joined()
            while not self._settled:
                await anyio.sleep(0.1)
                await self._joined()

    async def renew(self) -> frozenset[Topic]:
        """Return what changed since the last call; everything where Redis was emptied.

        Tells what waits to be told. Raises `SHARED_STATE_UNAVAILABLE`.
        """
        changed = await self._joined()
        await self._tell()
        return changed

    async def _joined(self) -> frozenset[Topic]:
        began = self._now()
        keys = [self._names.life, self._names.settling, *(self._names.counter(topic) for topic in Topic)]
        told = await self._asked(self._join(keys, [token_hex(16), int(self._terms.settle * 1000)]))
        self._up = True
        life, settling = told[0].decode(), bool(told[1])
        counters = dict(zip(Topic, map(int, told[2:]), strict=True))
        emptied = life != self._life
        if emptied or any(self._given):
            await self._retell()
        before, self._counters = self._counters, counters
        self._life, self._settled, self._heard = life, not settling, began
        return frozenset(topic for topic in Topic if emptied or counters[topic] != before[topic])

    async def _retell(self) -> None:
        """Tell Redis what it has forgotten, and what was given without it."""
        for name in {name for counts in (self._known, self._given) for name, _ in counts}:
            given = self._given.take(name)
            least = [self._known.get(name), given, KEPT]
            try:
                self._known.lift(name, int(await self._asked(self._lift([self._names.count(name)], least))))
            except SharedStateUnavailableError:
                self._given.add(name, given)
                raise

    def certain(self) -> bool:
        """Return whether a change made by another replica would have been heard of."""
        return self._now() - self._heard < TRUST

    async def recall(self, name: str) -> bytes | None:
        """Return what was remembered under a name; None where it was not, or Redis does not answer."""
        if not self._up:
            return None
        try:
            sealed = await self._asked(self._client.get(self._names.entry(name)))
            return None if sealed is None else self._sealer.open(sealed, name)
        except GovGraphError:
            return None  # lost, or written by somebody without the key: as if it had not been there

    async def remember(self, name: str, value: bytes, seconds: int) -> None:
        """Keep a value for some seconds, sealed; where Redis does not answer it is not kept."""
        if self._up and seconds > 0:
            try:
                await self._asked(
                    self._client.set(self._names.entry(name), self._sealer.seal(value, name), ex=seconds)
                )
            except SharedStateUnavailableError:
                return

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._client.aclose()
        await self._client.connection_pool.aclose()

    async def _asked(self, answer: Any) -> Any:
        """Return what Redis answers. Where it does not, nobody asks it before the next `renew`."""
        try:
            return await answer
        except FAILURES:
            self._up = False
            await self._client.connection_pool.disconnect(inuse_connections=False)
            raise SharedStateUnavailableError("The shared state does not answer") from None
