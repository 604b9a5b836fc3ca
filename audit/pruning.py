"""Pruning: records whose time is over are emptied by whole tiles; their hashes stay, the tree verifies.

A sealed list can be erased before its record's time is over: the leaf keeps its number and hash.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

import orjson
from anyio import to_thread

from audit.errors import RecordHeldError
from audit.log import Log
from audit.standing import HOLD, Hold, Standing, standing
from audit.tree import TILE_WIDTH
from govgraph.clock import rfc3339

NO_HOLDS: Final[Mapping[str, Hold]] = MappingProxyType({})
PERSONAL: Final = frozenset({"subjects_list", "subjects", "subject_total"})


@dataclass(frozen=True, slots=True)
class Policy:
    """How many days records are kept: those that touch persons, and those that do not."""

    personal: int
    others: int


@dataclass(slots=True)
class Plan:
    """What pruning would empty now: tiles of 256 records, by number.

    `tiles` are all that are or will be empty, `fresh` those to come. `kept` counts, by reason, whole tiles
    that began before the time was over and must stay. `holds` are those that stood.
    """

    fresh: list[int] = field(default_factory=list)
    tiles: set[int] = field(default_factory=set)
    kept: dict[str, int] = field(default_factory=dict)
    holds: Mapping[str, Hold] = field(default_factory=dict)


async def plan_pruning(log: Log, policy: Policy, now: datetime) -> Plan:
    """Return what is to be pruned; nothing is changed."""
    return await to_thread.run_sync(_planned, log, policy, now)


async def prune(log: Log, plan: Plan) -> None:
    """Empty what was planned, tile by tile; its record must be durable before (`retention.prune`).

    Raises `RecordHeldError` where a hold on any of it came to stand since: then nothing is emptied.
    """
    store = log.opened.desk.store
    await to_thread.run_sync(
        _check_free, log, [(tile * TILE_WIDTH, TILE_WIDTH) for tile in plan.fresh], plan.holds
    )
    for tile in plan.fresh:
        await to_thread.run_sync(store.blank, tile * TILE_WIDTH, TILE_WIDTH)


async def lists_of(log: Log, receipt: str) -> Sequence[int]:
    """Return the positions of a receipt's records that have a sealed list.

    Raises `RecordHeldError` where one of them is on hold.
    """
    rows = [row for row in await log.rows(receipt) if row.sealed is not None]
    if rows:
        stands = await standing_of(log)
        for row in rows:
            if name := stands.held(orjson.loads(row.leaf)):
                raise RecordHeldError("The record is on hold, its list cannot be erased", where=name)
    return [row.position for row in rows]


async def erase_lists(log: Log, positions: Sequence[int]) -> None:
    """Erase sealed lists; the record of it must be durable before (`retention.erase`).

    Raises `RecordHeldError` where a hold on one of their records stands: then none is erased.
    """
    await to_thread.run_sync(_check_free, log, [(position, 1) for position in positions])
    await to_thread.run_sync(log.opened.desk.store.erase, positions)


async def standing_of(log: Log) -> Standing:
    """Return the holds, prunings and erasures that the log orders. Reads all of it."""
    return await to_thread.run_sync(_standing, log)


def _check_free(log: Log, ranges: Sequence[tuple[int, int]], known: Mapping[str, Hold] = NO_HOLDS) -> None:
    """Raise `RecordHeldError` where a hold that is not among those known covers one of these records."""
    stands = _standing(log)
    if not stands.holds.items() - known.items():
        return
    for first, count in ranges:
        for row in log.opened.desk.store.range(first, count):
            if row.leaf and (name := stands.held(orjson.loads(row.leaf))):
                what = "A hold came to stand meanwhile: nothing was pruned or erased"
                raise RecordHeldError(what, where=name, remedy="Begin anew: what is on hold stays.")


def _standing(log: Log) -> Standing:
    return standing(log.opened.desk.store.marked())


def _planned(log: Log, policy: Policy, now: datetime) -> Plan:
    stands = _standing(log)
    plan = Plan(holds=dict(stands.holds))
    ends = (_before(now, policy.personal), _before(now, policy.others))
    for tile in range(log.size // TILE_WIDTH):
        rows = log.opened.desk.store.range(tile * TILE_WIDTH, TILE_WIDTH)
        leaves = [orjson.loads(row.leaf) for row in rows if row.leaf]
        if leaves and min(str(leaf["time"]) for leaf in leaves) >= max(ends):
            break
        if reason := _reason(leaves, stands, ends, plan.tiles):
            plan.kept[reason] = plan.kept.get(reason, 0) + 1
            continue
        plan.tiles.add(tile)
        if leaves:
            plan.fresh.append(tile)
    return plan


def _reason(
    leaves: Sequence[Mapping[str, Any]], stands: Standing, ends: tuple[str, str], empty: Set[int]
) -> str:
    """Return why a tile must stay; empty where it need not."""
    personal, others = ends
    for leaf in leaves:
        touches = not PERSONAL.isdisjoint(leaf)
        if str(leaf["time"]) >= (personal if touches else others):
            return "time"
        if stands.held(leaf):
            return "hold"
        orders_hold = leaf.get("event") == HOLD and leaf.get("subject") in stands.holds
        if orders_hold or {at // TILE_WIDTH for at in standing((orjson.dumps(leaf),)).erased} - empty:
            return "order"
    return ""


def _before(now: datetime, days: int) -> str:
    return rfc3339(now - timedelta(days=days))
