"""Two servers of one platform: processes of their own, one PostgreSQL, one Redis, a door before each."""

import asyncio
import os
import shutil
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx2
import orjson

from server.cli.connection import Connection
from tests.faults.proxy import FaultProxy, at_port, at_socket, before
from tests.servers.redis import Server

ISSUER = "http://platform.test"
PROMISED = 5
"""Seconds within which a replica sees what another one changed."""
Condition = Callable[[], Awaitable[bool]]


async def until(condition: Condition, seconds: float = 30) -> None:
    """Return once the condition holds; fails where it does not in time."""
    with anyio.fail_after(seconds):
        while not await condition():  # noqa: ASYNC110 what is waited for happens in another process
            await anyio.sleep(0.02)


@dataclass
class Replica:
    """One server, and the doors through which it reaches PostgreSQL and Redis."""

    home: Path
    store: FaultProxy
    redis: FaultProxy
    database: str
    settings: dict[str, str]
    running: Process | None = None
    http: httpx2.AsyncClient = field(default_factory=httpx2.AsyncClient)
    url: str = ""

    async def start(self) -> None:
        """Start it, and return once it answers."""
        own = {key: value for key, value in os.environ.items() if not key.startswith("GOVGRAPH_")}
        given = {
            "GOVGRAPH_HOME": str(self.home),
            "GOVGRAPH_DATABASE_URL": f"postgresql://postgres@127.0.0.1:{self.store.port}/{self.database}",
            "GOVGRAPH_REDIS_URL": f"redis://127.0.0.1:{self.redis.port}/0",
            "GOVGRAPH_PUBLIC_URL": ISSUER,
            "GOVGRAPH_EGRESS_ALLOWED": "127.0.0.0/8",
            "PYTHONUNBUFFERED": "1",
            **self.settings,
        }
        words = ["-m", "server.cli", "serve", "--port", "0", "--json"]
        self.running = await asyncio.create_subprocess_exec(
            sys.executable, *words, env={**own, **given}, stdout=PIPE, stderr=DEVNULL
        )
        assert self.running.stdout is not None
        said = b""
        with anyio.fail_after(120):
            while not said.endswith(b"}\n"):
                line = await self.running.stdout.readline()
                assert line, "the server ended at its start"
                said += line
        self.url = orjson.loads(said)["url"]
        self.http = httpx2.AsyncClient(base_url=self.url, timeout=60, trust_env=False)

    async def stop(self) -> int:
        """End it as an operator does, and return its exit code."""
        assert self.running is not None
        self.running.send_signal(signal.SIGTERM)
        with anyio.fail_after(60):
            code = await self.running.wait()
        await self.http.aclose()
        return code

    async def control(self, document: str, **variables: Any) -> dict[str, Any]:
        """Return what the control graph answers the administrator of this machine."""
        token = orjson.loads((self.home / "admin.json").read_bytes())["token"]
        return await Connection(self.http, self.url, token).ask(document, **variables)

    async def token(self, client: str, secret: str) -> str:
        """Return a new access token."""
        form = {"grant_type": "client_credentials"}
        answer = await self.http.post("/oauth/token", data=form, auth=(client, secret))
        return str(answer.json()["access_token"])

    async def ask(self, token: str, query: str) -> httpx2.Response:
        """Ask the data graph."""
        headers = {"Authorization": f"Bearer {token}", "Purpose": "CHECK-ONE"}
        return await self.http.post("/graphql", json={"query": query}, headers=headers)

    async def code(self, token: str, query: str) -> str:
        """Return the code with which a question is refused; empty where it is answered."""
        errors = (await self.ask(token, query)).json().get("errors", ())
        return str(errors[0]["extensions"]["code"]) if errors else ""

    async def parts(self) -> dict[str, bool]:
        """Return the parts that readiness names."""
        ready = (await self.http.get("/health/ready")).json()
        return dict(ready["parts"])


@dataclass
class Pair:
    """Two replicas, the Redis they share, and the PostgreSQL database of their stores."""

    one: Replica
    other: Replica
    redis: Server
    database_url: str


@asynccontextmanager
async def two_replicas(folder: Path, database_url: str, **settings: str) -> AsyncIterator[Pair]:
    """Run two replicas over one empty database; the second starts from a copy of the first one's keys."""
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
            made.append(Replica(folder / name, store, door, database, settings))
        one, other = made
        await one.start()
        stack.push_async_callback(one.stop)
        shutil.copytree(one.home / "keys", other.home / "keys")
        await other.start()
        stack.push_async_callback(other.stop)
        yield Pair(one, other, redis, database_url)
