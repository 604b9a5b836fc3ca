"""Ranges of addresses that departments' sources may stand in."""

import strawberry

from auth.roles import Duty
from server.control.access import At
from server.control.records import Change


@strawberry.type(description="Private ranges that one department's sources may stand in.")
class DepartmentRanges:
    """What was allowed to a department, beside what the setting allows to all."""

    department: str
    ranges: list[str]


async def ranges(at: At) -> list[DepartmentRanges]:
    """Return what is allowed to each department."""
    await at.context.allow(Duty.READ_STATUS)
    kept = await at.context.platform.ranges.all()
    return [DepartmentRanges(department=name, ranges=[*map(str, some)]) for name, some in kept.items()]


async def allow_range(at: At, department: str, range: str) -> str:  # noqa: A002 the name in the graph
    """Return the range once the department's source is opened with it."""
    session = at.context
    await session.allow(Duty.ALLOW_RANGE)
    async with session.recorder.change(Change("egress.allow", department)) as detail:
        detail["range"] = str(await session.platform.ranges.allow(department, range))
    await session.platform.publisher.reopen(department)
    return detail["range"]


async def withdraw_range(at: At, department: str, range: str) -> str:  # noqa: A002 the name in the graph
    """Return the range once the department's source is opened without it."""
    session = at.context
    await session.allow(Duty.ALLOW_RANGE)
    async with session.recorder.change(Change("egress.withdraw", department)) as detail:
        detail["range"] = str(await session.platform.ranges.withdraw(department, range))
    await session.platform.publisher.reopen(department)
    return detail["range"]


@strawberry.type
class RangeQuery:
    """Reading the ranges."""

    egress_ranges: list[DepartmentRanges] = strawberry.field(
        resolver=ranges, description="Private ranges that departments' sources may stand in."
    )


@strawberry.type
class RangeMutation:
    """Changing the ranges."""

    allow_egress: str = strawberry.mutation(
        resolver=allow_range, description="Allow a department's sources to stand in a private range."
    )
    withdraw_egress: str = strawberry.mutation(
        resolver=withdraw_range, description="Allow a range no longer; the source is opened anew without it."
    )
