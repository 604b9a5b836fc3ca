"""Suspending a grant, and putting it in force again: the security administrator's own power."""

import strawberry

from auth.roles import Duty
from auth.suspensions.store import Suspensions
from server.control.access import At
from server.control.records import Change


async def suspend_grant(at: At, id: str) -> bool:  # noqa: A002 the name in the graph
    """Return true once the grant gives nothing any more, to open streams neither."""
    session = at.context
    await session.allow(Duty.SUSPEND_GRANT)
    async with session.recorder.change(Change("grant.suspend", id)) as detail:
        detail["client"] = (await Suspensions(session.platform.auth).suspend(id)).client
    return True


async def resume_grant(at: At, id: str) -> bool:  # noqa: A002 the name in the graph
    """Return true once the grant is in force again."""
    session = at.context
    await session.allow(Duty.SUSPEND_GRANT)
    async with session.recorder.change(Change("grant.resume", id)) as detail:
        detail["client"] = (await Suspensions(session.platform.auth).resume(id)).client
    return True


@strawberry.type
class SuspensionMutation:
    """What the security administrator may do to a grant at once."""

    suspend_grant: bool = strawberry.mutation(
        resolver=suspend_grant, description="Suspend a sharing grant at once, until it is resumed."
    )
    resume_grant: bool = strawberry.mutation(
        resolver=resume_grant, description="Put a suspended grant in force again."
    )
