"""Who is told of what happens at the desk: reviewers, departments, and the clients whom a change touches."""

from collections.abc import Mapping, Sequence

from schema.diff import CatalogChange, Weight
from server.inbox.notice import REVIEWERS, NoticeKind, of_client, of_department
from server.registration.desk import Desk
from server.registration.draft import SourceDraft


async def tell_waiting(desk: Desk, draft: SourceDraft) -> None:
    """Tell the department's clerks and the reviewers that a draft waits for a second person."""
    text = f"Draft {draft.number} of {draft.department} by {draft.author} waits for a second person"
    readers = [of_department(draft.department), REVIEWERS]
    await desk.inbox.tell(readers, NoticeKind.APPROVAL, draft.department, text)


async def tell_changes(desk: Desk, department: str, found: Sequence[CatalogChange]) -> None:
    """Tell each client whose grants a change touches, once, everything that it may have to act on."""
    owners = {one.id: one.client for one in await desk.auth.grants()}
    touched: dict[str, list[str]] = {}
    for change in found:
        if change.weight is not Weight.SAFE:
            for client in dict.fromkeys(owners[grant] for grant in change.grants if grant in owners):
                touched.setdefault(client, []).append(f"{change.coordinate}: {change.what} ({change.weight})")
    for client, lines in touched.items():
        await desk.inbox.tell([of_client(client)], NoticeKind.CHANGE, department, "; ".join(lines))


async def tell_withdrawn(desk: Desk, department: str) -> None:
    """Tell the department's consumers that it shows nothing any more."""
    text = f"{department} shows nothing any more; grants on its resources open nothing"
    await desk.inbox.tell(await consumers(desk, department), NoticeKind.WITHDRAWN, department, text)


async def tell_turned(desk: Desk, turned: Mapping[str, Sequence[str]]) -> None:
    """Tell owner and consumers of each source that lost what its fields are read from, or has it again."""
    for department, lost in turned.items():
        readers = [of_department(department), *await consumers(desk, department)]
        if lost:
            text = f"The source of {department} lost what these fields are read from: {', '.join(lost)}"
            await desk.inbox.tell(readers, NoticeKind.DEGRADED, department, text)
        else:
            text = f"The source of {department} has everything again that its fields are read from"
            await desk.inbox.tell(readers, NoticeKind.RECOVERED, department, text)


async def consumers(desk: Desk, department: str) -> list[str]:
    """Return the readers that stand for the clients with a live grant on a department's resources."""
    today = desk.rooms.today()
    grants = [one for one in await desk.auth.grants() if one.department == department]
    return sorted({of_client(one.client) for one in grants if one.valid_to >= today})
