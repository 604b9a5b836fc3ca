"""Who has read what, about whom, what for: records found by everything they name, the newest first."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import islice
from operator import and_, or_
from typing import Final

from audit.errors import SearchRefusedError
from audit.index.positions import ALL, BLOCK, before, falling
from audit.index.store import CHUNK, IndexStore
from audit.index.terms import Family, Terms, microseconds

WINDOW: Final = 16
"""Blocks that are looked through at one time."""
MOST_WORDS: Final = 500
"""Most names that a part of a text may stand in."""
SHORTEST: Final = 2
FIRST, LAST = -(2**62), 2**62
WHOLE: Final = (1 << CHUNK) - 1

NAMED: Final[Mapping[str, Family]] = {
    "kind": Family.KIND,
    "event": Family.EVENT,
    "decision": Family.DECISION,
    "code": Family.CODE,
    "level": Family.LEVEL,
    "client": Family.CLIENT,
    "end_user": Family.END_USER,
    "department": Family.DEPARTMENT,
    "source": Family.SOURCE,
    "grant": Family.GRANT,
    "purpose": Family.PURPOSE,
    "case_number": Family.CASE,
    "resource": Family.RESOURCE,
    "field": Family.FIELD,
    "changed": Family.CHANGED,
}
"""By the part of a search: the family of names that it looks at."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; every part that is given must hold.

    `since` and `until` are instants of RFC 3339, the first included, the second not. `named` holds one
    name by part of `NAMED`. `persons` are the digests of one person, one under each key; `resources`
    are type names of which one at least must be named. Every word of `text` must stand in some name.
    `among` are the only positions that count, where they are given.
    """

    since: str = ""
    until: str = ""
    named: Mapping[str, str] = field(default_factory=dict)
    persons: tuple[bytes, ...] = ()
    resources: tuple[str, ...] = ()
    text: str = ""
    among: frozenset[int] | None = None

    def within(self, block: int) -> int:
        """Return the bits of a block's records that count."""
        if self.among is None:
            return ALL
        return reduce(or_, (1 << at % BLOCK for at in self.among if at // BLOCK == block), 0)


Conditions = Sequence[frozenset[int]]


async def conditions_of(search: Search, store: IndexStore, terms: Terms) -> Conditions:
    """Return what a record must hold: of each set at least one term. Raises `SEARCH_REFUSED`."""
    found = [frozenset({terms.of(NAMED[part], name)}) for part, name in search.named.items() if name]
    if search.persons:
        found.append(frozenset(map(terms.of_person, search.persons)))
    if search.resources:
        found.append(frozenset(terms.of(Family.RESOURCE, name) for name in search.resources))
    return found + [await _word(word, store, terms) for word in search.text.split()]


async def _word(word: str, store: IndexStore, terms: Terms) -> frozenset[int]:
    if len(word) < SHORTEST:
        raise SearchRefusedError("A word of the text is a single sign", where="text")
    found = await store.words(word, MOST_WORDS + 1)
    if len(found) > MOST_WORDS:
        raise SearchRefusedError("A word of the text stands in too many names", where="text")
    return frozenset({*found, terms.of(Family.CASE, word)})


async def positions(search: Search, store: IndexStore, terms: Terms, below: int) -> AsyncGenerator[int]:
    """Yield the positions of records that fit, before the position `below`, the newest first.

    Raises `SEARCH_REFUSED` where the search cannot be understood.
    """
    conditions = await conditions_of(search, store, terms)
    span = await _span(search, store)
    below = min(below, await store.size())
    blocks = sorted(span.blocks(below), reverse=True)
    for at in range(0, len(blocks), WINDOW):
        window = blocks[at : at + WINDOW]
        fitting = await _fitting(conditions, store, window)
        for block in window:
            bits = fitting.get(block, 0) & before(below - block * BLOCK) & search.within(block)
            if bits and not span.endless:
                bits &= await span.bits(block)
            for offset in falling(bits) if bits else ():
                yield block * BLOCK + offset


async def _fitting(conditions: Conditions, store: IndexStore, window: Sequence[int]) -> Mapping[int, int]:
    """Return the bits of the records that hold every condition, by block."""
    if not conditions:
        return dict.fromkeys(window, ALL)
    holding = await store.holding(frozenset().union(*conditions), window)
    left = [
        block
        for block, terms in holding.items()
        if all(not terms.isdisjoint(condition) for condition in conditions)
    ]
    if not left:
        return {}
    kept = await store.bits(frozenset().union(*conditions), left)

    def of_any(block: int, condition: frozenset[int]) -> int:
        return reduce(or_, (kept.get((block, term), 0) for term in condition))

    return {block: reduce(and_, (of_any(block, one) for one in conditions)) for block in left}


@dataclass(frozen=True, slots=True)
class _Span:
    """A span of time; `chunks` hold a record of it: with the first and the last time that stand there."""

    store: IndexStore
    since: int
    until: int
    chunks: Mapping[int, tuple[int, int]]

    @property
    def endless(self) -> bool:
        return (self.since, self.until) == (FIRST, LAST)

    def blocks(self, below: int) -> set[int]:
        """Return the blocks with a record of this time before a position."""
        if self.endless:
            return set(range(-(-below // BLOCK)))
        return {chunk * CHUNK // BLOCK for chunk in self.chunks if chunk * CHUNK < below}

    async def bits(self, block: int) -> int:
        """Return the records of a block that are of this time; single times are read at its ends only."""
        bits = 0
        for at in range(BLOCK // CHUNK):
            chunk = block * BLOCK // CHUNK + at
            if chunk in self.chunks:
                first, last = self.chunks[chunk]
                whole = self.since <= first and last < self.until
                bits |= (WHOLE if whole else await self._single(chunk)) << at * CHUNK
        return bits

    async def _single(self, chunk: int) -> int:
        times = await self.store.times(chunk)
        return sum(1 << at for at, moment in enumerate(times) if self.since <= moment < self.until)


async def _span(search: Search, store: IndexStore) -> _Span:
    try:
        since = microseconds(search.since) if search.since else FIRST
        until = microseconds(search.until) if search.until else LAST
    except ValueError:
        raise SearchRefusedError("A time of the search is no instant of RFC 3339", where="since") from None
    if (since, until) == (FIRST, LAST):
        return _Span(store, since, until, {})
    spans = await store.spans(since, until)
    return _Span(store, since, until, {chunk: (first, last) for chunk, first, last in spans})


async def before_it(store: IndexStore, term: int, position: int, enough: int = 1) -> Sequence[int]:
    """Return the last positions of a term before a position, the newest first, `enough` of them at most."""
    found: list[int] = []
    last = position // BLOCK
    for top in range(last, -1, -WINDOW):
        window = range(top, max(top - WINDOW, -1), -1)
        kept = await store.bits({term}, window)
        for block in window:
            bits = kept.get((block, term), 0) & before(position - block * BLOCK)
            found += [block * BLOCK + offset for offset in islice(falling(bits), enough - len(found))]
        if len(found) >= enough:
            break
    return found
