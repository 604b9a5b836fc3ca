"""The product over the demo city, without governing or as it is.

Usage: python -m benchmarks.headline_servers bare|governed HOME PORT. HOME is a home that the demo made.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import anyio

from auth.grants import Grant
from auth.rights import Quota
from benchmarks.product import bare
from govgraph.clock import system_clock
from govgraph.settings import Settings
from resolvers.rooms import Rooms
from server.app import Surrounding, application, build
from server.cli.demo.city import city_folder, medical_insurance
from server.cli.demo.run import TODAY
from server.home import held
from server.serving import listen, served, settle, stopped

CLIENT = "yiwu-service-hall"


def unbounded(rooms: Rooms) -> Rooms:
    """Return the rooms with quotas that are counted as ever but never used up."""

    async def granted(client: str) -> Sequence[Grant]:
        return [replace(grant, quota=Quota(10**12)) for grant in await rooms.grants(client)]

    return replace(rooms, grants=granted)


async def serve_platform(mode: str, home: Path, port: int) -> None:
    """Serve the platform over a home that the demo made, until stopped."""
    settings = Settings(home=home, port=port, demo_today=TODAY)
    async with AsyncExitStack() as stack:
        stack.enter_context(held(home))
        sock = listen(settings.host, port)
        stack.callback(sock.close)
        provider = await stack.enter_async_context(medical_insurance(city_folder(), home))
        one_core()
        surrounding = Surrounding(
            {"medical-insurance": {"MEDICAL_INSURANCE_PORT": str(provider)}}, egress_allowed="127.0.0.0/8"
        )
        platform = await stack.enter_async_context(build(settings, system_clock(TODAY), surrounding))
        rooms = unbounded(platform.rooms)
        if mode == "bare":
            rooms = bare(rooms, CLIENT, await rooms.grants(CLIENT))
        platform = replace(platform, rooms=rooms)
        await stack.enter_async_context(served(application(platform), platform, sock))
        settle()
        await stopped()


def one_core() -> None:
    """Keep this process on one core, where the system allows it; the child started before stays free."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0})


def main(mode: str, home: str, port: str) -> None:
    """Serve in the mode that was asked for."""
    anyio.run(serve_platform, mode, Path(home), int(port), backend_options={"use_uvloop": True})


if __name__ == "__main__":
    main(*sys.argv[1:])
