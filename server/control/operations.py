"""Registered operations, and the settings of single clients."""

import strawberry

from auth.client_settings import settings_document
from auth.errors import ClientUnknownError
from auth.roles import Duty
from resolvers.errors import OperationNotRegisteredError
from resolvers.registered import check_operation
from schema.operations.operation import EVERYBODY, Operation, check_title, digest_of, is_digest
from server.control.access import At, client_named
from server.control.client_types import ClientSettingsDraft, ClientView, client_view, settings_of
from server.control.records import Change


@strawberry.type(description="A document that clients ask by the SHA-256 of its text.")
class OperationView:
    """A registered operation; `client` is null where every client may ask it."""

    digest: str
    client: str | None
    title: str
    text: str
    registered_by: str
    registered_at: str


@strawberry.input(description="An operation to register, for one client or, without one, for all.")
class OperationDraft:
    """The text of one operation, to the last space."""

    text: str
    client: str | None = None
    title: str = ""


async def register_operation(at: At, operation: OperationDraft) -> OperationView:
    """Return the operation; its client could ask it now. Registered again, the new title counts."""
    session = at.context
    await session.allow(Duty.REGISTER_OPERATION)
    digest, client = digest_of(operation.text), operation.client or EVERYBODY
    async with session.recorder.change(Change("operation.register", digest, _for(client))):
        check_title(operation.title)
        caller = await client_named(session, client) if client else None
        await check_operation(operation.text, caller, session.platform.rooms)
        kept = await session.platform.operations.put(
            Operation(digest, client, operation.title, operation.text, session.principal.client)
        )
    return operation_view(kept)


async def remove_operation(at: At, digest: str, client: str | None = None) -> bool:
    """Return true once the operation can no longer be asked."""
    session = at.context
    await session.allow(Duty.REGISTER_OPERATION)
    named = digest if is_digest(digest) else ""
    async with session.recorder.change(Change("operation.remove", named, _for(client or EVERYBODY))):
        if not await session.platform.operations.remove(digest, client or EVERYBODY):
            raise OperationNotRegisteredError("No operation is registered under this digest")
    return True


async def operations(at: At, client: str | None = None) -> list[OperationView]:
    """Return all operations, or those that one client may ask; a client may see its own."""
    session = at.context
    own = client == session.principal.client
    await session.allow(Duty.READ_CATALOG if own else Duty.LIST_OPERATIONS)
    return [operation_view(one) for one in await session.platform.operations.operations(client)]


async def set_client(at: At, id: str, settings: ClientSettingsDraft) -> ClientView:  # noqa: A002 the graph's name
    """Return the client with its settings, which count from its next request."""
    session = at.context
    await session.allow(Duty.SET_CLIENT)
    given, auth = settings_of(settings), session.platform.auth
    detail = {name: str(value) for name, value in settings_document(given).items()}
    async with session.recorder.change(Change("client.set", id, detail)):
        await auth.set_client(id, given)
    changed = await auth.client(id)
    if changed is None:
        raise ClientUnknownError("No client in force has this name")
    return client_view(changed)


def operation_view(operation: Operation) -> OperationView:
    """Return an operation."""
    return OperationView(
        digest=operation.digest,
        client=operation.client or None,
        title=operation.title,
        text=operation.text,
        registered_by=operation.registered_by,
        registered_at=operation.registered_at,
    )


def _for(client: str) -> dict[str, str]:
    return {"client": client} if client else {}
