"""The rules that look back further than the stream: a client that slept, fields it never asked together."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from audit.alerts.alert import Alert, Rule
from audit.alerts.rules import AlertRules
from audit.entry import Entry
from audit.index.store import CHUNK, IndexStore
from audit.index.terms import Family, Terms, combination, microseconds
from audit.search import before_it

DAY: Final = 86_400_000_000
KNOWN: Final = 50_000
CAREFUL: Final = frozenset({"L3", "L4"})
"""Levels of which a new combination is told."""


@dataclass(slots=True)
class History:
    """Asks the index what a client did before; what it was told is kept at hand."""

    rules: AlertRules
    store: IndexStore
    terms: Terms
    _last: dict[str, int] = field(default_factory=dict)
    _known: set[str] = field(default_factory=set)

    async def see(self, entry: Entry) -> AsyncIterator[Alert]:
        """Yield the alerts of one record, which stands in the index already."""
        leaf = entry.leaf
        if leaf["kind"] != "access" or not leaf.get("client"):
            return
        client, moment = leaf["client"], microseconds(leaf["time"])
        last = self._last.get(client) or await self._time_before(client, entry.position)
        if last and moment - last > self.rules.dormant_days * DAY:
            days = {"days": str((moment - last) // DAY)}
            yield Alert(Rule.DORMANT, leaf["time"], entry.position, client, detail=days)
        self._last[client] = moment
        if await self._is_new(entry):
            yield Alert(
                Rule.NEW_FIELDS, leaf["time"], entry.position, client, detail={"receipt": leaf["receipt"]}
            )

    async def _time_before(self, client: str, position: int) -> int:
        found = await before_it(self.store, self.terms.of(Family.CLIENT, client), position)
        return (await self.store.times(found[0] // CHUNK))[found[0] % CHUNK] if found else 0

    async def _is_new(self, entry: Entry) -> bool:
        """Return whether a client that is known for long asks careful fields together for the first time."""
        leaf, asked = entry.leaf, combination(entry.leaf)
        if not asked or asked in self._known or leaf.get("level") not in CAREFUL or not leaf.get("rows"):
            return False
        if len(self._known) >= KNOWN:
            self._known.clear()
        self._known.add(asked)
        term = self.terms.of(Family.COMBINATION, asked)
        if await before_it(self.store, term, entry.position):
            return False
        client, enough = self.terms.of(Family.CLIENT, leaf["client"]), self.rules.settled_records
        return len(await before_it(self.store, client, entry.position, enough)) >= enough
