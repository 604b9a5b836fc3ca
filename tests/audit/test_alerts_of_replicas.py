"""Two replicas notice the same; the one that signs raises the alert, and another does once it is gone."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from audit.alerts import watcher
from audit.alerts.alert import Rule
from audit.alerts.rules import AlertRules
from audit.alerts.watcher import Watcher
from audit.index.follower import Follower
from audit.index.store import IndexStore
from audit.index.terms import Terms
from audit.log import Log, open_log
from audit.record import AccessRecord, Outcome
from govgraph.clock import Clock
from govgraph.database import open_database
from govgraph.keyring import Keyring
from tests.audit.replicas import keeping_in

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]
Watched = tuple[Log, Watcher]
LIMIT = 3


@pytest.fixture
async def two(
    tmp_path: Path, keyring: Keyring, clock: Clock, new_postgresql_database: Callable[[], str]
) -> AsyncIterator[tuple[Watched, Watched]]:
    """Two replicas of one log with one index; the first signs."""
    url, index_url = new_postgresql_database(), new_postgresql_database()
    async with AsyncExitStack() as stack:
        made = []
        for name in ("one", "two"):
            log = await open_log(tmp_path / name / "audit", keyring, clock, keeping_in(url))
            stack.push_async_callback(log.aclose)
            database = await open_database(index_url, tmp_path)
            stack.push_async_callback(database.aclose)
            index = Follower(log, IndexStore(database), Terms(b"k" * 32), log.opened.desk.seal)
            made.append((log, Watcher(log, index, AlertRules(denial_limit=LIMIT), clock)))
        await until(lambda: made[0][0].chosen)
        yield made[0], made[1]


async def until(condition: Callable[[], bool]) -> None:
    """Return once it is so."""
    with anyio.fail_after(30):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in another thread
            await anyio.sleep(0.01)


async def caught_up(one: Watched) -> list[Rule]:
    """Have a replica look at everything, and return what it raised."""
    await one[1].index.catch_up()
    return [alert.rule for alert in await one[1].catch_up()]


async def refused(log: Log, record: AccessRecord, others: Log) -> None:
    """Write one refusal more than the bound, and wait until both replicas have heard of them."""
    for number in range(LIMIT + 1):
        made = replace(record, receipt=f"refused-{log.size}-{number}", client="hall")
        await log.append(replace(made, outcome=Outcome.REFUSED, rows={}, subjects={}, subject_total=0))
    await until(lambda: others.size >= log.size)


async def test_what_both_notice_the_one_that_signs_raises(
    two: tuple[Watched, Watched], record: Callable[[int], AccessRecord]
) -> None:
    first, second = two
    assert not second[0].chosen
    await refused(first[0], record(0), second[0])
    assert await caught_up(second) == []
    assert await caught_up(first) == [Rule.DENIALS]
    assert await caught_up(second) == []
    assert await caught_up(first) == []


async def test_what_nobody_raised_is_raised_once_by_the_replica_that_signs_next(
    two: tuple[Watched, Watched], record: Callable[[int], AccessRecord]
) -> None:
    first, second = two
    await refused(first[0], record(0), second[0])
    assert await caught_up(second) == []
    await first[0].aclose()
    await until(lambda: second[0].chosen)
    assert await caught_up(second) == [Rule.DENIALS]
    assert await caught_up(second) == []


async def test_an_alert_that_nobody_raises_for_long_is_raised_by_who_noticed_it(
    two: tuple[Watched, Watched], record: Callable[[int], AccessRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    await refused(first[0], record(0), second[0])
    assert await caught_up(second) == []
    monkeypatch.setattr(watcher, "PATIENCE", -1.0)
    assert await caught_up(second) == [Rule.DENIALS]
    assert await caught_up(first) == []
