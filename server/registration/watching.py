"""Watches the sources that are published: one that lost a table or a column turns degraded."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from govgraph.errors import GovGraphError
from server.middleware import log_place
from server.registration.desk import Desk
from server.registration.telling import tell_turned


async def look(desk: Desk) -> None:
    """Look at every source once, tell of those that turned, and send on what waits in the inbox."""
    await tell_turned(desk, await desk.publisher.look())
    await desk.inbox.send_due()


@asynccontextmanager
async def watching(desk: Desk, seconds: float) -> AsyncIterator[None]:
    """Look every so many seconds within the context."""
    task = asyncio.create_task(_watch(desk, seconds))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _watch(desk: Desk, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await look(desk)
        except GovGraphError as error:
            logging.getLogger("govgraph").warning("sources not looked at", extra={"code": error.code})
        except Exception as fault:  # noqa: BLE001 - the last net: who stops looking sees nothing any more
            log_place(fault, "watch")
