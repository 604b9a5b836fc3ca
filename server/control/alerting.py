"""Alerts, the records behind one, and whom they were about."""

from datetime import datetime, timedelta
from typing import Final

import orjson
import strawberry

from audit.entry import opened
from audit.search import Search, positions
from audit.shown import for_security
from auth.roles import Duty
from server.control.access import At, Session
from server.control.audit_cursor import NEWEST
from server.control.audit_types import RecordPage, RecordSearch, digests_of, parts_of, search_of, told
from server.control.auditing import MOST, PATIENCE, page_of
from server.control.records import Change
from server.errors import FilesRefusedError, ReceiptUnknownError

RAISED: Final = "alert.raised"
MOST_PERSONS: Final = 50_000
"""Most ID numbers that are compared at one time."""


@strawberry.type(description="Persons that some records were about, as far as that can be told.")
class Affected:
    """`digests` are those of the persons, `persons` the given ID numbers that are among them."""

    records: int
    digests: list[str]
    persons: list[str]


async def alerts(at: At, first: int = 50, after: str = "") -> RecordPage:
    """Return the alerts, the newest first; reading them is recorded."""
    session = at.context
    await session.allow(Duty.READ_ALERTS)
    async with session.recorder.reading(Change("alert.read")) as read:
        page = await page_of(session, Search(named={"event": RAISED}), min(first, MOST), after, for_security)
        read.detail["records"] = str(len(page.records))
    return page


async def alert_records(at: At, receipt: str, first: int = 50, after: str = "") -> RecordPage:
    """Return the records behind an alert: client, grants, fields, counts; neither persons nor cases."""
    session = at.context
    await session.allow(Duty.READ_ALERTS)
    async with session.recorder.reading(Change("alert.records")) as read:
        rows = await session.platform.log.rows(receipt)
        alert = orjson.loads(rows[-1].leaf) if rows else {}
        if alert.get("event") != RAISED:
            raise ReceiptUnknownError("No alert carries this receipt", where="receipt")
        page = await page_of(session, _behind(alert["detail"]), min(first, MOST), after, for_security)
        read.subject, read.detail["records"] = receipt, str(len(page.records))
    return page


def _behind(detail: dict[str, str]) -> Search:
    """Return the search for the records that an alert counted: of its client and end user, in its time."""
    last = datetime.fromisoformat(detail["until"]) + timedelta(microseconds=1)
    since = detail.get("since") or detail["until"]
    named: dict[str, str] = {part: detail[part] for part in ("client", "end_user") if part in detail}
    among = None if named else frozenset({int(detail["record"])})
    return Search(since=since, until=last.isoformat(), named=named, among=among)


async def affected(at: At, search: RecordSearch, persons: list[str]) -> Affected:
    """Return whom the records of a search were about: digests, and which of the given persons."""
    session = at.context
    await session.allow(Duty.READ_AUDIT)
    await session.allow(Duty.SEARCH_PERSONS)
    async with session.recorder.reading(Change("audit.affected")) as read:
        if len(persons) > MOST_PERSONS:
            raise FilesRefusedError(f"More than {MOST_PERSONS} persons were given", where="persons")
        parts = parts_of(search)
        seal = session.platform.log.opened.desk.seal
        known = {person: digests_of(person, seal) for person in persons}
        count, seen = await _seen(session, search_of(parts, seal))
        found = [person for person, digests in known.items() if not seen.isdisjoint(digests)]
        read.detail |= {**told(parts, count), "digests": str(len(seen)), "persons": str(len(persons))}
    return Affected(records=count, digests=sorted(one.hex() for one in seen), persons=found)


async def _seen(session: Session, wanted: Search) -> tuple[int, set[bytes]]:
    """Return how many records fit, and the digests of the persons that they showed."""
    platform = session.platform
    await platform.index.catch_up(PATIENCE)
    seal, count, seen = platform.log.opened.desk.seal, 0, set[bytes]()
    async for position in positions(wanted, platform.index.store, platform.index.terms, NEWEST):
        for row in await platform.log.range(position, 1):
            seen.update(opened(row, seal).digests.subjects)
            count += 1
    return count, seen


@strawberry.type
class AlertQuery:
    """Questions about alerts."""

    alerts: RecordPage = strawberry.field(
        resolver=alerts, description="The alerts, the newest first (security administrator); recorded."
    )
    alert_records: RecordPage = strawberry.field(
        resolver=alert_records, description="The records behind one alert: no person and no case; recorded."
    )
    affected: Affected = strawberry.field(
        resolver=affected,
        description="Whom the records of a search were about, as digests, and which of the given ID numbers "
        "are among them (audit administrator); recorded without any of them.",
    )
