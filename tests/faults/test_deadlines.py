"""A deadline ends what lasts too long, and nothing else, although one timer rings for all."""

import asyncio
from typing import Final

import anyio
import pytest

from govgraph.deadlines import LENGTHS, Deadline, Deadlines, Timer

pytestmark = pytest.mark.anyio
SHORT: Final = 0.02
LONG: Final = 60.0
BOUND: Final = 10
"""Seconds after which a test that hangs fails."""


async def late(timer: Timer) -> bool:
    """Return whether endless work was ended by its deadline."""
    limit = Deadline(timer)
    try:
        with limit:
            await anyio.sleep_forever()
    except TimeoutError:
        return limit.expired
    return False


async def test_work_that_lasts_too_long_is_ended_and_its_task_goes_on() -> None:
    with anyio.fail_after(BOUND):
        assert await late(Timer(SHORT))
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(0)


async def test_work_that_ends_in_time_is_left_alone_while_later_work_is_ended() -> None:
    timer = Timer(10 * SHORT)
    with anyio.fail_after(BOUND):
        with Deadline(timer) as early:
            await asyncio.sleep(0)
        await asyncio.sleep(SHORT)  # the timer that was begun for the first rings before the second is due
        assert await late(timer)
    assert not early.expired


async def test_one_timer_rings_for_all_in_the_order_in_which_they_began() -> None:
    timer, ended = Timer(SHORT), list[int]()

    async def work(number: int) -> None:
        assert await late(timer)
        ended.append(number)

    with anyio.fail_after(BOUND):
        async with asyncio.TaskGroup() as group:
            for number in range(3):
                group.create_task(work(number))
    assert ended == [0, 1, 2]


async def test_a_timer_that_rang_for_the_last_one_rings_again_for_the_next() -> None:
    timer = Timer(SHORT)
    with anyio.fail_after(BOUND):
        assert await late(timer)
        assert await late(timer)


async def test_a_cancellation_from_outside_stays_one() -> None:
    begun = anyio.Event()

    async def work() -> None:
        with Deadlines().within(LONG):
            begun.set()
            await anyio.sleep_forever()

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_from_outside_is_not_hidden_by_a_deadline_that_rang_as_well() -> None:
    timer = Timer(SHORT)
    waiting: list[asyncio.Task[None]] = []

    async def work() -> None:
        with Deadline(timer) as limit:
            try:
                await anyio.sleep_forever()
            finally:
                assert limit.expired
                waiting[0].cancel()

    waiting.append(asyncio.create_task(work()))
    with anyio.fail_after(BOUND), pytest.raises(asyncio.CancelledError):
        await waiting[0]


async def test_an_inner_deadline_leaves_the_outer_one_to_the_work_that_follows() -> None:
    deadlines = Deadlines()
    with anyio.fail_after(BOUND), deadlines.within(LONG) as outer:
        with pytest.raises(TimeoutError), deadlines.within(SHORT):
            await anyio.sleep_forever()
        await asyncio.sleep(0)
    assert not outer.expired


async def test_an_error_of_the_work_itself_is_not_taken_for_the_deadline() -> None:
    with pytest.raises(ValueError, match="mine"), Deadlines().within(LONG):
        raise ValueError("mine")


async def test_whoever_waits_keeps_the_timer_although_many_other_lengths_are_named() -> None:
    deadlines = Deadlines()

    async def work() -> None:
        with deadlines.within(SHORT):
            for number in range(LENGTHS + 1):
                with deadlines.within(LONG + number):
                    await asyncio.sleep(0)
            await anyio.sleep_forever()

    with anyio.fail_after(BOUND), pytest.raises(TimeoutError):
        await work()


def test_a_timer_that_outlives_its_event_loop_rings_in_the_next_one() -> None:
    timer = Timer(SHORT)

    async def abandoned() -> None:
        timer.begin(asyncio.Event().set, asyncio.get_running_loop())

    asyncio.run(abandoned())
    assert asyncio.run(asyncio.wait_for(late(timer), BOUND))
