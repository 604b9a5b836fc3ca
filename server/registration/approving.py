"""Publish, and approve: what shows fields of level L3 or above takes two persons."""

from collections.abc import Sequence

from auth.errors import SecondPersonNeededError
from schema.draft import Draft
from schema.errors import ManifestRefusedError
from server.registration.comparing import brought
from server.registration.desk import Desk, manifest_of
from server.registration.draft import SourceDraft, State
from server.registration.errors import (
    ApprovalNeededError,
    SourceDraftBusyError,
    SourceDraftStateError,
)
from server.registration.levels import last_shown, sensitive
from server.registration.telling import tell_changes, tell_waiting


async def publish(desk: Desk, department: str, author: str) -> SourceDraft:
    """Return the draft, published; or waiting, where a second person must approve it.

    Only a checked draft is published. Raises `ManifestRefusedError` where it fits no more.
    """
    draft = await desk.standing(department, State.CHECKED)
    written = await manifest_of(draft)
    before = await last_shown(desk, department)
    if sensitive(written) or (before and sensitive(before)):
        if not await desk.drafts.move(draft, State.WAITING):
            raise SourceDraftBusyError("The draft was changed at this moment")
        await tell_waiting(desk, draft)
        return await desk.drafts.numbered(department, draft.number)
    return await put_on_the_graph(desk, draft, written, author)


async def approve(desk: Desk, department: str, number: int, approver: str) -> SourceDraft:
    """Return the draft, published. Raises `SecondPersonNeededError` where the approver wrote it."""
    draft = await desk.drafts.numbered(department, number)
    if draft.state is not State.WAITING:
        raise SourceDraftStateError(f"Draft {number} is {draft.state.value}", where=department)
    if draft.author == approver:
        raise SecondPersonNeededError("The draft is the approver's own", where=f"{department} {number}")
    return await put_on_the_graph(desk, draft, await manifest_of(draft), approver)


async def put_on_the_graph(desk: Desk, draft: SourceDraft, written: Draft, by: str) -> SourceDraft:
    """Return the draft, published as a new version; it goes back to where it stood where that is refused.

    The draft is taken before, so that of two who publish it at one moment only one does.
    """
    if not await desk.drafts.move(draft, State.PUBLISHED, decided_by=by):
        raise SourceDraftBusyError("The draft was changed at this moment")
    taken = await desk.drafts.numbered(draft.department, draft.number)
    try:
        changes = await brought(desk, written)
        version = await desk.publisher.publish([written])
    except BaseException:
        await desk.drafts.move(taken, draft.state, decided_by="")
        raise
    await desk.drafts.move(taken, State.PUBLISHED, version=version)
    await tell_changes(desk, draft.department, changes)
    return await desk.drafts.numbered(draft.department, draft.number)


async def refuse_alone(desk: Desk, drafts: Sequence[Draft]) -> None:
    """Return where one person may publish these manifests.

    Raises `ApprovalNeededError`, and `ManifestRefusedError` for what breaks another rule: were that left
    to the publication, a rule that holds again by then would be the way past the second person.
    """
    problems = await desk.publisher.refusals(drafts)
    if problems:
        raise ManifestRefusedError(problems)
    for draft in drafts:
        before = await last_shown(desk, draft.department.key)
        if draft != before and (named := sensitive(draft) or (sensitive(before) if before else ())):
            raise ApprovalNeededError(
                f"Fields of level L3 or above are shown by two persons: {', '.join(named[:5])}",
                where=draft.department.key,
            )
