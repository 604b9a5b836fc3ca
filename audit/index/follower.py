"""Follows the log and keeps the index behind it; how far behind is always told."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from anyio import to_thread

from audit.index.gathering import Entry, Gatherer, opened
from audit.index.positions import BLOCK
from audit.index.store import IndexStore
from audit.index.terms import Terms
from audit.store import Row
from audit.subjects import SubjectSeal

AT_ONCE: Final = 4096
"""Most records that are read in one go."""
KNOWN: Final = 2000
"""Operations whose documents are kept at hand."""


class Followed(Protocol):
    """The part of the log that is followed."""

    @property
    def size(self) -> int:
        """Return the number of records that were signed for."""

    async def range(self, first: int, count: int) -> Sequence[Row]:
        """Return leaves with their sealed lists in order."""

    async def operation(self, digest: str) -> str | None:
        """Return the document kept under a hash."""


class Follower:
    """Reads what is new in the log into the index. Several processes may try; each batch is kept once."""

    def __init__(self, log: Followed, store: IndexStore, terms: Terms, seal: SubjectSeal) -> None:
        self.store = store
        self.terms = terms
        self._log = log
        self._seal = seal
        self._gatherer = Gatherer(terms)
        self._turn = asyncio.Lock()
        self._known: dict[str, str] = {}
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
        rows = await self._log.range(first, count)
        entries = await to_thread.run_sync(self._entries, rows)
        documents = await self._documents({entry.leaf.get("operation", "") for entry in entries})
        entries = [replace(entry, document=documents[entry.leaf.get("operation", "")]) for entry in entries]
        batch = await to_thread.run_sync(self._gatherer.batch, first, count, entries)
        if await self.store.add(batch):
            self._gatherer.kept(batch)

    def _entries(self, rows: Sequence[Row]) -> list[Entry]:
        return [opened(row, self._seal) for row in rows]

    async def _documents(self, digests: Iterable[str]) -> Mapping[str, str]:
        """Return the documents of operations by their hash, read once each."""
        found = {digest: self._known.get(digest, "") for digest in digests}
        for digest in found.keys() - self._known.keys() - {""}:
            found[digest] = await self._log.operation(digest) or ""
        if len(self._known) >= KNOWN:
            self._known.clear()
        self._known.update(found)
        return found

    async def _opened(self) -> None:
        if not self._open:
            await self.store.open()
            self._open = True
