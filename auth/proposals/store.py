"""Where proposals wait for a second seat, and whether the setting up of the platform is over."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, String, Table, Text, delete, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.elements import ColumnElement

from auth.errors import ProposalUnknownError, SecondPersonNeededError
from auth.principal import Role
from auth.store import CLIENT, METADATA
from govgraph.clock import Clock, rfc3339, system_clock
from govgraph.database import Database

PROPOSAL = Table(
    "proposal",
    METADATA,
    Column("number", String(32), primary_key=True),
    Column("act", String(32), nullable=False),
    Column("document", Text, nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", String(32), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

SET_UP_END = Table(
    "set_up_end",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("finished_at", String(32), nullable=False),
)

ADMINISTRATORS = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR)


class Act(StrEnum):
    """A thing that needs two seats."""

    CREATE_CLIENT = "client.create"
    BACKUP_KEYS = "keys.backup"
    RELEASE_READINGS = "readings.release"
    ERASE_SUBJECTS = "retention.erase"
    LIFT_HOLD = "retention.lift"


LIFETIME: Mapping[Act, timedelta] = {
    Act.CREATE_CLIENT: timedelta(days=7),
    Act.BACKUP_KEYS: timedelta(minutes=15),
    Act.RELEASE_READINGS: timedelta(days=7),
    Act.ERASE_SUBJECTS: timedelta(days=7),
    Act.LIFT_HOLD: timedelta(days=7),
}
"""How long a proposal of each kind can be approved."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed, by whom and when (RFC 3339). It never changes: another wish is another number."""

    number: str
    act: Act
    document: Mapping[str, str | None]
    asked_by: str
    asked_at: str


@dataclass(frozen=True, slots=True)
class ProposalStore:
    """Proposals that wait, each until it is approved or its time is over."""

    database: Database
    clock: Clock = field(default_factory=system_clock)

    async def propose(self, act: Act, document: Mapping[str, str | None], asked_by: str) -> Proposal:
        """Keep a proposal and return it; those whose time is over are forgotten."""
        now = self.clock.now()
        proposal = Proposal(secrets.token_hex(8), act, dict(document), asked_by, rfc3339(now))
        row = {
            "number": proposal.number,
            "act": act.value,
            "document": json.dumps(proposal.document, ensure_ascii=False),
            "asked_by": asked_by,
            "asked_at": proposal.asked_at,
            "expires_at": int((now + LIFETIME[act]).timestamp()),
        }
        async with self.database.write() as connection:
            await connection.execute(delete(PROPOSAL).where(~self._standing()))
            await connection.execute(insert(PROPOSAL).values(row))
        return proposal

    async def waiting(self) -> Sequence[Proposal]:
        """Return the proposals that can be approved, the oldest first."""
        query = select(PROPOSAL).where(self._standing()).order_by(PROPOSAL.c.asked_at, PROPOSAL.c.number)
        async with self.database.read() as connection:
            return [_proposal(row) for row in (await connection.execute(query)).all()]

    async def take(self, number: str, act: Act, approver: str) -> Proposal:
        """Return a proposal and forget it: it is approved once.

        Raises `PROPOSAL_UNKNOWN`, also where its time is over or its proposer was revoked meanwhile,
        and `SECOND_PERSON_NEEDED` where the approver proposed it.
        """
        in_force = select(CLIENT.c.id).where(CLIENT.c.revoked_at.is_(None))
        fitting = (PROPOSAL.c.number == number, PROPOSAL.c.act == act.value, self._standing())
        async with self.database.write() as connection:
            chosen = select(PROPOSAL).where(*fitting, PROPOSAL.c.asked_by.in_(in_force))
            row = (await connection.execute(chosen)).first()
            if row is not None and row.asked_by == approver:
                raise SecondPersonNeededError("The proposal is the approver's own", where=number)
            taken = delete(PROPOSAL).where(PROPOSAL.c.number == number).returning(PROPOSAL.c.number)
            if row is None or (await connection.execute(taken)).first() is None:
                raise ProposalUnknownError("No proposal of this number waits here")
        return _proposal(row)

    async def set_up_finished(self) -> bool:
        """Return whether set-up is over; it never begins again."""
        async with self.database.read() as connection:
            return (await connection.execute(select(SET_UP_END.c.one))).first() is not None

    async def finish_set_up(self) -> bool:
        """End set-up for good; return False where it was over."""
        try:
            async with self.database.write() as connection:
                row = {"one": 1, "finished_at": rfc3339(self.clock.now())}
                await connection.execute(insert(SET_UP_END).values(row))
        except IntegrityError:
            return False
        return True

    async def empty_seats(self) -> Sequence[Role]:
        """Return the administrators' roles that no client in force holds."""
        query = select(CLIENT.c.role).where(CLIENT.c.revoked_at.is_(None)).distinct()
        async with self.database.read() as connection:
            held = set((await connection.execute(query)).scalars())
        return [role for role in ADMINISTRATORS if role.value not in held]

    def _standing(self) -> ColumnElement[bool]:
        return PROPOSAL.c.expires_at > int(self.clock.now().timestamp())


def _proposal(row: Any) -> Proposal:
    return Proposal(row.number, Act(row.act), json.loads(row.document), row.asked_by, row.asked_at)
