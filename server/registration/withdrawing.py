"""Withdraw and roll back: what was shown is shown no more, or as it was shown before."""

from schema.errors import DepartmentNotPublishedError
from server.registration.comparing import brought
from server.registration.desk import Desk
from server.registration.draft import SourceDraft, State
from server.registration.errors import (
    ApprovalNeededError,
    SourceDraftBusyError,
    SourceDraftStateError,
    VersionUnknownError,
)
from server.registration.levels import last_shown, opened
from server.registration.telling import tell_changes, tell_withdrawn


async def withdraw(desk: Desk, department: str, by: str) -> tuple[SourceDraft | None, int]:
    """Return the draft that was withdrawn and the catalog's version.

    A draft that waits or was not published yet is taken back, and nothing on the graph changes. Otherwise
    everything that the department shows goes from the graph; its grants stay and open nothing.
    """
    draft = await desk.drafts.newest(department)
    if draft is not None and draft.state in (State.DRAFT, State.CHECKED, State.WAITING):
        if not await desk.drafts.move(draft, State.WITHDRAWN, decided_by=by):
            raise SourceDraftBusyError("The draft was changed at this moment")
        version = desk.publisher.snapshot().catalog.version
        return await desk.drafts.numbered(department, draft.number), version
    version = await desk.publisher.withdraw(department)
    await tell_withdrawn(desk, department)
    if draft is not None and draft.state is State.PUBLISHED:
        await desk.drafts.move(draft, State.WITHDRAWN, decided_by=by)
        draft = await desk.drafts.numbered(department, draft.number)
    return draft, version


async def roll_back(desk: Desk, department: str, to: int | None = None) -> tuple[int, int]:
    """Return the version that is shown again, and the new version of the catalog that does.

    Without `to` it is the one before what is shown now. What two persons closed since, by a higher level,
    a mask or fewer rights, is not opened on the way back: `ApprovalNeededError`.
    """
    versions = await desk.catalog.versions(department)
    if not versions:
        raise DepartmentNotPublishedError("The department has published nothing")
    earlier = [one for one in versions[1:] if one.shown]
    chosen = earlier[0].version if to is None and earlier else to
    if chosen is None or chosen not in {one.version for one in versions if one.shown}:
        raise VersionUnknownError("The department has published no such earlier version", where=department)
    if chosen == versions[0].version:
        raise SourceDraftStateError("This version is the one shown now", where=department)
    earlier_draft = await desk.catalog.draft_at(department, chosen)
    before = await last_shown(desk, department)
    if before is not None and (named := opened(before, earlier_draft)):
        raise ApprovalNeededError(
            f"The earlier version shows fields more freely: {', '.join(named[:5])}", where=department
        )
    changes = await brought(desk, earlier_draft)
    version = await desk.publisher.publish([earlier_draft])
    await tell_changes(desk, department, changes)
    return chosen, version
