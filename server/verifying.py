"""What goes on behind the log: it is followed, and from time to time verified by a process of its own.

A log in PostgreSQL is not read again here: each replica holds every checkpoint against the leaves anyway.
"""

import asyncio
import json
import logging
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

from audit.finding import Finding
from audit.log import Log
from audit.record import SystemRecord
from govgraph.clock import Clock, rfc3339
from govgraph.errors import GovGraphError
from server.following import following
from server.parts import Platform

HOUR: Final = 3600.0
COMMAND: Final = (sys.executable, "-m", "server.cli", "audit", "verify", "--json")


@asynccontextmanager
async def behind_the_log(platform: Platform) -> AsyncIterator[None]:
    """Follow the log within the context, and verify one that stands in this home as often as is set."""
    settings = platform.settings
    hours = 0.0 if settings.log_url else settings.audit_verify
    work = asyncio.create_task(_again_and_again(platform, hours)) if hours else None
    try:
        async with following(platform.watcher, platform.desk.inbox, settings.audit_pause):
            yield
    finally:
        if work is not None:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work


async def _again_and_again(platform: Platform, hours: float) -> None:
    while True:
        await asyncio.sleep(hours * HOUR)
        try:
            await verify_home(platform.settings.home.resolve(), platform.log, platform.clock)
        except GovGraphError as error:
            logging.getLogger("govgraph.audit").error("The verification was not recorded: %s", error.code)


async def verify_home(home: Path, log: Log, clock: Clock) -> Finding:
    """Return what verifying the log of a home finds, once that is recorded; an alert follows what is bad."""
    finding, detail = await _verified(home)
    receipt, now = f"log-{token_hex(8)}", rfc3339(clock.now())
    if finding is Finding.VERIFIED:
        await log.append(SystemRecord(receipt, now, "log.verified", detail))
    else:
        await log.append(SystemRecord(receipt, now, "log.verification_failed", detail))
        logging.getLogger("govgraph.audit").error("The audit log was altered: %s", finding.value)
    return finding


async def _verified(home: Path) -> tuple[Finding, dict[str, str]]:
    """Return the finding with size, and root or position, from a process that reads the log alone."""
    child = await asyncio.create_subprocess_exec(
        *COMMAND, stdout=PIPE, stderr=DEVNULL, env={**os.environ, "GOVGRAPH_HOME": str(home)}
    )
    try:
        output, _ = await child.communicate()
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise
    try:
        told = json.loads(output)
        finding = Finding(told["finding"])
    except (ValueError, KeyError, TypeError):
        return Finding.STORE_UNREADABLE, {"finding": Finding.STORE_UNREADABLE.value}
    detail = {"finding": finding.value, "size": str(told["size"]), "root": told["root"]}
    return finding, detail if told["position"] is None else {**detail, "position": str(told["position"])}
