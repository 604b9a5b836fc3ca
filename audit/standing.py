"""What records order for others: holds, prunings, erased lists. The log itself is where they are kept.

Each is a management record of an event that begins with `retention.`. A hold counts from its outcome on, a
pruning and an erasure from their intent on: that is durable before anything goes. One that was refused after
its intent, because a hold came to stand in between, ordered nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

MARK: Final = b'"event":"retention.'
HOLD: Final = "retention.hold"
LIFT: Final = "retention.lift"
PRUNE: Final = "retention.prune"
ERASE: Final = "retention.erase"


@dataclass(frozen=True, slots=True)
class Hold:
    """A legal hold: records that fit every part given are neither pruned nor lose their list.

    `since` and `until` are RFC 3339 texts; a hold without any part is on the whole log.
    """

    name: str
    reason: str = ""
    receipt: str = ""
    client: str = ""
    case_number: str = ""
    since: str = ""
    until: str = ""

    def covers(self, leaf: Mapping[str, Any]) -> bool:
        """Return whether a record is on hold."""
        time = str(leaf.get("time", ""))
        named = all(
            not wanted or leaf.get(member) == wanted
            for member, wanted in (
                ("receipt", self.receipt),
                ("client", self.client),
                ("case_number", self.case_number),
            )
        )
        return named and self.since <= time and (not self.until or time < self.until)


@dataclass(slots=True)
class Order:
    """Tiles that are to be emptied, and records whose lists are to be erased."""

    tiles: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)

    def add(self, other: "Order") -> None:
        """Add what another orders."""
        self.tiles |= other.tiles
        self.erased |= other.erased


PARTS: Final = ("reason", "receipt", "client", "case_number", "since", "until")


@dataclass(slots=True)
class Standing:
    """What holds at the end of a log: the holds, the tiles that were emptied, the lists that were erased."""

    holds: dict[str, Hold] = field(default_factory=dict)
    tiles: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)
    _begun: dict[str, Order] = field(default_factory=dict)
    _ended: Order = field(default_factory=Order)

    def take(self, document: Mapping[str, Any]) -> None:
        """Take one more record in, in the order of the log."""
        event, detail = document.get("event", ""), document.get("detail", {})
        done = document.get("phase") == "outcome" and document.get("outcome") == "answered"
        if event == HOLD and done:
            name = str(document.get("subject", ""))
            parts = {part: str(detail[part]) for part in PARTS if part in detail}
            self.holds[name] = Hold(name, **parts)
        elif event == LIFT and done:
            self.holds.pop(str(document.get("subject", "")), None)
        elif event in {PRUNE, ERASE}:
            self._order(document)

    def _order(self, document: Mapping[str, Any]) -> None:
        """Take in what is to go."""
        receipt, order = str(document.get("receipt", "")), _order_of(document.get("detail", {}))
        if document.get("phase") != "outcome":
            self._begun[receipt] = order
        elif document.get("outcome") == "refused":
            self._withdraw(receipt)
            return
        else:
            self._ended.add(self._begun.pop(receipt, order))
        self.tiles |= order.tiles
        self.erased |= order.erased

    def _withdraw(self, receipt: str) -> None:
        """Forget what a refused order named, unless another names it too."""
        self._begun.pop(receipt, None)
        orders = [self._ended, *self._begun.values()]
        self.tiles = {tile for order in orders for tile in order.tiles}
        self.erased = {record for order in orders for record in order.erased}

    def held(self, leaf: Mapping[str, Any]) -> str:
        """Return the name of a hold on a record; empty where there is none."""
        return next((hold.name for hold in self.holds.values() if hold.covers(leaf)), "")


def standing(leaves: Iterable[bytes]) -> Standing:
    """Return what holds after these leaves; those without the mark are passed over unread."""
    found = Standing()
    for leaf in leaves:
        if MARK in leaf:
            found.take(orjson.loads(leaf))
    return found


def _order_of(detail: Mapping[str, Any]) -> Order:
    return Order(set(read_ranges(detail.get("tiles", ""))), set(read_ranges(detail.get("records", ""))))


def written_ranges(numbers: Iterable[int]) -> str:
    """Return numbers as text, runs joined: `0-511,768-1023`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(f"{first}-{last}" if first != last else str(first) for first, last in runs)


def read_ranges(text: str) -> Iterable[int]:
    """Return the numbers of such a text."""
    for run in filter(None, text.split(",")):
        first, _, last = run.partition("-")
        yield from range(int(first), int(last or first) + 1)
