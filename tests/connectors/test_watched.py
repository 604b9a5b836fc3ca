"""Reads that meet that something is gone tell of it, and of its return; others tell nothing."""

from collections.abc import Sequence
from typing import cast

import pytest

from connectors.errors import EntityUnknownError, SourceUnavailableError
from connectors.model import Output, Read, Row
from connectors.protocol import Connector
from connectors.watched import watched
from govgraph.expressions.terms import Column
from tests.connectors.test_guard import Behaviour, OddSource, answer

pytestmark = pytest.mark.anyio
READ = Read("t", (Output("a", Column("a")),))
OTHER = Read("u", (Output("a", Column("a")),))
GONE = EntityUnknownError("A column of the read is not there any more")


def odd(behaviour: Behaviour, down: Exception | None = None) -> tuple[OddSource, Connector, list[str]]:
    """Return a source that does as it is told, its watched connector, and what that told."""
    told: list[str] = []
    source = OddSource(behaviour, down)
    return source, watched(cast("Connector", source), lambda: told.append("look")), told


async def gone() -> Sequence[Row]:
    raise GONE


async def down() -> Sequence[Row]:
    raise SourceUnavailableError("The source is down")


async def test_each_read_that_meets_a_loss_tells_and_its_next_answer_tells_once() -> None:
    behaviours = [gone, gone, answer, answer]

    async def next_one() -> Sequence[Row]:
        return await behaviours.pop(0)()

    _, connector, told = odd(next_one)
    read = connector.prepare(READ)
    for _ in range(2):
        with pytest.raises(EntityUnknownError):
            await read.rows({})
    assert len(told) == 2
    assert await read.rows({}) == [["here"]]
    assert await read.rows({}) == [["here"]]
    assert len(told) == 3


async def test_a_source_that_is_down_tells_of_no_loss() -> None:
    _, connector, told = odd(down)
    read = connector.prepare(READ)
    with pytest.raises(SourceUnavailableError):
        await read.rows({})
    assert not told


async def test_what_cannot_be_prepared_tells_and_tells_again_once_it_can() -> None:
    source, connector, told = odd(answer, down=GONE)
    with pytest.raises(EntityUnknownError):
        connector.prepare(READ)
    source.down = None
    connector.prepare(OTHER)
    assert len(told) == 1
    connector.prepare(READ)
    connector.prepare(READ)
    assert len(told) == 2
