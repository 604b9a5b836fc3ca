"""What goes on behind the log while the platform runs: new records are read into the index."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from audit.index.follower import AT_ONCE, Follower
from audit.index.store import IndexStore
from audit.index.terms import Terms
from audit.log import Log
from govgraph.database import Database, open_database
from govgraph.errors import GovGraphError
from govgraph.keyring import Keyring

LOG: Final = "govgraph.audit"
FILE: Final = "audit-index.db"


@asynccontextmanager
async def opened_index(home: Path, database: Database, log: Log, keyring: Keyring) -> AsyncIterator[Follower]:
    """Yield the index behind the log: in a file of its own, or in the platform's PostgreSQL."""
    terms, seal = Terms(keyring.secret("audit-index")), log.opened.desk.seal
    if database.dialect == "postgresql":
        yield Follower(log, IndexStore(database), terms, seal)
        return
    own = await open_database(f"sqlite:///{home / FILE}", home)
    try:
        yield Follower(log, IndexStore(own), terms, seal)
    finally:
        await own.aclose()


@asynccontextmanager
async def following(index: Follower, pause: float) -> AsyncIterator[None]:
    """Follow the log within the context; a batch that was begun is finished at its end."""
    ending = asyncio.Event()
    work = asyncio.create_task(_follow(index, pause, ending))
    try:
        yield
    finally:
        ending.set()
        await work


async def _follow(index: Follower, pause: float, ending: asyncio.Event) -> None:
    while not ending.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(ending.wait(), pause)
        behind = 1
        while behind and not ending.is_set():
            behind = await _read(index)


async def _read(index: Follower) -> int:
    """Return how many records are still to be read; 0 where the index cannot be written for now."""
    try:
        return await index.catch_up(AT_ONCE)
    except GovGraphError as error:
        logging.getLogger(LOG).error("The index of the log stands still: %s", error.code)
    except Exception as error:  # noqa: BLE001 - the index is no reason to stop; how far behind it is, is told
        logging.getLogger(LOG).error("The index of the log stands still: %s", type(error).__name__)
    return 0
