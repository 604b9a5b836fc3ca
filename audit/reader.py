"""Gives what follows the log its entries: those written just now from memory, all others from the log."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, Protocol

from anyio import to_thread

from audit.entry import Entry, opened
from audit.fresh import Fresh
from audit.store import Row
from audit.subjects import SubjectSeal

KNOWN: Final = 2000
"""Operations whose documents are kept at hand."""


class Followed(Protocol):
    """The part of the log that is followed."""

    @property
    def size(self) -> int:
        """Return the number of records that were signed for."""

    @property
    def fresh(self) -> Fresh:
        """Return the records written last."""

    async def range(self, first: int, count: int) -> Sequence[Row]:
        """Return leaves with their sealed lists in order."""

    async def operation(self, digest: str) -> str | None:
        """Return the document kept under a hash."""


class Reader:
    """Reads each record once for all that follow the log."""

    def __init__(self, log: Followed, seal: SubjectSeal) -> None:
        self._log = log
        self._seal = seal
        self._documents: dict[str, str] = {}
        self._last = range(0)
        self._entries: Sequence[Entry] = ()

    async def entries(self, first: int, count: int) -> Sequence[Entry]:
        """Return the entries of a run of positions in order, without those that were pruned."""
        end = first + count
        if first < self._last.start or end > self._last.stop:
            self._entries, self._last = await self._read(first, count), range(first, end)
        return [entry for entry in self._entries if first <= entry.position < end]

    def forget(self, below: int) -> None:
        """Let go of what is kept of the records before a position, now that nobody will ask for them."""
        self._log.fresh.forget(below)
        if self._last.stop <= below:
            self._entries, self._last = (), range(0)

    async def _read(self, first: int, count: int) -> Sequence[Entry]:
        fresh = self._log.fresh.among(first, count)
        entries = [record.entry for record in fresh.values()]
        if len(fresh) == count:
            return entries
        rows = await self._log.range(first, count)
        old = await to_thread.run_sync(self._opened, [row for row in rows if row.position not in fresh])
        documents = await self._documents_of({entry.leaf.get("operation", "") for entry in old})
        found = [replace(entry, document=documents[entry.leaf.get("operation", "")]) for entry in old]
        return sorted((*found, *entries), key=lambda entry: entry.position)

    def _opened(self, rows: Sequence[Row]) -> list[Entry]:
        return [opened(row, self._seal) for row in rows]

    async def _documents_of(self, digests: Iterable[str]) -> Mapping[str, str]:
        """Return the documents of operations by their hash, read once each."""
        found = {digest: self._documents.get(digest, "") for digest in digests}
        for digest in found.keys() - self._documents.keys() - {""}:
            found[digest] = await self._log.operation(digest) or ""
        if len(self._documents) >= KNOWN:
            self._documents.clear()
        self._documents.update(found)
        return found
