"""What stands before every source: a deadline, a bulkhead, a circuit breaker and a budget of second tries."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from time import monotonic, perf_counter
from typing import Any, TypeVar

from connectors.breaker import Breaker, GuardState, RetryBudget, pause
from connectors.errors import (
    SourceBusyError,
    SourceClosedError,
    SourceTimeoutError,
    SourceUnavailableError,
)
from connectors.model import Binds, Capability, Entity, Read, Row, Written
from connectors.pace import Pace, Turns
from connectors.protocol import Connector, PreparedRead
from govgraph.deadlines import Deadline, Timer
from govgraph.errors import GovGraphError, SourceFatalError, SourceRetryError
from govgraph.measuring import Meter

T = TypeVar("T")
WAITING_PER_PLACE = 16
DESCRIBED_AGAIN_AFTER = 5.0  # seconds after a failed description
READ, LEFT = "OK", "LEFT"
"""How a read ends that meets no error: answered, or given up by whoever asked."""
PACED = "Ask again later; `requestsPerSecond` of the source bounds how often it is asked"
logger = logging.getLogger("govgraph.connectors")


def guarded(
    connector: Connector, source: str, timeout: float, concurrency: int, pace: Pace | None = None
) -> Connector:
    """Return the connector behind a deadline of `timeout` seconds and a bulkhead of `concurrency` reads.

    The deadline holds the wait for a place too; at most 16 reads wait for each place. With a `pace`
    reads also wait for their turn. A read that could not be prepared, because the source was down or
    lacked the table, fails when it is run, and describes the source anew before: so both a late source
    and a repaired one come back.
    """
    return _GuardedConnector(connector, _Guard(source, timeout, concurrency, pace or Pace()))


def guard_state(connector: Connector) -> GuardState | None:
    """Return what stands between a source and its readers at the moment; None where nothing does."""
    return connector.guard.state if isinstance(connector, _GuardedConnector) else None


def guard_meter(connector: Connector) -> Meter | None:
    """Return what is counted of the reads of a source since its guard was made; None where there is none."""
    return connector.guard.meter if isinstance(connector, _GuardedConnector) else None


class _Guard:
    """The deadline and the places of one source."""

    def __init__(self, source: str, timeout: float, concurrency: int, pace: Pace) -> None:
        self.meter = Meter()
        self._source = source
        self._timeout = timeout
        self._deadlines = Timer(timeout)
        self._places = asyncio.Semaphore(concurrency)
        self._waiting = 0
        self._working = 0
        self._most_waiting = WAITING_PER_PLACE * concurrency
        self._turns = Turns(pace)
        self._paced = pace.per_second > 0
        self._hours = pace.hours
        self._breaker = Breaker(pace.now)
        self._budget = RetryBudget()

    @property
    def state(self) -> GuardState:
        """Return the state at the moment."""
        breaker = self._breaker
        return GuardState(
            circuit=breaker.circuit,
            working=self._working,
            waiting=self._waiting,
            failures=breaker.failures,
            refused=breaker.refused,
            second_tries=self._budget.spent,
        )

    async def run(self, call: Callable[..., Awaitable[T]], *given: Any, again: bool = True) -> T:
        """Return what the call gives, asked twice at most where `again` is set and the budget allows.

        Raises errors of the house only; cancellation passes through.
        """
        begun, outcome = perf_counter(), LEFT
        try:
            if not self._hours.open:
                raise SourceClosedError("The source is not asked at this hour", where=self._source)
            trying = self._breaker.enter(self._source)
            failure: BaseException | None = asyncio.CancelledError()  # until it is known better
            try:
                result = await self._bounded(call, given, again=again and not trying)
                failure = None
            except GovGraphError as error:
                failure = error
                raise
            finally:
                self._breaker.leave(failure, trying=trying)
            outcome = READ
        except GovGraphError as error:
            outcome = error.code
            raise
        finally:
            self.meter.ended(outcome, perf_counter() - begun)
        return result

    async def _bounded(self, call: Callable[..., Awaitable[T]], given: Sequence[Any], *, again: bool) -> T:
        """Return what the call gives within the deadline, which holds the wait for its turn and place too."""
        try:
            with Deadline(self._deadlines):
                if self._paced:
                    await self._turn()
                await self._enter()
                try:
                    return await self._twice(call, given, again=again)
                finally:
                    self._leave()
        except GovGraphError as error:
            error.where = error.where or self._source
            raise
        except TimeoutError:
            raise SourceTimeoutError(
                "The source did not answer within the deadline", where=self._source
            ) from None
        except Exception as error:  # noqa: BLE001 - a driver may raise anything; its text may hold data
            logger.warning("source %s failed: %s", self._source, type(error).__name__)
        raise SourceUnavailableError("The source cannot be read", where=self._source)

    async def _twice(self, call: Callable[..., Awaitable[T]], given: Sequence[Any], *, again: bool) -> T:
        """Return what the call gives, at its second try where the source was not to be reached."""
        self._budget.begin()
        try:
            return await call(*given)
        except SourceUnavailableError:
            if not again or not self._budget.spend():
                raise
        await asyncio.sleep(pause())
        return await call(*given)

    async def _turn(self) -> None:
        """Wait for a turn. Raises `SourceBusyError` where none comes within the deadline."""
        wait = self._turns.take(self._timeout)
        if wait is None:
            raise SourceBusyError(
                "More reads of the source wait for their turn than come within the deadline", remedy=PACED
            )
        if wait:
            await asyncio.sleep(wait)

    async def _enter(self) -> None:
        """Take a place, as soon as there is one. Raises `SourceBusyError`."""
        if self._waiting >= self._most_waiting:
            raise SourceBusyError("Too many reads of the source wait already", where=self._source)
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        self._working += 1

    def _leave(self) -> None:
        """Free the place."""
        self._working -= 1
        self._places.release()


class _Descriptions:
    """Describes a source again for reads that could not be prepared; not again right after a failure."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._turn = asyncio.Lock()
        self._failed: tuple[float, GovGraphError] | None = None

    async def prepare(self, read: Read) -> PreparedRead:
        """Return the read prepared on a fresh description; soon after a failure, that failure again."""
        async with self._turn:
            if self._failed is not None and monotonic() < self._failed[0]:
                raise self._failed[1].with_traceback(None)
            try:
                await self._connector.describe()
                return self._connector.prepare(read)
            except (SourceRetryError, SourceFatalError) as error:
                self._failed = (monotonic() + DESCRIBED_AGAIN_AFTER, error)
                raise


