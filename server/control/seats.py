"""Who sits where: clients, seats that two persons fill, keys that two persons copy, the end of set-up."""

import secrets
from pathlib import Path

from auth.clients import Client, check_client
from auth.errors import ClientExistsError, ClientRefusedError, SetUpIncompleteError
from auth.principal import Role
from auth.proposals.store import Act, Proposal
from auth.roles import SEATS, Duty
from server.control.access import At, Session
from server.control.client_types import ClientDraft
from server.control.records import Change
from server.control.seat_types import KeysBackup, NewClient, ProposalView


async def create_client(at: At, client: ClientDraft) -> NewClient:
    """Return the client's id and secret; for a seat the number of the proposal instead of a secret."""
    session = at.context
    await session.allow(Duty.CREATE_CLIENT)
    role = _role(client.role)
    made = Client(client.id, client.title, role, client.department, client.subject)
    if role in SEATS and not session.is_machine:
        return await _propose(session, made)
    return await _make(session, made, {"role": role.value})


async def approve_client(at: At, number: str) -> NewClient:
    """Return the id and secret of a seat that another person proposed."""
    session = at.context
    await session.allow(Duty.APPROVE_CLIENT)
    proposal = await taken(session, number, Act.CREATE_CLIENT)
    given = proposal.document
    role = _role(given["role"] or "")
    client = Client(given["id"] or "", given["title"] or "", role, given["department"], given.get("subject"))
    detail = {"role": role.value, "proposal": number, "asked by": proposal.asked_by}
    return await _make(session, client, detail)


async def renew_secret(at: At, id: str) -> NewClient:  # noqa: A002 the name in the graph
    """Return a client's new secret; the old one buys no token from now on.

    Every client may renew its own. Nobody renews that of a seat for its holder: it would fill the seat alone.
    """
    session = at.context
    own = not session.is_machine and id == session.principal.client
    if not own:
        await session.allow(Duty.RENEW_SECRET)
    async with session.recorder.change(Change("client.renew", id)):
        client = await session.platform.auth.client(id)
        if client is not None and client.role in SEATS and not own:
            raise ClientRefusedError(
                "The secret of a seat is renewed by its holder alone",
                where=id,
                remedy="Let its holder renew it, or revoke the seat and have two persons fill it anew.",
            )
        secret = await session.platform.auth.renew_secret(id)
    return NewClient(client_id=id, client_secret=secret, proposal=None)


async def revoke_client(at: At, id: str) -> bool:  # noqa: A002 the name in the graph
    """Return true once the client is revoked."""
    session = at.context
    await session.allow(Duty.REVOKE_CLIENT)
    async with session.recorder.change(Change("client.revoke", id)):
        await session.platform.auth.revoke_client(id)
    return True


async def backup_keys(at: At, target: str) -> KeysBackup:
    """Return the number of the proposal; during set-up the names of the keys that were copied."""
    session = at.context
    await session.allow(Duty.BACKUP_KEYS)
    if session.is_machine:
        return await _copy(session, target, {})
    async with session.recorder.change(Change("keys.propose")) as detail:
        document = {"target": target}
        proposal = await session.platform.proposals.propose(
            Act.BACKUP_KEYS, document, session.principal.client
        )
        detail["proposal"] = proposal.number
    return KeysBackup(keys=[], proposal=proposal.number)


async def approve_backup(at: At, number: str) -> KeysBackup:
    """Return the names of the keys, copied into the folder that the system administrator named."""
    session = at.context
    await session.allow(Duty.APPROVE_BACKUP)
    proposal = await taken(session, number, Act.BACKUP_KEYS)
    detail = {"proposal": number, "asked by": proposal.asked_by}
    return await _copy(session, proposal.document["target"] or "", detail)


async def finish_set_up(at: At) -> bool:
    """Return true where set-up ended now, false where it was over."""
    session = at.context
    await session.allow(Duty.FINISH_SET_UP)
    async with session.recorder.change(Change("set-up.finish")):
        empty = await session.platform.proposals.empty_seats()
        if empty:
            seats = ", ".join(role.value for role in empty)
            raise SetUpIncompleteError("Nobody holds the seat of an administrator", where=seats)
        return await session.platform.proposals.finish_set_up()


async def proposals(at: At) -> list[ProposalView]:
    """Return what waits for a second seat."""
    await at.context.allow(Duty.LIST_PROPOSALS)
    return [
        ProposalView(
            number=proposal.number,
            act=proposal.act.value,
            client=proposal.document.get("id"),
            title=proposal.document.get("title"),
            role=proposal.document.get("role"),
            department=proposal.document.get("department"),
            subject=_ends(proposal.document.get("subject")),
            target=proposal.document.get("target"),
            asked_by=proposal.asked_by,
            asked_at=proposal.asked_at,
        )
        for proposal in await at.context.platform.proposals.waiting()
    ]


async def _propose(session: Session, client: Client) -> NewClient:
    detail = {"role": client.role.value}
    async with session.recorder.change(Change("client.propose", client.id, detail)) as outcome:
        check_client(client)
        if await session.platform.auth.client(client.id) is not None:
            raise ClientExistsError("A client of this name exists", where=client.id)
        document = {
            "id": client.id,
            "title": client.title,
            "role": client.role.value,
            "department": client.department,
            "subject": client.subject,
        }
        asked_by = session.principal.client
        proposal = await session.platform.proposals.propose(Act.CREATE_CLIENT, document, asked_by)
        outcome["proposal"] = proposal.number
    return NewClient(client_id=client.id, client_secret=None, proposal=proposal.number)


async def taken(session: Session, number: str, act: Act) -> Proposal:
    """Return the proposal, which is used up; the number stands in the record once it is known to be one."""
    async with session.recorder.change(Change("proposal.approve", detail={"act": act.value})) as outcome:
        proposal = await session.platform.proposals.take(number, act, session.principal.client)
        outcome["proposal"] = proposal.number
    return proposal


async def _make(session: Session, client: Client, detail: dict[str, str]) -> NewClient:
    async with session.recorder.change(Change("client.create", client.id, detail)):
        secret = await session.platform.auth.add_client(client)
    return NewClient(client_id=client.id, client_secret=secret, proposal=None)


async def _copy(session: Session, target: str, detail: dict[str, str]) -> KeysBackup:
    async with session.recorder.change(Change("keys.backup", secrets.token_hex(4), detail)) as outcome:
        names = session.platform.keyring.backup(Path(target))
        outcome["keys"] = str(len(names))
    return KeysBackup(keys=list(names), proposal=None)


def _ends(subject: str | None) -> str | None:
    """Return a person's number as whoever approves compares it: its first six and last four signs."""
    return f"{subject[:6]}{'*' * len(subject[6:-4])}{subject[-4:]}" if subject else None


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        known = ", ".join(role.value for role in Role)
        raise ClientRefusedError(
            "The role is not known", where="role", remedy=f"Use one of: {known}."
        ) from None
