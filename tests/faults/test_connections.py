"""Connections that a source does not give, or that nobody gives back in time."""

from collections.abc import Callable
from urllib.parse import urlsplit

import anyio
import asyncpg
import pytest

from connectors.errors import SourceBusyError, SourceTimeoutError
from connectors.guard import guarded
from connectors.model import Surroundings
from connectors.pace import Pace
from connectors.registry import open_connector
from connectors.sql.connections import Connections
from govgraph.egress import Egress, networks
from tests.connectors.test_guard import READ, OddSource, answer

pytestmark = pytest.mark.anyio


@pytest.mark.postgresql
async def test_a_source_that_takes_no_more_connections_is_busy(
    new_postgresql_database: Callable[[], str],
) -> None:
    url = new_postgresql_database()
    name = "narrow_" + urlsplit(url).path.rpartition("_")[2][:8]
    owner = await asyncpg.connect(url)
    await owner.execute(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT 0")
    await owner.close()
    address = url.replace(f"{urlsplit(url).username}:@", f"{name}:@").replace("postgres@", f"{name}@")
    around = Surroundings("housing-fund", lambda _: "", egress=Egress(networks("127.0.0.0/8")))
    connector = await open_connector("sql", {"url": address}, around, {})
    with pytest.raises(SourceBusyError):
        await connector.describe()
    await connector.aclose()


async def test_nobody_waits_for_a_connection_to_close_but_its_place_does() -> None:
    closing = anyio.Event()

    async def opened() -> int:
        return 1

    async def closed(_connection: int) -> None:
        await closing.wait()

    connections: Connections[int] = Connections(opened, closed, 1)
    with pytest.raises(ValueError, match="lost"):
        async with connections.take():
            raise ValueError("lost")
    with anyio.move_on_after(0.01) as scope:
        await connections.begin()
    assert scope.cancelled_caught
    closing.set()
    with anyio.fail_after(5):
        assert await connections.begin() == 1
    await connections.aclose()


async def test_a_connection_that_fails_to_close_frees_its_place(caplog: pytest.LogCaptureFixture) -> None:
    async def opened() -> int:
        return 1

    async def broken(_connection: int) -> None:
        raise ValueError("330799199003071013")

    connections: Connections[int] = Connections(opened, broken, 1)
    for _ in range(3):
        with anyio.fail_after(5), pytest.raises(RuntimeError):
            async with connections.take():
                raise RuntimeError
    await connections.aclose()
    assert "ValueError" in caplog.text
    assert "330799" not in caplog.text


async def test_reads_beyond_the_pace_wait_for_their_turn_and_are_refused_beyond_the_deadline() -> None:
    moments = [0.0]
    paced = guarded(OddSource(answer), "fund", 0.05, 8, Pace(2, lambda: moments[0]))
    read = paced.prepare(READ)
    for _ in range(2):
        assert await read.rows({}) == [["here"]]
    with pytest.raises(SourceBusyError) as caught:
        await read.rows({})
    assert "requestsPerSecond" in caught.value.text
    moments[0] = 0.5
    assert await read.rows({}) == [["here"]]
    with pytest.raises((SourceBusyError, SourceTimeoutError)):
        await read.rows({})
