"""Look-ups: each value held against a field counts against its grant's quota, and is recorded as a digest."""

from collections.abc import Mapping
from typing import Any

from auth.rights import Quota
from resolvers.counts import counts
from resolvers.plan import Plan
from resolvers.rooms import Charger


async def charge(plan: Plan, variables: Mapping[str, Any], quotas: Charger) -> tuple[str, ...]:
    """Return the values looked up, in normal form, once their grants have been charged.

    Raises `LOOKUP_QUOTA_EXCEEDED` before any source is asked.
    """
    if not plan.charges:
        return ()
    charged = counts()
    allowed: dict[str, Quota] = {}
    keys: set[str] = set()
    for one in plan.charges:
        value = one.leaf.value(variables)
        values = [
            item for item in (value if isinstance(value, list | tuple) else [value]) if item is not None
        ]
        charged[one.grant] += len(values)
        allowed[one.grant] = one.quota
        keys.update(form for item in values if (form := one.normal(item)) is not None)
    for grant, count in charged.items():
        if count:
            await quotas.charge(grant, count, allowed[grant])
    return tuple(sorted(keys))
