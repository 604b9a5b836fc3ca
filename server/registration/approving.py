"""Publish, and approve: what shows fields of level L3 or above takes two persons."""

from collections.abc import Sequence

from auth.errors import SecondPersonNeededError
from auth.rights import Level
from schema.catalog import Resource
from schema.draft import Draft
from schema.errors import DepartmentNotPublishedError
from server.registration.comparing import brought
from server.registration.desk import Desk, manifest_of
from server.registration.draft import SourceDraft, State
from server.registration.errors import (
    ApprovalNeededError,
    SourceDraftBusyError,
    SourceDraftStateError,
)
from server.registration.telling import tell_changes, tell_waiting


async def publish(desk: Desk, department: str, author: str) -> SourceDraft:
    """Return the draft, published; or waiting, where a second person must approve it.

    Only a checked draft is published. Raises `ManifestRefusedError` where it fits no more.
    """
    draft = await desk.standing(department, State.CHECKED)
    written = await manifest_of(draft)
    if sensitive(written) or await was_sensitive(desk, department):
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


def sensitive(draft: Draft) -> tuple[str, ...]:
    """Return the coordinates of level L3 and above that a draft shows."""
    return tuple(
        coordinate
        for name, one in draft.resources.items()
        for coordinate in sensitive_fields(name, one.resource)
    )


def sensitive_fields(name: str, resource: Resource) -> tuple[str, ...]:
    """Return the coordinates of a resource's fields of level L3 and above."""
    fields = resource.fields.values()
    return tuple(f"{name}.{field.name}" for field in fields if field.level >= Level.L3)


async def was_sensitive(desk: Desk, department: str) -> bool:
    """Return whether what the department shows now has such fields: nobody lowers a level alone."""
    try:
        return bool(sensitive(await desk.catalog.draft(department)))
    except DepartmentNotPublishedError:
        return False


async def refuse_alone(desk: Desk, drafts: Sequence[Draft]) -> None:
    """Return where one person may publish these manifests. Raises `ApprovalNeededError`.

    What breaks another rule is left to the publication, which names every problem.
    """
    if await desk.publisher.refusals(drafts):
        return
    shown = await desk.catalog.drafts()
    for draft in drafts:
        before = shown.get(draft.department.key)
        if draft != before and (named := sensitive(draft) or (sensitive(before) if before else ())):
            raise ApprovalNeededError(
                f"Fields of level L3 or above are shown by two persons: {', '.join(named[:5])}",
                where=draft.department.key,
            )
