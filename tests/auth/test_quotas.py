"""Look-ups are counted per grant and day of the city."""

import anyio
import pytest

from auth.errors import LookupQuotaExceededError
from auth.quotas import Quotas
from auth.rights import Quota
from tests.auth.samples import Hands

pytestmark = pytest.mark.anyio
TEN = Quota(10)


async def test_the_quota_holds_to_the_last_lookup_and_not_one_more() -> None:
    quotas = Quotas(Hands().clock())
    await quotas.charge("G-1", 9, TEN)
    await quotas.charge("G-1", 1, TEN)
    with pytest.raises(LookupQuotaExceededError) as caught:
        await quotas.charge("G-1", 1, TEN)
    assert caught.value.status == 429


async def test_a_refused_request_uses_nothing_up() -> None:
    quotas = Quotas(Hands().clock())
    await quotas.charge("G-1", 8, TEN)
    for _ in range(3):
        with pytest.raises(LookupQuotaExceededError):
            await quotas.charge("G-1", 3, TEN)
    await quotas.charge("G-1", 2, TEN)


async def test_each_grant_has_its_own_count() -> None:
    quotas = Quotas(Hands().clock())
    await quotas.charge("G-1", 10, TEN)
    await quotas.charge("G-2", 10, TEN)


async def test_the_count_begins_again_at_midnight_in_the_city() -> None:
    hands = Hands()  # 12:00 in Asia/Shanghai
    quotas = Quotas(hands.clock())
    await quotas.charge("G-1", 10, TEN)
    hands.wind(seconds=12 * 3600 - 1)
    with pytest.raises(LookupQuotaExceededError):
        await quotas.charge("G-1", 1, TEN)
    hands.wind(seconds=1)
    await quotas.charge("G-1", 10, TEN)


async def test_a_grant_without_quota_is_not_bounded_and_one_of_zero_gives_nothing() -> None:
    quotas = Quotas(Hands().clock())
    await quotas.charge("G-1", 10**9, Quota(None))
    await quotas.charge("G-2", 0, Quota(0))
    with pytest.raises(LookupQuotaExceededError):
        await quotas.charge("G-2", 1, Quota(0))


async def test_side_by_side_no_more_than_the_quota_passes() -> None:
    quotas = Quotas(Hands().clock())
    passed: list[int] = []

    async def ask() -> None:
        try:
            await quotas.charge("G-1", 1, TEN)
        except LookupQuotaExceededError:
            return
        passed.append(1)

    async with anyio.create_task_group() as group:
        for _ in range(40):
            group.start_soon(ask)
    assert len(passed) == 10
