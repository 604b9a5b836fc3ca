"""Recent answers: never older than allowed, never from before a change made here."""

from dataclasses import replace

import anyio
import pytest

from auth.errors import ClientRevokedError
from auth.recent import Recent
from auth.store import AuthStore
from auth.tokens import TokenIssuer, TokenVerifier
from govgraph.database import StoreUnavailableError
from tests.auth.samples import BEGIN, HALL, Hands, grant

pytestmark = pytest.mark.anyio


async def test_an_answer_is_kept_for_its_seconds_and_not_longer() -> None:
    hands, recent, asked = Hands(), Recent(2), []

    async def read() -> int:
        asked.append(1)
        return len(asked)

    async def ask() -> int:
        return await recent.get("key", hands.moment, read)

    assert [await ask(), await ask()] == [1, 1]
    hands.wind(seconds=1)
    assert await ask() == 1
    hands.wind(seconds=1)
    assert await ask() == 2
    hands.wind(seconds=-3600)
    assert await ask() == 3


async def test_of_many_that_ask_at_once_one_reads() -> None:
    hands, recent, asked, going = Hands(), Recent(2), [], anyio.Event()

    async def read() -> int:
        asked.append(1)
        await going.wait()
        return 7

    answers: list[int] = []

    async def ask() -> None:
        answers.append(await recent.get("key", hands.moment, read))

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(ask)
        await anyio.wait_all_tasks_blocked()
        going.set()
    assert (answers, len(asked)) == ([7] * 5, 1)


async def test_nothing_is_kept_by_default_and_never_more_than_the_capacity() -> None:
    async def read() -> None:
        return None

    off, small = Recent(), Recent(60, capacity=3)
    for n in range(10):
        await off.get(n, BEGIN, read)
        await small.get(n, BEGIN, read)
    assert not off._kept
    assert 0 < len(small._kept) <= 3


class Store:
    """A store that can go away; it counts how often it is asked."""

    def __init__(self) -> None:
        self.away = False
        self.asked = 0

    async def read(self) -> int:
        self.asked += 1
        if self.away:
            raise StoreUnavailableError("The store is away")
        return self.asked


async def test_while_the_store_is_away_the_last_answer_counts_and_one_a_second_tries() -> None:
    hands, store = Hands(), Store()
    recent = Recent(1, certain=lambda: True)
    assert await recent.get("key", hands.moment, store.read) == 1
    store.away = True
    hands.wind(hours=1)
    assert [await recent.get("key", hands.moment, store.read) for _ in range(5)] == [1] * 5
    assert store.asked == 2
    hands.wind(seconds=1)
    assert await recent.get("key", hands.moment, store.read) == 1
    assert store.asked == 3
    with pytest.raises(StoreUnavailableError):
        await recent.get("never asked before", hands.moment, store.read)
    store.away = False
    hands.wind(seconds=1)
    assert await recent.get("key", hands.moment, store.read) == 5


async def test_what_may_have_changed_does_not_count_while_the_store_is_away() -> None:
    hands, store, certain = Hands(), Store(), [True]
    recent = Recent(1, certain=lambda: certain[0])
    await recent.get("key", hands.moment, store.read)
    store.away = True
    hands.wind(seconds=1)
    certain[0] = False
    with pytest.raises(StoreUnavailableError):
        await recent.get("key", hands.moment, store.read)
    certain[0] = True
    assert await recent.get("key", hands.moment, store.read) == 1
    recent.forget()
    with pytest.raises(StoreUnavailableError):
        await recent.get("key", hands.moment, store.read)


async def test_a_change_is_told_to_the_other_replicas() -> None:
    told: list[int] = []

    async def tell() -> None:
        told.append(1)

    recent, hands, store = Recent(60, announce=tell), Hands(), Store()
    await recent.get("key", hands.moment, store.read)
    await recent.changed()
    assert (told, await recent.get("key", hands.moment, store.read)) == ([1], 2)


async def test_an_answer_read_across_a_change_is_not_kept() -> None:
    recent, begun, finish = Recent(60), anyio.Event(), anyio.Event()

    async def slow() -> str:
        begun.set()
        await finish.wait()
        return "from before"

    async def fresh() -> str:
        return "from after"

    async with anyio.create_task_group() as group:
        group.start_soon(recent.get, "key", BEGIN, slow)
        await begun.wait()
        recent.forget()
        finish.set()
    assert await recent.get("key", BEGIN, fresh) == "from after"


async def test_a_change_made_here_is_seen_at_once_and_one_made_elsewhere_within_the_seconds(
    store: AuthStore, issuer: TokenIssuer, hands: Hands
) -> None:
    keeping = replace(store, recent=Recent(1))
    verifier = TokenVerifier(issuer.realm, hands.clock(), keeping)
    await keeping.add_client(HALL)
    await keeping.put_grant(grant())
    header = f"Bearer {issuer.issue(HALL)}"
    await verifier.principal(header)
    assert len(await keeping.grants_of(HALL.id)) == 1
    await store.revoke_grant("G-1")
    assert len(await keeping.grants_of(HALL.id)) == 1
    hands.wind(seconds=1)
    assert not await keeping.grants_of(HALL.id)
    await verifier.principal(header)
    await keeping.revoke_client(HALL.id)
    with pytest.raises(ClientRevokedError):
        await verifier.principal(header)
