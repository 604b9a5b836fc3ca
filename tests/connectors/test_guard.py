"""The guard keeps a slow or failing source to itself."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import anyio
import pytest

from connectors.errors import (
    EntityUnknownError,
    SourceBusyError,
    SourceTimeoutError,
    SourceUnavailableError,
    UnsupportedReadError,
)
from connectors.guard import WAITING_PER_PLACE, guarded
from connectors.memory import MemoryConnector
from connectors.model import Binds, Capability, Entity, Output, Read, Row
from connectors.protocol import PreparedRead
from connectors.rows_only import RowsOnly
from govgraph.expressions.terms import Column

pytestmark = pytest.mark.anyio
READ = Read("t", (Output("a", Column("a")),))
SECRET = "330799199003071013 SELECT password host-17"
Behaviour = Callable[[], Awaitable[Sequence[Row]]]


class OddRead(RowsOnly):
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    async def rows(self, binds: Binds) -> Sequence[Row]:
        return await self._behaviour()


class OddSource:
    """Does as it is told; `down` makes describing and preparing fail."""

    def __init__(self, behaviour: Behaviour, down: Exception | None = None) -> None:
        self.behaviour = behaviour
        self.down = down
        self.described = 0

    capabilities: frozenset[Capability] = frozenset()

    async def describe(self) -> Sequence[Entity]:
        self.described += 1
        if self.down:
            raise self.down
        return []

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        return []

    def prepare(self, read: Read) -> PreparedRead:
        if self.down:
            raise self.down
        return OddRead(self.behaviour)

    async def aclose(self) -> None:
        return


async def answer() -> Sequence[Row]:
    return [["here"]]


async def hang() -> Sequence[Row]:
    await anyio.sleep_forever()
    return []


async def explode() -> Sequence[Row]:
    raise RuntimeError(SECRET)


async def test_an_answer_passes_through() -> None:
    connector = guarded(OddSource(answer), "housing-fund", 5, 1)
    assert await connector.prepare(READ).rows({}) == [["here"]]


async def test_a_hanging_source_is_a_timeout_within_the_deadline() -> None:
    connector = guarded(OddSource(hang), "housing-fund", 0.05, 1)
    with anyio.fail_after(5), pytest.raises(SourceTimeoutError) as caught:
        await connector.prepare(READ).rows({})
    assert caught.value.where == "housing-fund"


async def test_waiting_for_a_place_counts_towards_the_deadline() -> None:
    connector = guarded(OddSource(hang), "housing-fund", 0.05, 1)
    read = connector.prepare(READ)
    codes = []

    async def ask() -> None:
        try:
            await read.rows({})
        except SourceTimeoutError as error:
            codes.append(error.code)

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(ask)
    assert codes == ["SOURCE_TIMEOUT"] * 4


async def test_an_error_of_a_driver_keeps_its_words_to_itself(caplog: pytest.LogCaptureFixture) -> None:
    connector = guarded(OddSource(explode), "housing-fund", 5, 1)
    with caplog.at_level(logging.DEBUG), pytest.raises(SourceUnavailableError) as caught:
        await connector.prepare(READ).rows({})
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    for part in SECRET.split():
        assert part not in caught.value.text + repr(caught.value) + caplog.text


async def test_more_waiting_reads_than_fit_are_refused_at_once() -> None:
    release = anyio.Event()

    async def wait() -> Sequence[Row]:
        await release.wait()
        return []

    read = guarded(OddSource(wait), "housing-fund", 30, 1).prepare(READ)
    refused = []

    async def ask() -> None:
        try:
            await read.rows({})
        except SourceBusyError:
            refused.append(1)
            release.set()

    async with anyio.create_task_group() as group:
        for _ in range(WAITING_PER_PLACE + 2):
            group.start_soon(ask)
    assert refused == [1]


async def test_cancellation_passes_through_and_gives_the_place_back() -> None:
    source = OddSource(hang)
    read = guarded(source, "housing-fund", 30, 1).prepare(READ)
    with anyio.move_on_after(0.01) as scope:
        await read.rows({})
    assert scope.cancelled_caught
    source.behaviour = answer
    again = guarded(source, "housing-fund", 30, 1).prepare(READ)
    assert await again.rows({}) == [["here"]]


async def test_a_place_is_free_again_after_a_timeout() -> None:
    behaviours = [hang, answer]

    async def next_one() -> Sequence[Row]:
        return await behaviours.pop(0)()

    read = guarded(OddSource(next_one), "housing-fund", 0.05, 1).prepare(READ)
    with pytest.raises(SourceTimeoutError):
        await read.rows({})
    assert await read.rows({}) == [["here"]]


async def test_a_source_that_was_down_at_start_comes_back_by_itself() -> None:
    source = OddSource(answer, down=SourceUnavailableError("The source is down"))
    read = guarded(source, "housing-fund", 5, 1).prepare(READ)
    source.down = None
    assert await read.rows({}) == [["here"]]


async def test_a_lost_table_fails_when_read_not_when_prepared_and_is_not_sought_on_every_read() -> None:
    source = OddSource(answer, down=EntityUnknownError("The source has no table"))
    read = guarded(source, "housing-fund", 5, 1).prepare(READ)
    for _ in range(3):
        with pytest.raises(EntityUnknownError):
            await read.rows({})
    assert source.described == 1


async def test_undeclared_work_is_refused_when_prepared() -> None:
    connector = guarded(MemoryConnector([], frozenset()), "housing-fund", 5, 1)
    with pytest.raises(UnsupportedReadError):
        connector.prepare(Read("t", (), limit=None, derived=(Output("a", Column("a")),)))


async def test_json_and_streams_are_refused_where_undeclared() -> None:
    read = guarded(OddSource(answer), "housing-fund", 5, 1).prepare(READ)
    with pytest.raises(UnsupportedReadError):
        await read.json({})
    with pytest.raises(UnsupportedReadError):
        await anext(aiter(read.stream({}, 10)))
