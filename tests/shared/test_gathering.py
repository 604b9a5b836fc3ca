"""What many ask at once is asked in few questions, and nobody's going away or failing holds up another."""

from collections.abc import Sequence

import anyio
import pytest

from govgraph.shared.gathering import MOST, Gathering
from govgraph.shared.state import SharedStateUnavailableError

pytestmark = pytest.mark.anyio


class Far:
    """Answers twice what it is asked, once it is let; counts its questions."""

    def __init__(self) -> None:
        self.questions: list[int] = []
        self.going = anyio.Event()
        self.failing = False

    async def ask(self, asked: Sequence[int]) -> Sequence[int]:
        """Return the answers."""
        self.questions.append(len(asked))
        await self.going.wait()
        if self.failing:
            raise SharedStateUnavailableError("It does not answer")
        return [2 * one for one in asked]


async def test_what_comes_while_an_answer_is_on_its_way_makes_the_next_question() -> None:
    far = Far()
    gathering, told = Gathering(far.ask), dict[int, int]()

    async def ask(number: int) -> None:
        told[number] = await gathering.one(number)

    async with anyio.create_task_group() as group:
        for number in range(MOST + 5):
            group.start_soon(ask, number)
        await anyio.wait_all_tasks_blocked()
        group.start_soon(ask, 1000)
        await anyio.wait_all_tasks_blocked()
        far.going.set()
    assert told == {number: 2 * number for number in [*range(MOST + 5), 1000]}
    assert far.questions == [MOST, 6]


async def test_who_goes_away_and_what_fails_hold_up_nobody_else() -> None:
    far = Far()
    gathering, told = Gathering(far.ask), list[int]()

    async def leave() -> None:
        with anyio.CancelScope() as scope:
            scope.cancel()
            await gathering.one(1)

    async def ask() -> None:
        told.append(await gathering.one(2))

    async with anyio.create_task_group() as group:
        group.start_soon(leave)
        group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        far.going.set()
    assert told == [4]
    far.failing = True
    with pytest.raises(SharedStateUnavailableError):
        await gathering.one(3)
    far.failing = False
    assert await gathering.one(4) == 8