class _GuardedConnector:
    """A connector behind its guard."""

    def __init__(self, connector: Connector, guard: _Guard) -> None:
        self._connector = connector
        self.guard = guard
        self._descriptions = _Descriptions(connector)

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self._connector.capabilities

    @property
    def as_of(self) -> datetime | None:
        return self._connector.as_of

    async def describe(self) -> Sequence[Entity]:
        return await self.guard.run(self._connector.describe)

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        return await self.guard.run(self._connector.sample, entity, count)

    def prepare(self, read: Read) -> PreparedRead:
        return _GuardedRead(read, self.guard, self._descriptions, self._prepared(read))

    def _prepared(self, read: Read) -> PreparedRead | None:
        try:
            return self._connector.prepare(read)
        except (SourceRetryError, SourceFatalError) as error:
            logger.info("a read waits for its source to be described again: %s", error.code)
            return None

    async def aclose(self) -> None:
        await self._connector.aclose()


class _GuardedRead:
    """A prepared read behind the guard of its source."""

    def __init__(
        self, read: Read, guard: _Guard, descriptions: _Descriptions, prepared: PreparedRead | None
    ) -> None:
        self._read = read
        self._guard = guard
        self._descriptions = descriptions
        self._prepared = prepared

    @property
    def statement(self) -> str:
        return self._prepared.statement if self._prepared is not None else ""

    async def rows(self, binds: Binds) -> Sequence[Row]:
        prepared = self._prepared
        return await self._guard.run(self._rows if prepared is None else prepared.rows, binds)

    async def json(self, binds: Binds) -> Written:
        return await self._guard.run(self._json, binds)

    async def stream(self, binds: Binds, size: int) -> AsyncGenerator[Sequence[Row], None]:
        prepared = await self._guard.run(self._ready)
        async with aclosing(prepared.stream(binds, size)) as batches:
            while batch := await self._guard.run(anext, batches, None, again=False):
                yield batch

    async def _rows(self, binds: Binds) -> Sequence[Row]:
        return await (await self._ready()).rows(binds)

    async def _json(self, binds: Binds) -> Written:
        return await (await self._ready()).json(binds)

    async def _ready(self) -> PreparedRead:
        """Return the prepared read."""
        if self._prepared is None:
            self._prepared = await self._descriptions.prepare(self._read)
        return self._prepared
