"""Our own server in three settings, over a home that `benchmarks.home` made.

Usage: python -m benchmarks.product bare|masked|governed HOME PORT. `bare` verifies nobody, shows every field
in the clear and records nothing; `masked` adds token, grants and masks; `governed` is the product as it is,
with its durable record. Where PROFILE names a file, a profile of the time from SIGUSR1 to SIGTERM is written.
"""

import asyncio
import cProfile
import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import anyio

from audit.record import Record, SubjectList
from auth.grants import FieldGrant, Grant
from auth.principal import Principal, Role
from auth.rights import Quota
from benchmarks.home import CLIENT, ENVIRONMENT, settings_of, surrounding
from govgraph.clock import system_clock
from resolvers.rooms import Rooms
from server.app import application, build
from server.home import held
from server.serving import listen, served, settle, stopped

SETTINGS = ("bare", "masked", "governed")
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


async def chosen(setting: str, rooms: Rooms) -> Rooms:
    """Return the rooms in one of the settings."""
    match setting:
        case "bare":
            return bare(rooms, CLIENT, await rooms.grants(CLIENT))
        case "masked":
            return replace(rooms, log=SilentLog())
        case "governed":
            return rooms
    raise SystemExit(f"no such setting: {setting}; choose one of {', '.join(SETTINGS)}")


async def serve(setting: str, home: Path, port: int) -> None:
    """Serve until stopped."""
    settings = settings_of(home, port)
    values = json.loads((home / ENVIRONMENT).read_text(encoding="utf-8"))
    async with AsyncExitStack() as stack:
        stack.enter_context(held(home))
        sock = listen(settings.host, port)
        stack.callback(sock.close)
        platform = await stack.enter_async_context(build(settings, system_clock(), surrounding(values)))
        platform = replace(platform, rooms=await chosen(setting, platform.rooms))
        await stack.enter_async_context(served(application(platform), platform, sock))
        settle()
        with profiled(os.environ.get("PROFILE", "")):
            await stopped()


@contextmanager
def profiled(file: str) -> Iterator[None]:
    """Write what ran from SIGUSR1 to the end of the context to a file; nothing where none is named."""
    if not file:
        yield
        return
    profile = cProfile.Profile()
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, profile.enable)
    yield
    profile.disable()
    profile.dump_stats(file)


def main(setting: str, home: str, port: str) -> None:
    """Serve in the setting that was asked for."""
    anyio.run(serve, setting, Path(home), int(port), backend_options={"use_uvloop": True})
    sys.stdout.flush()
    os._exit(0)  # a binding among the imports lists all its types on the way out, over the table


if __name__ == "__main__":
    main(*sys.argv[1:])
