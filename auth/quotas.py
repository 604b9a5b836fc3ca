"""Quotas: how many values a grant may still look up today."""

from dataclasses import dataclass, field

from limits.aio.storage import MemoryStorage

from auth.errors import LookupQuotaExceededError
from auth.rights import Quota
from govgraph.clock import ZONE, Clock

TWO_DAYS = 172_800
"""Seconds a count is kept; the day stands in its name, so keeping it longer than the day is harmless."""


@dataclass(frozen=True, slots=True)
class Quotas:
    """Counts look-ups per grant and calendar day in the city's zone.

    Days are true days, also where the day that rules are decided on is pinned. The counts live in
    memory and end with the process.
    """

    clock: Clock
    counts: MemoryStorage = field(default_factory=MemoryStorage)

    async def charge(self, grant: str, lookups: int, quota: Quota) -> None:
        """Count `lookups` values of `match`, all or none of them.

        Raises `LOOKUP_QUOTA_EXCEEDED` where the day's quota does not hold them all; the refused ones
        are not counted. Counting comes before checking, so that two requests cannot share the last one.
        """
        if quota.lookups_per_day is None or lookups <= 0:
            return
        day = self.clock.now().astimezone(ZONE).date().isoformat()
        key = f"lookups/{day}/{grant}"
        counted = await self.counts.incr(key, TWO_DAYS, lookups)
        if counted > quota.lookups_per_day:
            await self.counts.decr(key, lookups)
            raise LookupQuotaExceededError("The grant's look-ups of today are used up", where=grant)
