"""What the log says in sum, and of one case in order."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Final, cast

import orjson
import strawberry
from strawberry.scalars import JSON

from audit.errors import SearchRefusedError
from audit.index.tally import Dimension, Tally
from audit.search import positions
from auth.roles import Duty
from schema.catalog import Catalog
from server.control.access import At, Session
from server.control.audit_cursor import NEWEST
from server.control.audit_types import search_of
from server.control.auditing import PATIENCE
from server.control.records import Change

MOST: Final = 2000
"""Most records of one case that are shown."""
FIRST_DAY, LAST_DAY = "0001-01-01", "9999-12-31"


@strawberry.enum(description="What is counted by.")
class CountedBy(Enum):
    """What a report is by; a pair is a client and a department whose source it asked."""

    DAY = "day"
    CLIENT = "client"
    PURPOSE = "purpose"
    DEPARTMENT = "department"
    RESOURCE = "resource"
    PAIR = "pair"


@strawberry.type(description="Counts of one day, client, purpose, department or resource.")
class CountRow:
    """Calls, denials, rows, persons (once in each answer), yes-or-no answers in the place of data."""

    name: str
    calls: int
    denials: int
    rows: int
    persons: int
    proofs: int


@strawberry.type(description="The records of one case, the oldest first.")
class Trace:
    """Records as JSON; `more` where the case has more of them than are shown, older ones."""

    records: list[JSON]
    more: bool
    behind: int


async def counts(at: At, by: CountedBy, since: str = "", until: str = "") -> list[CountRow]:
    """Return counts from a day on to a day, both included; asking is recorded."""
    session = at.context
    await session.allow(Duty.READ_AUDIT)
    async with session.recorder.reading(Change("audit.counts")) as read:
        first, last = _day(since, "since") or FIRST_DAY, _day(until, "until") or LAST_DAY
        found = await _counted(session, by, first, last)
        read.detail |= {"by": by.value, "since": first, "until": last}
    return [_row(name, tally) for name, tally in sorted(found.items())]


async def _counted(session: Session, by: CountedBy, first: str, last: str) -> dict[str, Tally]:
    index, catalog = session.platform.index, session.platform.publisher.snapshot().catalog
    await index.catch_up()
    dimension = Dimension.ALL if by is CountedBy.DAY else Dimension(by.value)
    kept = await index.store.tallies(dimension, first, last)
    found = _summed((day if by is CountedBy.DAY else name, tally) for day, name, tally in kept)
    if by is CountedBy.DEPARTMENT:
        resources = await index.store.tallies(Dimension.RESOURCE, first, last)
        found = _with_resources(found, _summed((name, tally) for _, name, tally in resources), catalog)
    return found


async def trace(at: At, case_number: str) -> Trace:
    """Return every record of a case, across clients and grants, in order; asking is recorded."""
    session = at.context
    await session.allow(Duty.READ_AUDIT)
    async with session.recorder.reading(Change("audit.trace")) as read:
        traced = await _traced(session, case_number)
        read.detail |= {"case_number": case_number, "records": str(len(traced.records))}
    return traced


async def _traced(session: Session, case_number: str) -> Trace:
    platform = session.platform
    wanted = search_of({"case_number": case_number}, platform.log.opened.desk.seal)
    behind = await platform.index.catch_up(PATIENCE)
    found = [at async for at in positions(wanted, platform.index.store, platform.index.terms, NEWEST)]
    shown: list[JSON] = []
    for position in reversed(found[:MOST]):
        for leaf in await platform.log.entries(position, 1):
            shown.append(cast("JSON", {"index": position, **orjson.loads(leaf)}))  # noqa: PERF401 - awaits
    return Trace(records=shown, more=len(found) > MOST, behind=behind)


def _day(text: str, where: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise SearchRefusedError(
            "A day of the report is no day of the calendar", where=where, remedy="Write it as 2026-06-30."
        ) from None


def _summed(tallies: Iterable[tuple[str, Tally]]) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for name, tally in tallies:
        found[name] = found.get(name, Tally()) + tally
    return found


def _with_resources(
    departments: dict[str, Tally], resources: Mapping[str, Tally], catalog: Catalog
) -> dict[str, Tally]:
    """Return departments with the denials, rows and persons of the resources that they publish."""
    for name, tally in resources.items():
        if name in catalog.resources:
            own = Tally(0, tally.denials, tally.rows, tally.persons, tally.proofs)
            department = catalog.resources[name].department
            departments[department] = departments.get(department, Tally()) + own
    return departments


def _row(name: str, tally: Tally) -> CountRow:
    return CountRow(
        name=name,
        calls=tally.calls,
        denials=tally.denials,
        rows=tally.rows,
        persons=tally.persons,
        proofs=tally.proofs,
    )


@strawberry.type
class ReportQuery:
    """Reports from the log."""

    counts: list[CountRow] = strawberry.field(
        resolver=counts, description="Calls, denials, rows, persons and proofs avoided; asking is recorded."
    )
    trace: Trace = strawberry.field(
        resolver=trace, description="Every record of one case number, in order; asking is recorded."
    )
