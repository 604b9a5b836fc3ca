"""Admission: who asks, for what purpose, and with which rights."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from anyio import to_thread

from auth.grants import Grant
from auth.policy import asked_purpose, choose_purpose, permissions, purposes
from auth.principal import Assurance, Principal
from auth.rights import Permissions
from resolvers.errors import HeaderRefusedError
from resolvers.question import Question
from resolvers.rooms import Rooms
from resolvers.snapshot import Snapshot
from resolvers.trail import Trail
from schema.types import names_a_person

FEW: Final = 50
"""Grants that are put together at once, in some 5 ms."""
WORD = re.compile(r"[A-Za-z0-9._/-]{1,64}")


@dataclass(frozen=True, slots=True)
class Admitted:
    """A caller with its rights, and the snapshot it was admitted to."""

    principal: Principal
    permissions: Permissions
    snapshot: Snapshot


async def admit(question: Question, rooms: Rooms, trail: Trail) -> Admitted:
    """Return the caller and its rights. Raises a coded refusal: token, header, purpose or grant."""
    principal = question.caller or await rooms.verifier.principal(question.authorization)
    trail.caller(principal)
    if question.end_user:
        principal = with_end_user(principal, question)
        trail.caller(principal)
    if question.case_number:
        trail.case(word(question.case_number, "Case-Number"))
    snapshot = rooms.snapshot()
    grants = await rooms.grants(principal.client)
    allowed = await allowed_for(principal, question.purpose, grants, rooms)
    trail.admitted(allowed, snapshot)
    return Admitted(principal, allowed, snapshot)


async def allowed_for(
    principal: Principal, header: str, grants: Sequence[Grant], rooms: Rooms
) -> Permissions:
    """Return what a caller may do for the purpose that its header or its token names.

    The way from a header to the permissions is kept as well: most callers always send the same one.
    """
    snapshot, today = rooms.snapshot(), rooms.today()
    kept = rooms.caches.of(snapshot).permissions
    key = ("asked", principal.client, principal.purpose, header, today)
    found = kept.get(key)
    if found is not None and found[0] is grants:
        return found[1]
    asked = asked_purpose(principal.purpose, word(header, "Purpose") if header else "")
    purpose = choose_purpose(purposes(principal.client, grants, today), asked)
    allowed = await allowed_by(grants, (principal.client, purpose), snapshot, rooms)
    if rooms.caches.hold(snapshot):
        kept.put(key, (grants, allowed))
    return allowed


async def allowed_by(
    grants: Sequence[Grant], caller: tuple[str, str], snapshot: Snapshot, rooms: Rooms
) -> Permissions:
    """Return what a client may do for a purpose, kept for as long as grants, catalog and day are the same."""
    kept = rooms.caches.of(snapshot).permissions
    key = (*caller, rooms.today())
    found = kept.get(key)
    if found is not None and found[0] is grants:
        return found[1]
    if found is not None and found[0] == grants:
        kept.put(key, (grants, found[1]), len(found[1].rights))
        return found[1]
    work = partial(permissions, *caller, grants, snapshot.ceilings, rooms.today())
    allowed = work() if len(grants) <= FEW else await to_thread.run_sync(work)
    if rooms.caches.hold(snapshot):
        kept.put(key, (grants, allowed), len(allowed.rights))
    return allowed


def with_end_user(principal: Principal, question: Question) -> Principal:
    """Return the principal with the official it says it acts for; a person's own number is refused."""
    number = word(question.end_user, "End-User")
    return replace(principal, end_user=number, assurance=Assurance.STATED)


def word(text: str, header: str) -> str:
    """Return the value of a header that is one plain word."""
    if not WORD.fullmatch(text):
        raise HeaderRefusedError("The header is not one plain word", where=f"header {header}")
    if names_a_person(text):
        raise HeaderRefusedError(
            "The header holds what reads as an identity number",
            where=f"header {header}",
            remedy="Send the number of the case or of the member of staff, never a person's own number.",
        )
    return text
