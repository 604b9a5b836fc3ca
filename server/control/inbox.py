"""The inbox in the control graph: everybody who signs in reads the own notices, and no other."""

import strawberry

from auth.roles import Duty
from server.control.access import At
from server.control.records import Change
from server.inbox.notice import SECURITY, of_client, of_department, readers_of


@strawberry.type(description="What the caller, or the department it is a clerk of, is told.")
class NoticeView:
    """A notice; `read_at` is null as long as nobody read it."""

    id: str
    kind: str
    subject: str
    text: str
    made_at: str
    read_at: str | None


@strawberry.type(description="An address that notices are sent to from now on.")
class WebhookSet:
    """The key that signs them, shown this once."""

    reader: str
    key: str


async def inbox(at: At, unread: bool = False) -> list[NoticeView]:
    """Return the newest notices first."""
    session = at.context
    await session.allow(Duty.READ_CATALOG)
    found = await session.platform.desk.inbox.store.of(readers_of(session.principal), unread=unread)
    return [
        NoticeView(
            id=one.id,
            kind=one.kind.value,
            subject=one.subject,
            text=one.text,
            made_at=one.made_at,
            read_at=one.read_at or None,
        )
        for one in found
    ]


async def mark_read(at: At, ids: list[str]) -> int:
    """Return how many of these notices, the caller's own, are read now."""
    session = at.context
    await session.allow(Duty.READ_CATALOG)
    return await session.platform.desk.inbox.store.mark_read(readers_of(session.principal), ids)


async def set_webhook(at: At, url: str) -> WebhookSet:
    """Return the key that signs what is sent to the address."""
    session = at.context
    await session.allow(Duty.READ_CATALOG)
    reader = _own(at)
    async with session.recorder.change(Change("webhook.set", reader)):
        key = await session.platform.desk.inbox.set_webhook(reader, url)
    return WebhookSet(reader=reader, key=key)


async def remove_webhook(at: At) -> bool:
    """Return whether notices were sent somewhere until now."""
    session = at.context
    await session.allow(Duty.READ_CATALOG)
    reader = _own(at)
    async with session.recorder.change(Change("webhook.remove", reader)):
        return await session.platform.desk.inbox.store.remove_webhook(reader)


def _own(at: At) -> str:
    """Return whose notices the caller sends on: its department's, or the alerts of its seat, else its own."""
    principal = at.context.principal
    readers = readers_of(principal)
    named = of_department(principal.department or "")
    return next((one for one in (named, SECURITY) if one in readers), of_client(principal.client))


@strawberry.type
class InboxQuery:
    """Reading notices."""

    inbox: list[NoticeView] = strawberry.field(
        resolver=inbox, description="The caller's own notices, a clerk's department's among them."
    )


@strawberry.type
class InboxMutation:
    """Notices that were read, and where they are sent."""

    mark_read: int = strawberry.mutation(resolver=mark_read, description="Note that notices were read.")
    set_webhook: WebhookSet = strawberry.mutation(
        resolver=set_webhook, description="Send the own notices, signed, to an address from now on."
    )
    remove_webhook: bool = strawberry.mutation(
        resolver=remove_webhook, description="Send the own notices nowhere any more."
    )
