"""A client that goes away takes its statements along, and leaves its record behind."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import asyncpg
import orjson
import pytest

from govgraph.deadlines import Timer
from server.attendance import UNWATCHED, Attendance
from tests.server.living import Living, living
from tests.server.small_city import CHEN, HOUSING
from tests.server.test_control import PUBLISH

pytestmark = pytest.mark.anyio
SLOW = """CREATE VIEW rows AS SELECT '330799199003071013'::text AS "idNo", 'PAYING'::text AS state
WHERE pg_sleep(120)::text = ''"""
RUNNING = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'govgraph' AND state = 'active'"""
ASKED = f'{{ person(idNo: "{CHEN}") {{ name housingFund {{ state }} }} }}'


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Return once the condition holds; fails where it does not within half a minute."""
    with anyio.fail_after(30):
        while not await condition():  # noqa: ASYNC110 what is waited for happens in another process
            await anyio.sleep(0.02)


@pytest.fixture
async def observer(new_postgresql_database: Callable[[], str]) -> AsyncIterator[tuple[str, Any]]:
    """The address of a database whose one view takes two minutes, and a connection that watches it."""
    url = new_postgresql_database()
    connection = await asyncpg.connect(url)
    await connection.execute(SLOW)
    yield (
        url.replace("postgres:@", "postgres@"),
        connection,
    )  # a manifest holds no password, an empty one either
    await connection.close()


async def publish_slow_housing(platform: Living, url: str) -> None:
    """Publish the housing fund anew, over the slow view."""
    before, _, after = HOUSING.partition("source:")
    manifest = f'{before}source: {{kind: sql, url: "{url}"}}\nresources:{after.partition("resources:")[2]}'
    await (await platform.control()).ask(PUBLISH, f=[{"name": "housing.yaml", "text": manifest}])


async def record_of(platform: Living, request: str) -> dict[str, Any]:
    """Return the one access record of a request, once it is in the log."""
    log = platform.platform.log
    found: list[dict[str, Any]] = []

    async def written() -> bool:
        leaves = [orjson.loads(leaf) for leaf in await log.entries(0, log.size)]
        found[:] = [leaf for leaf in leaves if leaf.get("request") == request]
        return bool(found)

    await until(written)
    [record] = found
    return record


@pytest.mark.postgresql
async def test_a_client_that_leaves_takes_its_statement_along(
    tmp_path: Path, observer: tuple[str, Any]
) -> None:
    url, connection = observer
    async with living(tmp_path, source_timeout=100, deadline=100) as platform:
        await publish_slow_housing(platform, url)

        async def running() -> bool:
            return bool(await connection.fetchval(RUNNING))

        async def ended() -> bool:
            return not await running()

        asking = asyncio.create_task(platform.ask(ASKED, **{"X-Request-Id": "left-early"}))
        await until(running)
        asking.cancel()
        await until(ended)
        record = await record_of(platform, "left-early")
    assert (record["outcome"], record["codes"], record["client"]) == ("failed", ["CLIENT_GONE"], "app-one")
    assert "HousingFund.state" in record["coordinates"]["asked"]
    assert "rows" not in record


async def test_work_for_a_client_that_stays_is_finished_and_nobody_watches_any_more() -> None:
    waiting = anyio.Event()

    async def receive() -> dict[str, str]:
        waiting.set()
        await anyio.sleep_forever()
        return {}

    async def work() -> str:
        await waiting.wait()
        return "answer"

    before = asyncio.all_tasks()
    with anyio.fail_after(10):
        assert await Attendance(receive, Timer(UNWATCHED)).of(work()) == "answer"
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_work_that_runs_out_of_time_by_itself_is_not_taken_for_a_client_that_left() -> None:
    async def late() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await Attendance(lambda: asyncio.sleep(60), Timer(1)).of(late())  # type: ignore[arg-type, return-value]


async def test_a_cancellation_from_outside_is_not_taken_for_a_client_that_left() -> None:
    begun = anyio.Event()

    async def work() -> None:
        begun.set()
        await anyio.sleep_forever()

    attending = asyncio.create_task(Attendance(lambda: asyncio.sleep(60), Timer(1)).of(work()))  # type: ignore[arg-type, return-value]
    await begun.wait()
    attending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attending
