"""Follows the log and keeps the index behind it; how far behind is always told."""

import asyncio
from typing import Final

from anyio import to_thread

from audit.index.gathering import Gatherer
from audit.index.positions import BLOCK
from audit.index.store import IndexStore
from audit.index.terms import Terms
from audit.reader import Followed, Reader
from audit.subjects import SubjectSeal

AT_ONCE: Final = 4096
"""Most records that are read in one go."""


class Follower:
    """Reads what is new in the log into the index. Several processes may try; each batch is kept once."""

    def __init__(self, log: Followed, store: IndexStore, terms: Terms, seal: SubjectSeal) -> None:
        self.store = store
        self.terms = terms
        self.reader = Reader(log, seal)
        self._log = log
        self._gatherer = Gatherer(terms)
        self._turn = asyncio.Lock()
        self._open = False

    async def catch_up(self, most: int | None = None) -> int:
        """Read on, `most` records at most, and return how many records of the log are not read yet."""
        async with self._turn:
            await self._opened()
            read = 0
            while most is None or read < most:
                size = await self._size()
                count = min(AT_ONCE, BLOCK - size % BLOCK, self._log.size - size)
                if count <= 0:
                    return 0
                await self._read(size, count)
                read += count
            return max(0, self._log.size - await self._size())

    async def rebuild(self) -> int:
        """Throw the index away, make it anew from the log and return the number of its records."""
        async with self._turn:
            await self._opened()
            await self.store.clear()
            self._gatherer = Gatherer(self.terms)
        await self.catch_up()
        return await self.store.size()

    async def _size(self) -> int:
        """Return how many records are in the index; one that knows more than the log is thrown away.

        Another replica may have read further than this one has heard of: then the record is there.
        """
        size = await self.store.size()
        if size <= self._log.size or await self._log.range(size - 1, 1):
            return size
        await self.store.clear()
        return 0

    async def _read(self, first: int, count: int) -> None:
        entries = await self.reader.entries(first, count)
        batch = await to_thread.run_sync(self._gatherer.batch, first, count, entries)
        if await self.store.add(batch):
            self._gatherer.kept(batch)

    async def _opened(self) -> None:
        if not self._open:
            await self.store.open()
            self._open = True
