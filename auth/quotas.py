"""Quotas: how many values a grant may still look up today."""

from dataclasses import dataclass, field
from typing import Protocol

from auth.errors import LookupQuotaExceededError
from auth.rights import Quota
from govgraph.clock import ZONE, Clock
from govgraph.shared.memory import MemoryState


class Charging(Protocol):
    """The part of the shared state that is asked here (`govgraph.shared.state`)."""

    async def charge(self, name: str, amount: int, most: int) -> bool:
        """Add to a count and return True, or return False. Raises `SHARED_STATE_UNAVAILABLE`."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """Counts look-ups per grant and calendar day in the city's zone.

    Days are true days, also where the day that rules are decided on is pinned. The counts are those of
    all replicas; in memory, they end with the process.
    """

    clock: Clock
    counts: Charging = field(default_factory=MemoryState)

    async def charge(self, grant: str, lookups: int, quota: Quota) -> None:
        """Count `lookups` values of `match`, all or none of them.

        Raises `LOOKUP_QUOTA_EXCEEDED` where the day's quota does not hold them all; the refused ones
        are not counted. Counting and checking are one step, so that no two requests share the last one.
        """
        if quota.lookups_per_day is None or lookups <= 0:
            return
        day = self.clock.now().astimezone(ZONE).date().isoformat()
        if not await self.counts.charge(f"lookups/{day}/{grant}", lookups, quota.lookups_per_day):
            raise LookupQuotaExceededError("The grant's look-ups of today are used up", where=grant)
