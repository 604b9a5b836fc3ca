"""Two live replicas behind one log: an alert is raised once, the index lacks nothing, whoever is killed."""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx2
import orjson
import pytest
from sqlalchemy import select

from audit.index.follower import Follower
from audit.index.store import METADATA, IndexStore
from audit.index.terms import Terms
from audit.log import Log, open_log
from govgraph.clock import system_clock
from govgraph.database import open_database
from govgraph.keyring import Keyring
from server.cli.connection import Connection
from tests.audit.replicas import keeping_in, leaves
from tests.server.serving import until
from tests.server.small_city import DIVISIONS
from tests.server.test_control import PUBLISH, PUT
from tests.server.test_replicas import CREATE, GRANT, LISTED, answers
from tests.server.two_replicas import PROMISED, Pair, Replica, two_replicas
from tests.servers import redis

pytestmark = [pytest.mark.anyio, pytest.mark.redis, pytest.mark.postgresql, pytest.mark.slow]
CLIENTS = 4
REFUSED = 5
"""Refused requests of a client of which no alert is raised yet."""


@pytest.fixture
async def pair(tmp_path: Path, new_postgresql_database: Callable[[], str]) -> AsyncIterator[Pair]:
    """Two replicas that look at the log often, and raise an alert at the sixth refusal."""
    if redis.program() is None:
        pytest.skip("Redis: the program redis-server is not installed")
    rules = tmp_path / "rules.yaml"
    rules.write_text(f"denial_limit: {REFUSED}\n", encoding="utf-8")
    more = {"GOVGRAPH_AUDIT_PAUSE": "0.1", "GOVGRAPH_ALERT_RULES": str(rules)}
    async with two_replicas(tmp_path, new_postgresql_database(), new_postgresql_database(), more) as made:
        await made.one.control(PUBLISH, f=[{"name": "divisions.yaml", "text": DIVISIONS}])
        yield made


async def client(pair: Pair, role: str = "application") -> tuple[str, str]:
    """Return a new client and its token."""
    name = f"c-{token_hex(4)}"
    made = await pair.one.control(CREATE, c={"id": name, "title": name, "role": role})
    return name, await pair.one.token(name, made["createClient"]["clientSecret"])


async def raised(pair: Pair, log: Log) -> list[Mapping[str, Any]]:
    """Return the alerts about refusals that stand in the log."""
    found = [orjson.loads(leaf) for _, _, leaf in await leaves(log)]
    return [leaf for leaf in found if leaf.get("detail", {}).get("rule") == "denials"]


async def tables(store: IndexStore) -> dict[str, list[Sequence[Any]]]:
    """Return every row of the index."""
    async with store.database.read() as connection:
        return {
            table.name: sorted(map(tuple, (await connection.execute(select(table))).all()))
            for table in METADATA.sorted_tables
        }


async def kill(replica: Replica) -> None:
    """End a replica as a loss of power does."""
    assert replica.running is not None
    replica.running.kill()
    await replica.running.wait()


async def refuse(replicas: Sequence[Replica], token: str) -> None:
    """Have a client refused by each replica that answers."""
    for replica in replicas:
        with suppress(httpx2.HTTPError):
            await replica.ask(token, LISTED)


async def test_alerts_are_raised_once_and_the_index_is_whole_whichever_replica_is_killed(
    pair: Pair, tmp_path: Path
) -> None:
    callers = [await client(pair) for _ in range(CLIENTS)]
    both = (pair.one, pair.other)
    for killed, left in ((pair.one, pair.other), (pair.other, pair.one)):
        asking = [asyncio.create_task(_ask_on(both, token)) for _, token in callers]
        await until(lambda: pair.recorded("NO_GRANT"))
        await kill(killed)
        await asyncio.gather(*asking)
        assert await left.code(callers[0][1], LISTED) == "NO_GRANT"
        await killed.http.aclose()
        await killed.start()

    shutil.copytree(pair.one.home / "keys", tmp_path / "third" / "keys")
    keyring = Keyring(tmp_path / "third" / "keys")
    log = await open_log(tmp_path / "third" / "audit", keyring, system_clock(), keeping_in(pair.log_url))
    database = await open_database(pair.database_url, tmp_path)
    store = IndexStore(database)
    names = {name for name, _ in callers}

    async def watched() -> bool:
        return {alert["detail"]["client"] for alert in await raised(pair, log)} == names

    async def read() -> bool:
        return await store.size() == log.size

    await until(watched)
    await until(read)
    receipts = Counter(alert["receipt"] for alert in await raised(pair, log))
    assert set(receipts.values()) == {1}
    index = Follower(log, store, Terms(keyring.secret("audit-index")), log.opened.desk.seal)
    size, live = log.size, await tables(store)
    await index.rebuild()
    await until(read)
    assert (log.size, await tables(store)) == (size, live)
    await database.aclose()
    await log.aclose()


async def _ask_on(replicas: Sequence[Replica], token: str) -> None:
    for _ in range(REFUSED + 1):
        await refuse(replicas, token)


async def test_a_grant_suspended_on_one_replica_gives_nothing_on_the_other_within_five_seconds(
    pair: Pair,
) -> None:
    name, token = await client(pair)
    await pair.one.control(PUT, f=[{"name": "grant.yaml", "text": GRANT.format(client=name, quota=100)}])
    for replica in (pair.one, pair.other):
        await until(answers(replica, token, LISTED), PROMISED)
    _, administrator = await client(pair, "security-administrator")
    security = Connection(pair.one.http, pair.one.url, administrator)
    await security.ask("mutation ($g: String!) { suspendGrant(id: $g) }", g=f"G-{name}")
    await until(answers(pair.other, token, LISTED, "NO_GRANT"), PROMISED)
    other = Connection(pair.other.http, pair.other.url, administrator)
    await other.ask("mutation ($g: String!) { resumeGrant(id: $g) }", g=f"G-{name}")
    await until(answers(pair.one, token, LISTED), PROMISED)
