"""Measures the processor time that HTTP itself costs for a small request: everything but server and answer.

Usage: python -m benchmarks.http_layer [--requests 3000]. An answer that was made before is asked over
and over by calling the application as a server would; prints microseconds per request, the least of
five rounds. The aim is 40 without the line of the access log.
"""

import argparse
import os
import time
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any, NoReturn

import uvloop
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth.principal import Principal, Role
from govgraph.errors import GovGraphError
from govgraph.settings import Settings
from resolvers.question import Answer, Question
from server.entrance import Entrance
from server.graphql import DataView, Pipeline, Shortcut
from server.log_lines import set_up_logging
from server.metrics.traffic import Traffic
from server.middleware import middleware
from server.strangers import Strangers

ROUNDS = 5
BODY = b'{"query":"query ($id: IdNumber!) { person(idNo: $id) { name kind } }","variables":{"id":"1"}}'
HEADERS = [
    (b"authorization", b"Bearer " + b"x" * 600),
    (b"purpose", b"CHECK-ONE"),
    (b"content-type", b"application/json"),
    (b"accept", b"*/*"),
    (b"content-length", b"%d" % len(BODY)),
]
ANSWER = Answer(
    data=b'{"person":{"name":"x","kind":"LOCAL"}}',
    errors=(),
    extensions={"govgraph": {"receipt": "x" * 32, "grant": ["G-1"], "purpose": "CHECK-ONE", "masks": []}},
    status=200,
    json_status=200,
)


class Doorkeeper:
    """Knows everybody at once: what a token costs is measured elsewhere."""

    async def principal(self, authorization_header: str) -> Principal:
        """Return one and the same client."""
        del authorization_header
        return Principal("app", "app", Role.APPLICATION)


def application() -> ASGIApp:
    """Return the data graph behind the layers of the product, over an answer that was made before."""

    async def answering(_question: Question) -> Answer:
        return ANSWER

    async def refusing(_question: Question, error: GovGraphError) -> NoReturn:
        raise error

    settings = Settings()
    entrance = Entrance(settings.body_limit, settings.body_timeout, Strangers(Doorkeeper(), 60))
    view = DataView(Pipeline(answering, refusing), entrance)
    quick = Middleware(Shortcut, path="/graphql", target=view)
    return Starlette(middleware=[*middleware(settings, Traffic()), quick])


async def nothing(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with next to nothing: what the measuring itself costs."""
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def ask(app: ASGIApp) -> None:
    """Send one request to an application, as a server does."""
    scope: dict[str, Any] = {"type": "http", "http_version": "1.1", "method": "POST", "scheme": "http"}
    scope |= {"path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "root_path": ""}
    scope |= {"headers": HEADERS, "client": ("127.0.0.1", 5000), "server": ("127.0.0.1", 8000), "state": {}}

    async def receive() -> Message:
        return {"type": "http.request", "body": BODY, "more_body": False}

    async def send(_message: Message) -> None:
        pass

    await app(scope, receive, send)


async def cost(app: ASGIApp, requests: int) -> float:
    """Return the least processor time of a request over the rounds, in microseconds."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        for _ in range(requests):
            await ask(app)
        rounds.append((time.process_time() - begun) / requests * 1e6)
    return min(rounds)


async def measure(requests: int) -> None:
    """Print what a request costs without and with the line of the access log."""
    own, app = await cost(nothing, requests), application()
    for title, level in (("without the access line", "error"), ("with the access line", "info")):
        set_up_logging(level)
        print(f"{await cost(app, requests) - own:8.1f} µs  {title}")


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=3000)
    requests = parser.parse_args().requests
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stderr(nowhere):
        uvloop.run(measure(requests))


if __name__ == "__main__":
    main()
