"""A server as a process of its own, asked over HTTP and ended as an operator ends it."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx2
import orjson

from server.cli.connection import Connection

Condition = Callable[[], Awaitable[bool]]


async def until(condition: Condition, seconds: float = 30) -> None:
    """Return once the condition holds; fails where it does not in time."""
    with anyio.fail_after(seconds):
        while not await condition():  # noqa: ASYNC110 what is waited for happens in another process
            await anyio.sleep(0.02)


@dataclass
class Serving:
    """One server on its own home; `settings` are its environment."""

    home: Path
    settings: dict[str, str]
    running: Process | None = None
    http: httpx2.AsyncClient = field(default_factory=httpx2.AsyncClient)
    url: str = ""

    async def start(self) -> None:
        """Start it, and return once it answers."""
        own = {key: value for key, value in os.environ.items() if not key.startswith("GOVGRAPH_")}
        given = {"GOVGRAPH_HOME": str(self.home), "PYTHONUNBUFFERED": "1", **self.settings}
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

    def terminate(self) -> None:
        """Tell it to end, as an operator does."""
        assert self.running is not None
        self.running.send_signal(signal.SIGTERM)

    async def ended(self) -> int:
        """Return its exit code once it has ended."""
        assert self.running is not None
        with anyio.fail_after(60):
            code = await self.running.wait()
        await self.http.aclose()
        return code

    async def stop(self) -> int:
        """End it, and return its exit code."""
        self.terminate()
        return await self.ended()

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
