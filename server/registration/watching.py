"""Watches the sources that are published: one that lost a table or a column turns degraded.

Each is looked at at intervals; one of whose reads met a loss, or its end, is looked at at once.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from time import monotonic
from typing import Final

from govgraph.errors import GovGraphError
from server.middleware import log_place
from server.registration.desk import Desk
from server.registration.telling import tell_turned

PAUSE: Final = 5.0
"""Seconds between two looks at most."""


async def look(desk: Desk, only: Collection[str] | None = None) -> None:
    """Look once at every source, or at some departments' only, tell of those that turned, and send on
    what waits in the inbox.
    """
    await tell_turned(desk, await desk.publisher.look(only))
    await desk.inbox.send_due()


@asynccontextmanager
async def watching(desk: Desk, seconds: float) -> AsyncIterator[None]:
    """Look every so many seconds within the context, and where reads meet a loss."""
    task = asyncio.create_task(_watch(desk, seconds))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _watch(desk: Desk, seconds: float) -> None:
    due = monotonic() + seconds
    while True:
        suspected = await desk.publisher.losses.suspected(due - monotonic())
        whole = monotonic() >= due
        await _look(desk, None if whole else suspected)
        due = monotonic() + seconds if whole else due
        await asyncio.sleep(min(PAUSE, seconds))  # reads meet a loss as often as they are asked


async def _look(desk: Desk, only: Collection[str] | None) -> None:
    try:
        await look(desk, only)
    except GovGraphError as error:
        logging.getLogger("govgraph").warning("sources not looked at", extra={"code": error.code})
    except Exception as fault:  # noqa: BLE001 - the last net: who stops looking sees nothing any more
        log_place(fault, "watch")
