"""A source that fails is left alone for a while, and asked twice only as far as the budget goes."""

from collections.abc import Awaitable, Callable, Sequence

import anyio
import pytest

from connectors import breaker, guard
from connectors.breaker import FAILURES, REST, Breaker, Circuit, GuardState, RetryBudget
from connectors.errors import SourceBusyError, SourceQuotaError, SourceTimeoutError, SourceUnavailableError
from connectors.guard import guard_state, guarded
from connectors.model import Row
from tests.connectors.test_guard import READ, OddSource, hang

pytestmark = pytest.mark.anyio


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def failed(times: int, clock: Clock) -> Breaker:
    made = Breaker(clock)
    for _ in range(times):
        made.leave(SourceUnavailableError("down"), trying=made.enter("fund"))
    return made


def test_a_few_failures_change_nothing() -> None:
    made = failed(FAILURES - 1, Clock())
    assert made.circuit is Circuit.CLOSED
    made.leave(None, trying=made.enter("fund"))
    made.leave(SourceUnavailableError("down"), trying=made.enter("fund"))
    assert made.circuit is Circuit.CLOSED


def test_after_several_failures_nobody_asks_until_one_read_tries() -> None:
    clock = Clock()
    made = failed(FAILURES, clock)
    with pytest.raises(SourceUnavailableError):
        made.enter("fund")
    clock.at = REST
    assert made.enter("fund")
    with pytest.raises(SourceUnavailableError):
        made.enter("fund")
    made.leave(None, trying=True)
    assert made.circuit is Circuit.CLOSED
    assert (made.failures, made.refused) == (FAILURES, 2)


def test_each_trial_that_fails_doubles_the_pause() -> None:
    clock = Clock()
    made = failed(FAILURES, clock)
    clock.at = REST
    made.leave(SourceTimeoutError("late"), trying=made.enter("fund"))
    clock.at += REST * 1.5
    assert made.circuit is Circuit.OPEN
    clock.at += REST * 0.5
    assert made.circuit is Circuit.TRIAL


def test_reads_that_end_late_do_not_lengthen_the_pause() -> None:
    clock = Clock()
    made = failed(FAILURES, clock)
    clock.at = REST / 2
    made.leave(SourceTimeoutError("late"), trying=False)
    clock.at = REST
    assert made.circuit is Circuit.TRIAL


def test_a_trial_that_is_given_up_leaves_the_next_one_its_turn() -> None:
    clock = Clock()
    made = failed(FAILURES, clock)
    clock.at = REST
    made.leave(anyio.ClosedResourceError(), trying=made.enter("fund"))
    assert made.enter("fund")


def test_a_full_bulkhead_says_nothing_of_the_source_and_a_quota_that_it_is_up() -> None:
    made = failed(FAILURES - 1, Clock())
    made.leave(SourceBusyError("full"), trying=made.enter("fund"))
    made.leave(SourceUnavailableError("down"), trying=made.enter("fund"))
    assert made.circuit is Circuit.OPEN
    made = failed(FAILURES - 1, Clock())
    made.leave(SourceQuotaError("often"), trying=made.enter("fund"))
    made.leave(SourceUnavailableError("down"), trying=made.enter("fund"))
    assert made.circuit is Circuit.CLOSED


def test_second_tries_are_a_tenth_of_the_reads_in_the_long_run() -> None:
    budget = RetryBudget()
    while budget.spend():
        budget.begin()
    granted = 0
    for _ in range(1000):
        budget.begin()
        granted += budget.spend()
    assert 95 <= granted <= 105


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "pause", lambda: 0.0)


def after(failures: int, error: type[Exception]) -> tuple[list[int], Callable[[], Awaitable[Sequence[Row]]]]:
    """Return a count of calls, and a call that fails so often before it answers."""
    calls: list[int] = []

    async def call() -> Sequence[Row]:
        calls.append(1)
        if len(calls) <= failures:
            raise error("failed")
        return [["here"]]

    return calls, call


async def test_a_source_that_was_away_for_a_moment_is_asked_twice() -> None:
    calls, call = after(1, SourceUnavailableError)
    connector = guarded(OddSource(call), "fund", 5, 1)
    assert await connector.prepare(READ).rows({}) == [["here"]]
    state = guard_state(connector)
    assert state is not None
    assert (len(calls), state.second_tries, state.failures) == (2, 1, 0)


@pytest.mark.parametrize("error", [SourceTimeoutError, SourceQuotaError])
async def test_a_late_source_or_a_quota_is_not_asked_twice(error: type[Exception]) -> None:
    calls, call = after(1, error)
    with pytest.raises(error):
        await guarded(OddSource(call), "fund", 5, 1).prepare(READ).rows({})
    assert len(calls) == 1


async def test_a_dead_source_is_not_asked_while_its_circuit_is_open() -> None:
    calls, call = after(10_000, SourceUnavailableError)
    connector = guarded(OddSource(call), "fund", 5, 1)
    for _ in range(50):
        with pytest.raises(SourceUnavailableError) as caught:
            await connector.prepare(READ).rows({})
        assert caught.value.where == "fund"
    assert len(calls) == 2 * FAILURES
    assert guard_state(connector) == GuardState(
        Circuit.OPEN, working=0, waiting=0, failures=FAILURES, refused=50 - FAILURES, second_tries=FAILURES
    )


async def test_reads_that_are_given_up_open_no_circuit() -> None:
    connector = guarded(OddSource(hang), "fund", 60, 1)
    for _ in range(2 * FAILURES):
        with anyio.move_on_after(0.001):
            await connector.prepare(READ).rows({})
    state = guard_state(connector)
    assert state is not None
    assert (state.circuit, state.failures, state.working) == (Circuit.CLOSED, 0, 0)


def test_what_is_not_guarded_has_no_state_and_a_pause_is_short() -> None:
    assert guard_state(OddSource(hang)) is None
    assert 0 < breaker.pause() < 0.2
