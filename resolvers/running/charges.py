"""Look-ups: each value held against a field counts against its grant's quota, and is recorded as a digest."""

from collections.abc import Mapping
from typing import Any

from auth.rights import Quota
from resolvers.planning.plan import Plan
from resolvers.rooms import Rooms
from resolvers.running.counts import counts
from resolvers.trail import Trail
from schema.numbering import Numbered


async def charge(plan: Plan, variables: Mapping[str, Any], rooms: Rooms, trail: Trail) -> tuple[str, ...]:
    """Return the values looked up, in normal form, once their grants have been charged.

    How many of them follow closely on others goes to the trail. Raises `LOOKUP_QUOTA_EXCEEDED` before any
    source is asked.
    """
    if not plan.charges:
        return ()
    charged = counts()
    allowed: dict[str, Quota] = {}
    keys: set[str] = set()
    numbers: set[Numbered | None] = set()
    for one in plan.charges:
        value = one.leaf.value(variables)
        values = [
            item for item in (value if isinstance(value, list | tuple) else [value]) if item is not None
        ]
        charged[one.grant] += len(values)
        allowed[one.grant] = one.quota
        forms = [form for item in values if (form := one.normal(item)) is not None]
        keys.update(forms)
        numbers.update(map(one.numbered, forms))
    for grant, count in charged.items():
        if count:
            await rooms.quotas.charge(grant, count, allowed[grant])
    trail.followed(rooms.sequences.followed(*trail.whose, filter(None, numbers)))
    return tuple(sorted(keys))
