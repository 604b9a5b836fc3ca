"""The three servers that are asked: a bare route, the engine without governing, and the product.

Usage: python benchmarks/servers.py route|bare|governed FOLDER PORT. FOLDER is a home that the demo made; for
the route it holds one file of bytes per question.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audit.record import Record, SubjectList
from auth.grants import FieldGrant, Grant
from auth.principal import Principal, Role
from auth.rights import Quota
from govgraph.clock import system_clock
from govgraph.settings import Settings
from resolvers.rooms import Rooms
from server.app import Surrounding, application, build
from server.cli.demo import TODAY
from server.cli.demo_city import city_folder, medical_insurance
from server.home import held
from server.serving import Server, listen, served, stopped

CLIENT = "yiwu-service-hall"
NOBODY = SubjectList()


class AnyoneVerifier:
    """Takes every caller for the one client, whatever its token says."""

    def __init__(self, client: str) -> None:
        self.principal_of_all = Principal(client, client, Role.APPLICATION)

    async def principal(self, authorization_header: str) -> Principal:
        """Return the one client."""
        return self.principal_of_all


class SilentLog:
    """Keeps nothing."""

    async def append(
        self,
        record: Record,
        subjects: SubjectList = NOBODY,
        operation: tuple[str, str] | None = None,
    ) -> int:
        """Return at once."""
        return 0


class FreeQuotas:
    """Counts nothing."""

    async def charge(self, grant: str, lookups: int, quota: Quota) -> None:
        """Return at once."""


def in_the_clear(grant: Grant) -> Mapping[str, FieldGrant]:
    """Return the fields of a grant without the masks it chose."""
    return {name: replace(one, mask=None) for name, one in grant.fields.items()}


def bare(rooms: Rooms, client: str, grants: Sequence[Grant]) -> Rooms:
    """Return the rooms with every field in the clear, no caller verified, nothing recorded."""
    snapshot = rooms.snapshot()
    clear = {name: replace(ceiling, mask=None) for name, ceiling in snapshot.ceilings.items()}
    opened = replace(snapshot, ceilings=clear)
    unmasked = [replace(grant, rows=None, fields=in_the_clear(grant)) for grant in grants]

    async def granted(_client: str) -> Sequence[Grant]:
        return unmasked

    return replace(
        rooms,
        verifier=AnyoneVerifier(client),
        grants=granted,
        snapshot=lambda: opened,
        log=SilentLog(),
        quotas=FreeQuotas(),
    )


def route(answers: Path) -> Starlette:
    """Return an application with one address per file, answering its bytes from memory."""

    def answering(content: bytes) -> Route:
        async def answer(request: Request) -> Response:
            await request.body()
            return Response(content, media_type="application/json")

        return answer

    return Starlette(
        routes=[
            Route(f"/{path.stem}", answering(path.read_bytes()), methods=["POST"])
            for path in sorted(answers.glob("*.json"))
        ]
    )


def unbounded(rooms: Rooms) -> Rooms:
    """Return the rooms with quotas that are counted as ever but never used up."""

    async def granted(client: str) -> Sequence[Grant]:
        return [replace(grant, quota=Quota(10**12)) for grant in await rooms.grants(client)]

    return replace(rooms, grants=granted)


async def serve_route(answers: Path, port: int) -> None:
    """Serve the bare route until stopped, by the same server as the platform."""
    config = uvicorn.Config(
        route(answers), http="httptools", ws="none", lifespan="off", log_config=None, access_log=False
    )
    async with anyio.create_task_group() as tasks:
        server = Server(config)
        tasks.start_soon(server.serve, [listen("127.0.0.1", port)])
        await stopped()
        server.should_exit = True


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
        await stopped()


def one_core() -> None:
    """Keep this process on one core, where the system allows it; the children started before stay free."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def main(mode: str, folder: str, port: str) -> None:
    """Serve what was asked for; `folder` is the home, or the answers of the route."""
    options = {"use_uvloop": True}
    if mode == "route":
        one_core()
        anyio.run(serve_route, Path(folder), int(port), backend_options=options)
    else:
        anyio.run(serve_platform, mode, Path(folder), int(port), backend_options=options)


if __name__ == "__main__":
    main(*sys.argv[1:])
