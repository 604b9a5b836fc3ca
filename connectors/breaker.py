"""What a source's failures lead to: a pause after several in a row, and a second try that is paid for."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import uniform
from time import monotonic

from connectors.errors import SourceQuotaError, SourceTimeoutError, SourceUnavailableError
from govgraph.errors import SourceFatalError

FAILURES = 5  # in a row, before the source is left alone
REST = 1.0  # seconds of the first pause; each failed trial doubles it
LONGEST_REST = 30.0
SAVED = 0.1  # of a second try, for each read that is begun
MOST_SAVED = 10.0
PAUSE = (0.02, 0.1)  # seconds before a second try, at random, so that many do not come at once
FAULTS = (SourceUnavailableError, SourceTimeoutError)
ANSWERS = (SourceFatalError, SourceQuotaError)  # what a source can only say while it is up


class Circuit(StrEnum):
    """Whether a source is asked: always, not at all, or by one read that tries whether it is back."""

    CLOSED = "closed"
    OPEN = "open"
    TRIAL = "trial"


@dataclass(frozen=True, slots=True)
class GuardState:
    """What stands between a source and those who read it, at one moment; counts since the guard was made."""

    circuit: Circuit
    working: int
    waiting: int
    failures: int
    refused: int
    second_tries: int


class Breaker:
    """Leaves a source alone after several failures in a row, then lets one read try.

    A failure is one of the source: down, unreadable or late. What a caller did, what settings say, a
    quota and a full bulkhead are none.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._in_row = 0
        self._rest = REST
        self._until = 0.0
        self._trying = False
        self.failures = 0
        self.refused = 0

    @property
    def circuit(self) -> Circuit:
        """Return whether the source is asked at the moment."""
        if self._in_row < FAILURES:
            return Circuit.CLOSED
        return Circuit.OPEN if self._trying or self._now() < self._until else Circuit.TRIAL

    def enter(self, source: str) -> bool:
        """Return whether this read is the one that tries; `SourceUnavailableError` where none may ask."""
        circuit = self.circuit
        if circuit is Circuit.OPEN:
            self.refused += 1
            raise SourceUnavailableError("The source failed several times and is left alone", where=source)
        self._trying = circuit is Circuit.TRIAL
        return self._trying

    def leave(self, error: BaseException | None, *, trying: bool) -> None:
        """Take note of how a read ended; one that was given up says nothing of the source."""
        if trying:
            self._trying = False
        if isinstance(error, FAULTS):
            self._failed(trying=trying)
        elif error is None or isinstance(error, ANSWERS):
            self._in_row, self._rest = 0, REST

    def _failed(self, *, trying: bool) -> None:
        self.failures += 1
        self._in_row += 1
        if trying:
            self._rest = min(self._rest * 2, LONGEST_REST)
        if self._in_row >= FAILURES and (trying or self._in_row == FAILURES):
            self._until = self._now() + self._rest


class RetryBudget:
    """Second tries, saved up by the reads that are begun: a tenth as many, so that load never doubles."""

    def __init__(self) -> None:
        self._saved = MOST_SAVED
        self.spent = 0

    def begin(self) -> None:
        """Save up for one read."""
        self._saved = min(MOST_SAVED, self._saved + SAVED)

    def spend(self) -> bool:
        """Return whether a second try is paid for."""
        if self._saved < 1:
            return False
        self._saved -= 1
        self.spent += 1
        return True


def pause() -> float:
    """Return how many seconds a second try waits."""
    return uniform(*PAUSE)  # noqa: S311 - spreads load, hides nothing
