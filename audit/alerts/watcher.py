"""Follows the log with the rules and raises alerts in it: each is a record like any other, raised once."""

import asyncio
from collections.abc import Sequence
from typing import Final

from audit.alerts.alert import Alert
from audit.alerts.history import History
from audit.alerts.rules import AlertRules
from audit.alerts.watch import Watch, microseconds_of
from audit.entry import Entry
from audit.index.follower import AT_ONCE, Follower
from audit.log import Log
from govgraph.clock import Clock, rfc3339

TURN: Final = 64
"""Records that are looked at before others have their turn."""
REPLAY: Final = 5000
"""Records before the newest one that are looked at again after a start, so that no window begins empty."""
RAISED: Final = 10_000
PATIENCE: Final = 20.0
"""Seconds that an alert waits for the replica that raises alerts; after them, rather twice than never."""


class Watcher:
    """Looks at every record behind the index. After a start, what was raised before is not raised again."""

    def __init__(self, log: Log, index: Follower, rules: AlertRules, clock: Clock) -> None:
        self.rules = rules
        self._log = log
        self.index = index
        self._clock = clock
        self._watch = Watch(rules)
        self._history = History(rules, index.store, index.terms)
        self._position = -1
        self._due: dict[str, tuple[Alert, float]] = {}
        self._raised: set[str] = set()
        self._turn = asyncio.Lock()

    async def catch_up(self) -> Sequence[Alert]:
        """Look at what is new and in the index, and return the alerts that were raised for it."""
        async with self._turn:
            if self._position < 0:
                self._position = max(0, self._log.size - REPLAY)
            size = min(self._log.size, await self.index.store.size())
            while self._position < size:
                count = min(AT_ONCE, size - self._position)
                for entry in await self.index.reader.entries(self._position, count):
                    await self._see(entry)
                    if entry.position % TURN == 0:
                        await asyncio.sleep(0)
                self._position += count
                self.index.reader.forget(self._position)
            return await self._raise_due()

    async def _see(self, entry: Entry) -> None:
        found = [*self._watch.see(entry, microseconds_of(self._clock.now()))]
        found += [alert async for alert in self._history.see(entry)]
        now = asyncio.get_running_loop().time()
        for alert in found:
            if alert.receipt not in self._raised:
                _, since = self._due.get(alert.receipt, (alert, now))
                self._due[alert.receipt] = alert, since

    async def _raise_due(self) -> Sequence[Alert]:
        """Return the alerts that were raised now, and not before, here or by another replica.

        Of several replicas the one that signs raises them; whatever it left is in the log by then. Where
        the log cannot be written, those that are left stay due.
        """
        raised: list[Alert] = []
        for receipt, (alert, since) in [*self._due.items()]:
            if not await self._log.rows(receipt):
                late = asyncio.get_running_loop().time() - since > PATIENCE
                if not (self._log.chosen or late):
                    continue
                await self._log.append(alert.record(rfc3339(self._clock.now())))
                raised.append(alert)
            del self._due[receipt]
            if len(self._raised) >= RAISED:
                self._raised.clear()
            self._raised.add(receipt)
        return raised
