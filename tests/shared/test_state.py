"""What holds of the shared state whichever twin answers."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.errors import LookupQuotaExceededError
from auth.quotas import Quotas
from auth.rights import Quota
from govgraph.shared.counts import KEPT, Counts
from govgraph.shared.memory import MemoryState
from govgraph.shared.state import SharedState
from tests.auth.samples import Hands

pytestmark = pytest.mark.anyio


async def test_a_count_takes_all_that_fits_and_nothing_of_what_does_not(state: SharedState) -> None:
    assert await state.charge("a", 8, 10)
    assert not await state.charge("a", 3, 10)
    assert await state.charge("a", 2, 10)
    assert not await state.charge("a", 1, 10)
    assert await state.charge("b", 10, 10)


async def test_a_quota_holds_to_the_last_lookup_on_either_twin(state: SharedState) -> None:
    hands = Hands()  # 12:00 in Asia/Shanghai
    quotas = Quotas(hands.clock(), state)
    await quotas.charge("G-1", 10, Quota(10))
    with pytest.raises(LookupQuotaExceededError):
        await quotas.charge("G-1", 1, Quota(10))
    hands.wind(seconds=12 * 3600)
    await quotas.charge("G-1", 1, Quota(10))


async def test_side_by_side_no_more_than_the_most_passes(state: SharedState) -> None:
    passed: list[bool] = []

    async def ask() -> None:
        passed.append(await state.charge("a", 1, 10))

    async with anyio.create_task_group() as group:
        for _ in range(30):
            group.start_soon(ask)
    assert sum(passed) == 10


async def test_what_is_remembered_is_recalled_and_ends_with_its_time(state: SharedState) -> None:
    assert await state.recall("name") is None
    await state.remember("name", b"value", 60)
    await state.remember("never", b"value", 0)
    assert await state.recall("name") == b"value"
    assert await state.recall("never") is None
    assert await state.recall("other") is None


async def test_a_state_that_answers_is_certain_and_nothing_has_changed(state: SharedState) -> None:
    assert state.certain()
    assert not await state.renew()


def test_a_count_ends_two_days_after_it_began() -> None:
    hands = [0.0]
    counts = Counts(lambda: hands[0])
    counts.add("a", 2)
    hands[0] = KEPT - 1
    counts.add("a", 2)
    assert (counts.get("a"), dict(counts)) == (4, {"a": 4})
    hands[0] = KEPT
    assert (counts.get("a"), dict(counts)) == (0, {})
    counts.add("b", 1)
    assert dict(counts) == {"b": 1}


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), max_size=40), st.integers(0, 20))
async def test_a_count_is_the_sum_of_what_was_granted(asked: list[tuple[str, int]], most: int) -> None:
    state, sums = MemoryState(), dict.fromkeys("abc", 0)
    for name, amount in asked:
        granted = await state.charge(name, amount, most)
        assert granted == (sums[name] + amount <= most)
        sums[name] += amount if granted else 0
