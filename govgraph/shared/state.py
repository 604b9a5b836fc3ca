"""The words of the shared state: what may be asked of it, whichever twin answers."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Protocol

from govgraph.errors import PlatformError


class Topic(StrEnum):
    """What a replica tells the others that it changed. The store holds the change itself."""

    CATALOG = "catalog"
    ACCESS = "access"
    OPERATIONS = "operations"


class SharedStateUnavailableError(PlatformError):
    """What all replicas count together cannot be counted at the moment, so nothing is given."""

    code = "SHARED_STATE_UNAVAILABLE"
    remedy = (
        "Ask again in a few seconds; the operator checks that the Redis named by GOVGRAPH_REDIS_URL runs."
    )


class SharedState(Protocol):
    """What all replicas of a platform know together.

    Counts close where it is lost, the cache opens. Announcements that could not be made are made later.
    """

    async def charge(self, name: str, amount: int, most: int) -> bool:
        """Add to a count, and return True; False and nothing added where it would go beyond `most`.

        Counts are kept for two days. Raises `SHARED_STATE_UNAVAILABLE`.
        """

    async def announce(self, topic: Topic) -> None:
        """Tell every replica that what they hold of this topic is out of date. Never raises."""

    def announcements(self) -> AsyncIterator[Topic]:
        """Yield what replicas announce. Raises `SHARED_STATE_UNAVAILABLE` once they are heard no more."""

    async def settle(self) -> None:
        """Return once counts can be trusted, or once it is clear that they cannot be had."""

    async def renew(self) -> frozenset[Topic]:
        """Return what was changed since the last call: also what an announcement was missed of.

        Called every second. Raises `SHARED_STATE_UNAVAILABLE`.
        """

    def certain(self) -> bool:
        """Return whether a change made by another replica would have been heard of."""

    async def recall(self, name: str) -> bytes | None:
        """Return what was remembered under a name; None where it was not, or cannot be had."""

    async def remember(self, name: str, value: bytes, seconds: int) -> None:
        """Keep a value for some seconds, where that is possible."""

    async def aclose(self) -> None:
        """Let go of connections. Called once, at the end."""
