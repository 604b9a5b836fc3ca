"""Searching the log: by the audit administrator in all of it, by a department in what concerns its fields."""

from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Final, cast

import orjson
import strawberry
from strawberry.scalars import JSON

from audit.index.follower import AT_ONCE
from audit.search import Search, positions
from audit.shown import for_department
from auth.roles import Duty
from server.control.access import At, Session
from server.control.audit_cursor import NEWEST, AuditCursors
from server.control.audit_types import OwnRecordSearch, RecordPage, RecordSearch, parts_of, search_of, told
from server.control.records import Change

MOST: Final = 500
"""Most records of one page."""
PATIENCE: Final = 4 * AT_ONCE
"""Most new records that a search waits for to be read into the index."""

Show = Callable[[Mapping[str, Any]], Mapping[str, Any]]


async def records(at: At, search: RecordSearch, first: int = 50, after: str = "") -> RecordPage:
    """Return the records that fit, whole, the newest first; the search is recorded before they leave."""
    session = at.context
    await session.allow(Duty.READ_AUDIT)
    parts = parts_of(search)
    if parts["person"]:
        await session.allow(Duty.SEARCH_PERSONS)
    async with session.recorder.reading(Change("audit.search")) as read:
        wanted = search_of(parts, session.platform.log.opened.desk.seal)
        if parts["receipt"]:
            rows = await session.platform.log.rows(parts["receipt"])
            wanted = replace(wanted, among=frozenset(row.position for row in rows))
        page = await page_of(session, wanted, min(first, MOST), after, dict)
        read.detail |= told(parts, len(page.records))
    return page


async def department_records(at: At, search: OwnRecordSearch, first: int = 50, after: str = "") -> RecordPage:
    """Return every access to fields of the caller's department, and of each only what concerns them."""
    session = at.context
    await session.allow_own(Duty.READ_DEPARTMENT_AUDIT)
    async with session.recorder.reading(Change("audit.department")) as read:
        parts = parts_of(search)
        page = await _own_page(session, parts, min(first, MOST), after)
        read.detail |= told(parts, len(page.records))
    return page


async def _own_page(session: Session, parts: Mapping[str, str], first: int, after: str) -> RecordPage:
    department = session.principal.department or ""
    resources = session.platform.publisher.snapshot().catalog.resources.values()
    own = frozenset(one.name for one in resources if one.department == department)
    named = {parts["resource"], parts["field"].partition(".")[0]} - {""}
    wanted = search_of(parts, session.platform.log.opened.desk.seal, tuple(sorted(own)))
    if not named <= own or not own:
        return RecordPage(records=[], cursor=None, behind=0)
    return await page_of(session, wanted, first, after, lambda leaf: for_department(leaf, own, department))


async def reindex(at: At) -> int:
    """Return how many records the index holds, once it was made anew from the log."""
    session = at.context
    await session.allow(Duty.READ_AUDIT)
    async with session.recorder.change(Change("audit.reindex")) as detail:
        size = await session.platform.index.rebuild()
        detail["records"] = str(size)
    return size


async def page_of(session: Session, wanted: Search, first: int, after: str, show: Show) -> RecordPage:
    """Return a page of records as `show` tells them; `after` is a cursor of the same search, or empty."""
    index, log = session.platform.index, session.platform.log
    cursors = AuditCursors.of(session.platform.keyring, session.principal.client, wanted)
    below = cursors.open(after) if after else NEWEST
    behind = await index.catch_up(PATIENCE)
    chosen: list[int] = []
    async with aclosing(positions(wanted, index.store, index.terms, below)) as found:
        async for position in found:
            chosen.append(position)
            if len(chosen) > max(first, 0):
                break
    more = len(chosen) > first
    shown = []
    for position in chosen[: max(first, 0)]:
        for leaf in filter(None, await log.entries(position, 1)):
            shown.append(cast("JSON", show({"index": position, **orjson.loads(leaf)})))  # noqa: PERF401 - awaits
    cursor = cursors.seal(chosen[first - 1]) if more and first > 0 else None
    return RecordPage(records=shown, cursor=cursor, behind=behind)


@strawberry.type
class AuditQuery:
    """Questions to the log."""

    records: RecordPage = strawberry.field(
        resolver=records,
        description="Records of the log by everything they name, the newest first; recorded.",
    )
    department_records: RecordPage = strawberry.field(
        resolver=department_records,
        description="Every access to the fields of the caller's own department, the newest first; recorded.",
    )


@strawberry.type
class AuditMutation:
    """What the audit administrator may have done to the index."""

    reindex_audit: int = strawberry.mutation(
        resolver=reindex, description="Make the index of the log anew; returns how many records it holds."
    )
