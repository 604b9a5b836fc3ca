"""`/health/live` and `/health/ready`: is the process up, and can it serve.

A part of `BRIDGED` that is away is told and does not make the process unready: all replicas miss it at
once, and would all be taken from service though they answer most of what they are asked.
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audit.record import SystemRecord
from govgraph.clock import Clock, rfc3339
from govgraph.database import in_time
from govgraph.errors import GovGraphError
from server.parts import Platform
from server.responses import json_response

BRIDGED: Final = frozenset({"database", "shared"})
Probe = Callable[[], Awaitable[bool]]


def routes(platform: Platform) -> list[Route]:
    """Return the two addresses; both name the platform's instance, which is new at each start."""
    instance, probes = platform.instance, _probes(platform)

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


def _probes(platform: Platform) -> Mapping[str, Probe]:
    async def database() -> bool:
        try:
            await in_time(platform.catalog.version())
        except GovGraphError:
            return False
        return True

    async def log() -> bool:
        return await platform.log.recover(resumed(platform.clock))

    async def catalog() -> bool:
        return platform.publisher.loaded

    async def shared() -> bool:
        return platform.replica.answers

    return {"database": database, "log": log, "catalog": catalog, "shared": shared}


def resumed(clock: Clock) -> SystemRecord:
    """Return what a log that refused writes first: since the record before it no data left."""
    return SystemRecord(secrets.token_hex(16), rfc3339(clock.now()), "log.resumed")
