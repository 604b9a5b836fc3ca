"""Every change leaves two records: the intent, durable before it happens, and the outcome after."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, Protocol

import anyio

from audit.record import ManagementRecord, Outcome, Record
from auth.principal import Principal
from govgraph.clock import Clock, rfc3339
from govgraph.errors import GovGraphError, Kind
from schema.types import names_a_person

LONGEST: Final = 1000
"""Signs of what a change concerns; a caller may have written anything there."""
HIDDEN: Final = "(reads as a person's number)"


class Appending(Protocol):
    """The part of the log that is written to here."""

    async def append(self, record: Record) -> int:
        """Return the record's place once it is durable."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is about to happen: the event, the thing it concerns, and counts or versions."""

    event: str
    subject: str = ""
    detail: Mapping[str, str] | None = None


@dataclass(slots=True)
class Read:
    """What is gathered of a reading while it goes on: what it concerned, counts."""

    subject: str
    detail: dict[str, str]


@dataclass(frozen=True, slots=True)
class Recorder:
    """Writes management records for one request. `principal` is None where nobody was recognised."""

    log: Appending
    clock: Clock
    request: str
    address: str
    principal: Principal | None = None

    @asynccontextmanager
    async def change(self, change: Change) -> AsyncIterator[dict[str, str]]:
        """Record the intent, yield a dictionary for the outcome's detail, record the outcome.

        The outcome is recorded even where the caller went away meanwhile.
        """
        receipt = secrets.token_hex(16)
        detail: dict[str, str] = {}
        await self._write(receipt, change, "intent", Outcome.PENDING, change.detail or {})
        try:
            yield detail
        except GovGraphError as error:
            outcome = Outcome.REFUSED if error.kind is Kind.CALLER else Outcome.FAILED
            await self._close(receipt, change, outcome, {"code": error.code})
            raise
        except BaseException:
            await self._close(receipt, change, Outcome.FAILED, {"code": "INTERNAL"})
            raise
        await self._close(receipt, change, Outcome.ANSWERED, detail)

    @asynccontextmanager
    async def reading(self, change: Change) -> AsyncIterator[Read]:
        """Yield what is told of a reading of the log; its record is durable at the end, before data leave.

        A refusal is recorded by its code alone: what was asked for may hold what must not be kept.
        """
        read = Read(change.subject, dict(change.detail or {}))
        try:
            yield read
        except GovGraphError as error:
            outcome = Outcome.REFUSED if error.kind is Kind.CALLER else Outcome.FAILED
            await self._end(Change(change.event, detail={"code": error.code}), outcome)
            raise
        except BaseException:
            await self._end(Change(change.event, detail={"code": "INTERNAL"}), Outcome.FAILED)
            raise
        await self._end(Change(change.event, read.subject, read.detail), Outcome.ANSWERED)

    async def _end(self, change: Change, outcome: Outcome) -> None:
        with anyio.CancelScope(shield=True):
            await self.note(change, outcome)

    async def note(self, change: Change, outcome: Outcome) -> str:
        """Record something that needs no intent, such as a read of the log; return its receipt."""
        receipt = secrets.token_hex(16)
        await self._write(receipt, change, "outcome", outcome, change.detail or {})
        return receipt

    async def refused(self, event: str, error: GovGraphError) -> None:
        """Record an attempt that was refused before it began."""
        await self.note(Change(event, detail={"code": error.code}), Outcome.REFUSED)

    async def _close(self, receipt: str, change: Change, outcome: Outcome, detail: Mapping[str, str]) -> None:
        with anyio.CancelScope(shield=True):
            await self._write(receipt, change, "outcome", outcome, {**(change.detail or {}), **detail})

    async def _write(
        self, receipt: str, change: Change, phase: str, outcome: Outcome, detail: Mapping[str, str]
    ) -> None:
        principal = self.principal
        record = ManagementRecord(
            receipt=receipt,
            time=rfc3339(self.clock.now()),
            request=self.request,
            event=change.event,
            phase=phase,
            outcome=outcome,
            client=principal.client if principal else "",
            role=principal.role.value if principal else "",
            address=self.address,
            subject=_written(change.subject),
            detail=dict(detail),
        )
        await self.log.append(record)


def _written(subject: str) -> str:
    """Return what a change concerns as it may stand in the log: bounded, and no person's number."""
    return HIDDEN if names_a_person(subject) else subject[:LONGEST]
