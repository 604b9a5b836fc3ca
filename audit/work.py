"""One append on its way: prepared where it costs no answer time, settled where its caller waits."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from audit.errors import LogUnavailableError, RecordInvalidError
from audit.fresh import Fresh, Written
from audit.leaf import leaf_bytes
from audit.meter import LogMeter
from audit.record import AccessRecord, Record, SubjectList
from audit.store import Head
from audit.subjects import SubjectSeal
from govgraph.digests import hex_digest
from govgraph.errors import GovGraphError

LARGEST_BATCH = 512

Outcome = int | GovGraphError


@dataclass(frozen=True, slots=True)
class Work:
    """One append on its way: the record, and where its caller waits for the position or the refusal."""

    record: Record
    subjects: SubjectList
    operation: tuple[str, str] | None
    waiting: "asyncio.Future[Outcome]"

    @property
    def listed(self) -> int:
        """Return how many persons and keys the record is about."""
        return len(self.subjects.subjects) + len(self.subjects.keys)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A leaf ready to be stored, its position still open; `listed` is what `sealed` holds."""

    receipt: str
    leaf: bytes
    sealed: bytes | None
    operation: tuple[str, str] | None
    listed: bytes


class LogWriter(Protocol):
    """What turns appends into records. `refusing` tells whether the last was refused, `poisoned` for good.

    `fresh` is told of each record once it is acknowledged, within the event loop.
    """

    head: Head
    fresh: Fresh
    refusing: bool
    poisoned: bool
    meter: LogMeter

    @property
    def chosen(self) -> bool:
        """Return whether this process does what one alone does behind the log, such as raising alerts."""

    def submit(self, work: Work) -> None:
        """Hand a record over; positions follow the order of these calls."""

    def finish(self) -> None:
        """Write what was handed over, then end; blocks until it has ended."""


def prepared(work: Work, seal: SubjectSeal) -> Prepared | GovGraphError:
    """Return the leaf of a record and what lies beside it, or the refusal its caller gets."""
    try:
        _check_operation(work)
        sealed = seal.seal(work.subjects, work.record.receipt)
        leaf = leaf_bytes(work.record, sealed)
    except GovGraphError as refusal:
        return refusal
    except (AttributeError, TypeError, ValueError):
        return RecordInvalidError("A record holds a value that has no canonical form")
    beside, listed = (sealed.sealed, sealed.listed) if sealed else (None, b"")
    return Prepared(work.record.receipt, leaf, beside, work.operation, listed)


def written(ready: Sequence[Prepared | GovGraphError], first: int) -> list[Written]:
    """Return what a batch, written from a position on, holds for those who follow the log."""
    good = (item for item in ready if isinstance(item, Prepared))
    return [
        Written(first + at, item.leaf, item.listed, item.operation[1] if item.operation else "")
        for at, item in enumerate(good)
    ]


def outcomes(ready: Sequence[Prepared | GovGraphError], told: int | LogUnavailableError) -> list[Outcome]:
    """Return what each caller is told: its own refusal, or the next position from the first of the batch on.

    Where the batch itself was refused, each gets a refusal of its own.
    """
    found: list[Outcome] = []
    position = told if isinstance(told, int) else 0
    for item in ready:
        if isinstance(item, GovGraphError):
            found.append(item)
        elif isinstance(told, LogUnavailableError):
            found.append(type(told)(told.what))
        else:
            found.append(position)
            position += 1
    return found


def settle(batch: Sequence[Work], outcomes: Sequence[Outcome]) -> None:
    """Tell every caller that still waits; a caller that left keeps its record all the same."""
    for work, outcome in zip(batch, outcomes, strict=True):
        if not work.waiting.done():
            work.waiting.set_result(outcome)


def _check_operation(work: Work) -> None:
    """A leaf may only name an operation that lies beside it, under its own hash."""
    named = work.record.operation if isinstance(work.record, AccessRecord) else ""
    name, document = work.operation or ("", "")
    if named != name or (name and hex_digest(document.encode()) != name):
        raise RecordInvalidError("A record names an operation other than the document handed over with it")
