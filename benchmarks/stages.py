"""What an answer costs in processor time, without a network: our application asked in its own process.

Usage: python -m benchmarks.stages [--only W1] [--setting bare,governed] [--scale small] [--data FOLDER]
[--seconds 0.5] [--sampled]. Each question is asked by 16 callers at once, as a server would ask. The table
holds the least and the middle of the rounds, in microseconds for one answer: of the process with its
threads, of the event loop alone, of PostgreSQL. The setting `unfollowed` is `governed` without the index and
the alerts behind the log, which read on every GOVGRAPH_AUDIT_PAUSE seconds: let a round take several. A busy
machine disturbs these figures far less than it disturbs answers a second.
"""

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import httpx2
import psutil
import uvloop
from starlette.types import ASGIApp, Message

from benchmarks import children, sampling
from benchmarks.home import CLIENT, ENVIRONMENT, PURPOSE, SECRET, settings_of, surrounding
from benchmarks.product import chosen
from benchmarks.standing import Sources, new_home, sources
from benchmarks.workloads.questions import Workload, workloads
from benchmarks.workloads.scale import FULL, SMALL
from govgraph.clock import system_clock
from server.app import application, build
from server.home import held
from server.serving import TURN, settle

CALLERS = 16
UNFOLLOWED = "unfollowed"
NEVER = 3600.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of processor time for one answer: of the process, of its event loop, of the source."""

    whole: float
    loop: float
    source: float


class Asked:
    """One question with its headers and bodies, put to an application as a server would."""

    def __init__(self, app: ASGIApp, token: str, bodies: Sequence[bytes]) -> None:
        self._app = app
        self._bodies = bodies
        self._headers = [
            (b"authorization", f"Bearer {token}".encode()),
            (b"purpose", PURPOSE.encode()),
            (b"content-type", b"application/json"),
            (b"accept", b"application/graphql-response+json"),
        ]

    async def once(self, number: int) -> bytes:
        """Return the answer to one of the bodies. Raises `SystemExit` where it is refused."""
        body = self._bodies[number % len(self._bodies)]
        scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http"}
        scope |= {"path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "root_path": ""}
        scope |= {"headers": self._headers, "client": ("127.0.0.1", 5000), "server": ("127.0.0.1", 8000)}
        scope["state"] = {}
        told: list[Message] = []
        parts = [body]

        async def receive() -> Message:
            if not parts:
                await asyncio.Future()  # the client stays, and says nothing more
            return {"type": "http.request", "body": parts.pop(), "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        await self._app(scope, receive, send)
        if told[0]["status"] != 200:
            raise SystemExit(f"refused: {told[1]['body'][:400]!r}")
        answer: bytes = told[1]["body"]
        return answer

    async def many(self, until: float) -> int:
        """Return how many answers came until a moment, from callers that begin elsewhere each."""
        counts = [0] * CALLERS

        async def caller(place: int) -> None:
            number = place * len(self._bodies) // CALLERS
            while time.perf_counter() < until:
                await self.once(number)
                counts[place] += 1
                number += 1

        await asyncio.gather(*map(caller, range(CALLERS)))
        return sum(counts)


async def cost(asked: Asked, source: psutil.Process, seconds: float) -> Cost:
    """Return the cost of one answer over some time."""
    whole, loop, spent = time.process_time(), time.thread_time(), children.seconds_of(source)
    count = await asked.many(time.perf_counter() + seconds)
    used = (time.process_time() - whole, time.thread_time() - loop, children.seconds_of(source) - spent)
    return Cost(*(one / count * 1e6 for one in used))


async def costs(
    setting: str, home: Path, given: Sources, asking: Sequence[Workload], arguments: argparse.Namespace
) -> None:
    """Print what each question costs in one setting."""
    values = json.loads((home / ENVIRONMENT).read_text(encoding="utf-8"))
    source = psutil.Process(given.cluster.pid)
    async with AsyncExitStack() as stack:
        stack.enter_context(held(home))
        settings = settings_of(home)
        if setting == UNFOLLOWED:
            settings = settings.model_copy(update={"audit_pause": NEVER})
        built = build(settings, system_clock(), surrounding(values))
        platform = await stack.enter_async_context(built)
        alike = "governed" if setting == UNFOLLOWED else setting
        platform = replace(platform, rooms=await chosen(alike, platform.rooms))
        app = application(platform)
        token = await issued(app, home)
        settle()
        for workload in asking:
            asked = Asked(app, token, bodies(workload))
            for number in range(len(workload.variants)):
                await asked.once(number)
            await cost(asked, source, arguments.seconds)
            if arguments.sampled:
                await sampled(asked, home / f"{workload.name}.samples")
            rounds = [await cost(asked, source, arguments.seconds) for _ in range(arguments.rounds)]
            shown = (figure(rounds, name) for name in ("whole", "loop", "source"))
            print(f"{workload.name} {setting:9}" + "".join(shown), flush=True)


def figure(rounds: Sequence[Cost], name: str) -> str:
    """Return the least and the middle of one figure: the least is what nobody else disturbed."""
    figures = [getattr(one, name) for one in rounds]
    return f"{min(figures):10,.0f}{median(figures):10,.0f}"


async def sampled(asked: Asked, file: Path) -> None:
    """Print what the process was at while it was asked."""
    with sampling.begin(os.getpid(), 4, file) as running:
        while running.poll() is None:
            await asked.many(time.perf_counter() + 0.2)
    print(sampling.shares(file))


async def issued(app: ASGIApp, home: Path) -> str:
    """Return a token of the client."""
    secret = (home / SECRET).read_text(encoding="utf-8")
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
        given = {"grant_type": "client_credentials"}
        answer = await http.post("/oauth/token", data=given, auth=(CLIENT, secret))
        token: str = answer.raise_for_status().json()["access_token"]
        return token


def bodies(workload: Workload) -> Sequence[bytes]:
    """Return the bodies of a question, with all its variables."""
    document = workload.document()
    return [json.dumps({"query": document, "variables": one}).encode() for one in workload.variants]


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="W1,W2,W3,W4,W5,W6", help="workloads, separated by commas")
    parser.add_argument(
        "--setting", default="bare,masked,governed", help="bare, masked, governed, unfollowed"
    )
    parser.add_argument("--seconds", type=float, default=0.5, help="how long a round takes")
    parser.add_argument("--sampled", action="store_true", help="tell what the process was at")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scale", choices=("full", "small"), default="full")
    parser.add_argument("--data", type=Path, help="keep the database in this folder, for the next time")
    arguments = parser.parse_args()
    scale = FULL if arguments.scale == "full" else SMALL
    asking = [workload for workload in workloads(scale) if workload.name in arguments.only.split(",")]
    sys.setswitchinterval(TURN)
    with sources(scale, arguments.data) as given:
        print(f"{'':12}{'whole µs':>20}{'loop µs':>20}{'source µs':>20}")
        for setting in arguments.setting.split(","):
            uvloop.run(costs(setting, new_home(given, setting), given, asking, arguments))


if __name__ == "__main__":
    main()
