"""A copy of a log's folder as a source of its tree: read-only, without server, keys or lock."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from anyio import to_thread

from audit import stored
from audit.embedded import reading
from audit.errors import LogUnreadableError
from audit.store import Row

Found = TypeVar("Found")


class CopiedLog:
    """The log in a folder `audit`, live or copied; where it cannot be read: `LogUnreadableError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def note(self) -> str:
        """Return the last signed note; empty where there is none."""
        return await self._read(stored.note)

    async def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return `count` nodes of a level of tiles, fewer where the store ends before."""
        return await self._read(lambda connection: stored.hashes(connection, level, first, count))

    async def entries(self, first: int, count: int) -> Sequence[bytes]:
        """Return `count` leaves, fewer where the store ends before."""
        return await self._read(lambda connection: stored.entries(connection, first, count))

    async def rows(self, receipt: str) -> Sequence[Row]:
        """Return every leaf of a receipt in order."""
        return await self._read(lambda connection: stored.rows_of(connection, receipt))

    async def operation(self, digest: str) -> str | None:
        """Return the document kept under a hash."""
        return await self._read(lambda connection: stored.operation(connection, digest))

    async def _read(self, question: Callable[[sqlite3.Connection], Found]) -> Found:
        return await to_thread.run_sync(self._asked, question)

    def _asked(self, question: Callable[[sqlite3.Connection], Found]) -> Found:
        try:
            with closing(reading(self._folder)) as connection:
                return question(connection)
        except sqlite3.Error:
            raise LogUnreadableError("The folder holds no log that can be read") from None
