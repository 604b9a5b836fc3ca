"""Two servers of one platform: processes of their own on one PostgreSQL and one Redis, a door before each."""

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import asyncpg

from tests.faults.proxy import FaultProxy, at_port, at_socket, before
from tests.server.serving import Serving
from tests.servers.redis import Server

ISSUER = "http://platform.test"
NOTHING_MORE: Mapping[str, str] = MappingProxyType({})
PROMISED = 5
"""Seconds within which a replica sees what another one changed."""


@dataclass
class Replica(Serving):
    """One server, and the doors through which it reaches PostgreSQL and Redis."""

    store: FaultProxy = field(kw_only=True)
    redis: FaultProxy = field(kw_only=True)


@dataclass
class Pair:
    """Two replicas, the Redis they share, and the databases of their store and of their log."""

    one: Replica
    other: Replica
    redis: Server
    database_url: str
    log_url: str

    async def recorded(self, *words: str) -> bool:
        """Return whether each of these words stands in a record of the log that both write."""
        connection = await asyncpg.connect(self.log_url)
        try:
            rows = await connection.fetch("SELECT leaf FROM govgraph_log.leaf")
        finally:
            await connection.close()
        text = b"".join(bytes(row["leaf"]) for row in rows).decode()
        return all(word in text for word in words)


@asynccontextmanager
async def two_replicas(
    folder: Path, database_url: str, log_url: str, more: Mapping[str, str] = NOTHING_MORE
) -> AsyncIterator[Pair]:
    """Run two replicas over two empty databases, one of them for the log, which has no door before it.

    The second starts from a copy of the first one's keys. `more` are further settings of both.
    """
    place, _, host = database_url.partition("?host=")
    database = place.rpartition("/")[2]
    async with AsyncExitStack() as stack:
        redis = Server(folder)
        stack.callback(redis.stop)
        redis.start()
        made = []
        for name in ("one", "other"):
            sources = folder / name / "sources" / "big-data"
            sources.mkdir(parents=True)
            (sources / "divisions.csv").write_text("code,name\n330782,义乌市\n", encoding="utf-8")
            store = await stack.enter_async_context(before(at_socket(f"{host}/.s.PGSQL.5432")))
            door = await stack.enter_async_context(before(at_port(redis.port)))
            given = {
                "GOVGRAPH_DATABASE_URL": f"postgresql://postgres@127.0.0.1:{store.port}/{database}",
                "GOVGRAPH_REDIS_URL": f"redis://127.0.0.1:{door.port}/0",
                "GOVGRAPH_PUBLIC_URL": ISSUER,
                "GOVGRAPH_LOG_URL": log_url,
                **more,
            }
            made.append(Replica(folder / name, given, store=store, redis=door))
        one, other = made
        await one.start()
        stack.push_async_callback(one.stop)
        shutil.copytree(one.home / "keys", other.home / "keys")
        await other.start()
        stack.push_async_callback(other.stop)
        yield Pair(one, other, redis, database_url, log_url)
