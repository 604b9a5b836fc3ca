"""One request for many who ask the same at once: shared answers, shared failures, nothing kept."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import anyio
import pytest

from connectors.coalescing import Coalescing
from connectors.errors import SourceUnavailableError
from connectors.model import ColumnType, Entity, EntityColumn, Output, Read, Surroundings
from connectors.sql.source import SqlConnector
from connectors.sql.tables import Description
from govgraph.expressions.terms import Column

pytestmark = pytest.mark.anyio


class Source:
    """Answers when it is let go on, and counts how often it was asked and stopped."""

    def __init__(self) -> None:
        self.asked = 0
        self.stopped = 0
        self.going = anyio.Event()
        self.failure: Exception | None = None

    async def ask(self) -> int:
        self.asked += 1
        try:
            await self.going.wait()
        except anyio.get_cancelled_exc_class():
            self.stopped += 1
            raise
        if self.failure is not None:
            raise self.failure
        return self.asked


async def asked_by(count: int, ask: Callable[[], object], source: Source) -> None:
    """Have as many ask at once, and let the source answer once all of them wait."""
    async with anyio.create_task_group() as group:
        for _ in range(count):
            group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        source.going.set()


async def test_those_who_ask_the_same_at_once_share_an_answer_and_later_ones_do_not() -> None:
    source, shared, answers = Source(), Coalescing[int](), []

    async def ask() -> None:
        answers.append(await shared.answer("same", source.ask))

    await asked_by(5, ask, source)
    await ask()
    assert answers == [1, 1, 1, 1, 1, 2]


async def test_another_request_is_asked_for_itself() -> None:
    source, shared = Source(), Coalescing[int]()
    source.going.set()
    assert [await shared.answer(same, source.ask) for same in ("one", "other")] == [1, 2]


async def test_a_failure_is_told_to_all_who_waited() -> None:
    source, shared, told = Source(), Coalescing[int](), []
    source.failure = SourceUnavailableError("The source cannot be read")

    async def ask() -> None:
        try:
            await shared.answer("same", source.ask)
        except SourceUnavailableError as error:
            told.append(error.code)

    await asked_by(3, ask, source)
    assert (told, source.asked) == (["SOURCE_UNAVAILABLE"] * 3, 1)


async def test_one_who_gives_up_leaves_the_others_their_answer() -> None:
    source, shared, answers = Source(), Coalescing[int](), []

    async def ask() -> None:
        answers.append(await shared.answer("same", source.ask))

    async with anyio.create_task_group() as group:
        with anyio.CancelScope() as impatient:
            group.start_soon(ask)
            await anyio.wait_all_tasks_blocked()
            impatient.cancel()
            await shared.answer("same", source.ask)
        source.going.set()
    assert (answers, source.stopped) == ([1], 0)


async def test_a_request_that_nobody_waits_for_is_stopped() -> None:
    source, shared = Source(), Coalescing[int]()
    with anyio.move_on_after(0.01):
        await shared.answer("same", source.ask)
    await anyio.wait_all_tasks_blocked()
    assert source.stopped == 1
    source.going.set()
    assert await shared.answer("same", source.ask) == 2


class Files(Source):
    """A client of files, all written at one moment, or of a live store where there is no moment."""

    dialect = "duckdb"
    ends_late_statements = False
    streams = 0

    def __init__(self, as_of: datetime | None) -> None:
        super().__init__()
        self.as_of = as_of

    async def fetch(self, _text: str, _arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        return [[str(await self.ask())]]

    async def descriptions(self) -> Sequence[Description]:
        return [Description(Entity("t", (EntityColumn("a", ColumnType.TEXT),)))]


@pytest.mark.parametrize(("as_of", "asked"), [(datetime(2026, 1, 1, tzinfo=UTC), 1), (None, 3)])
async def test_equal_reads_of_files_share_a_statement_and_those_of_a_live_store_do_not(
    as_of: datetime | None, asked: int
) -> None:
    files = Files(as_of)
    connector = SqlConnector(files, Surroundings("files", lambda _: ""), 60.0)
    await connector.describe()
    read = connector.prepare(Read("t", (Output("a", Column("a")),)))

    async def ask() -> None:
        await read.rows({})

    await asked_by(3, ask, files)
    assert files.asked == asked
