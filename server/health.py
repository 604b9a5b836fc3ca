"""`/health/live` and `/health/ready`: is the process up, and can it serve.

A part of `BRIDGED` that is away is told and does not make the process unready: all replicas miss it at
once, and would all be taken from service though they answer most of what they are asked.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.responses import json_response

BRIDGED: Final = frozenset({"database", "shared"})
Probe = Callable[[], Awaitable[bool]]


def routes(instance: str, probes: Mapping[str, Probe]) -> list[Route]:
    """Return the two addresses. `instance` is new at each start; `probes` say what must be ready."""

    async def live(_request: Request) -> Response:
        return json_response({"status": "live", "instance": instance})

    async def ready(_request: Request) -> Response:
        parts = {name: await probe() for name, probe in probes.items()}
        good = all(answers for name, answers in parts.items() if name not in BRIDGED)
        status = "not ready" if not good else "ready" if all(parts.values()) else "degraded"
        body = {"status": status, "instance": instance, "parts": parts}
        return json_response(body, 200 if good else 503)

    return [
        Route("/health/live", live, methods=["GET"]),
        Route("/health/ready", ready, methods=["GET"]),
    ]
