"""Pruning, holds and erasing: what goes is ordered by a record, what stays verifies, on both stores."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.backup import back_up
from audit.errors import LogBackupRefusedError, RecordHeldError, TileUnknownError
from audit.finding import Finding
from audit.log import Log
from audit.pruning import Policy, erase_lists, lists_of, plan_pruning, prune, standing_of
from audit.record import AccessRecord, ManagementRecord, Outcome, SubjectList
from audit.standing import ERASE, HOLD, LIFT, PRUNE, Standing, read_ranges, written_ranges
from audit.tiles import Tile, tile_bytes
from govgraph.clock import rfc3339

pytestmark = pytest.mark.anyio
MakeRecord = Callable[[int], AccessRecord]
NOW = datetime(2030, 1, 1, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=2000)
POLICY = Policy(1096, 184)


async def filled(
    log: Log, record: MakeRecord, tiles: int, days_ago: int = 2000, persons: bool = True
) -> None:
    time = rfc3339(NOW - timedelta(days=days_ago))
    for number in range(tiles * 256):
        made = replace(record(log.size), time=time, subject_total=0, subjects={})
        listed = SubjectList(("a",)) if persons and number % 2 else SubjectList()
        await log.append(replace(made, rows={}, receipt=f"receipt-{log.size}"), listed)


async def order(log: Log, event: str, subject: str = "", **detail: str) -> None:
    for phase, outcome in (("intent", Outcome.PENDING), ("outcome", Outcome.ANSWERED)):
        record = ManagementRecord("r-order", rfc3339(NOW), "q", event, phase, outcome, subject=subject)
        await log.append(replace(record, detail=detail))


async def intent(log: Log, event: str, **detail: str) -> None:
    """Write the intent of an order that has no outcome yet."""
    record = ManagementRecord("r-intent", rfc3339(NOW), "q", event, "intent", Outcome.PENDING, detail=detail)
    await log.append(record)


async def refused(log: Log, event: str, **detail: str) -> None:
    """Write that the order was refused."""
    record = ManagementRecord("r-intent", rfc3339(NOW), "q", event, "outcome", Outcome.REFUSED, detail=detail)
    await log.append(record)


async def pruned(log: Log, now: datetime = NOW) -> tuple[list[int], Mapping[str, int]]:
    plan = await plan_pruning(log, POLICY, now)
    await order(log, PRUNE, tiles=written_ranges(plan.tiles))
    await prune(log, plan)
    return plan.fresh, plan.kept


async def test_what_was_pruned_is_gone_and_the_tree_still_verifies(
    log: Log, record: MakeRecord, home: Path
) -> None:
    await filled(log, record, 2)
    await log.append(replace(record(0), time=rfc3339(NOW)))
    assert await pruned(log) == ([0, 1], {})
    found = await back_up(log, home / "backup")
    assert (found.finding, found.size) == (Finding.VERIFIED, log.size)
    assert await log.find("receipt-3") is None
    assert (await log.entries(3, 1))[0] == b""
    assert [row.position for row in await log.range(500, 20)] == [512, 513, 514]
    assert len(await tile_bytes(Tile(0, 1), log.size, log)) == 256 * 32
    with pytest.raises(TileUnknownError):
        await tile_bytes(Tile(None, 1), log.size, log)
    left = (home / "backup" / "audit" / "log.db").read_bytes()
    assert b"receipt-3" not in left


async def test_a_later_pruning_orders_what_earlier_ones_emptied_too(
    log: Log, record: MakeRecord, home: Path
) -> None:
    await filled(log, record, 1)
    await filled(log, record, 1, days_ago=1000)
    assert await pruned(log) == ([0], {"time": 1})
    later = NOW + timedelta(days=200)
    assert await pruned(log, later) == ([1], {})
    assert (await standing_of(log)).tiles == {0, 1}
    assert (await back_up(log, home / "backup")).ok


async def test_records_about_persons_stay_longer_than_others(log: Log, record: MakeRecord) -> None:
    await filled(log, record, 1, days_ago=400, persons=False)
    await filled(log, record, 1, days_ago=400)
    plan = await plan_pruning(log, POLICY, NOW)
    assert (plan.fresh, plan.kept) == ([0], {"time": 1})


async def test_one_record_whose_time_is_not_over_keeps_its_whole_tile(log: Log, record: MakeRecord) -> None:
    await filled(log, record, 1)
    for number in range(256):
        days = 1095 if number == 200 else 2000
        time = rfc3339(NOW - timedelta(days=days))
        await log.append(replace(record(number), time=time))
    plan = await plan_pruning(log, POLICY, NOW)
    assert (plan.fresh, plan.kept) == ([0], {"time": 1})


async def test_a_hold_keeps_what_it_covers_until_it_is_lifted(
    log: Log, record: MakeRecord, home: Path
) -> None:
    await filled(log, record, 2)
    await order(log, HOLD, "case-7", receipt="receipt-301", reason="court")
    assert await pruned(log) == ([0], {"hold": 1})
    with pytest.raises(RecordHeldError) as refusal:
        await lists_of(log, "receipt-301")
    assert refusal.value.where == "case-7"
    await order(log, LIFT, "case-7")
    assert await pruned(log) == ([1], {})
    assert (await back_up(log, home / "backup")).ok


async def test_a_record_emptied_without_an_order_is_found(log: Log, record: MakeRecord, home: Path) -> None:
    await filled(log, record, 2)
    await pruned(log, LONG_AGO)
    log.opened.desk.store.blank(256, 256)
    assert b"" in await log.entries(256, 256)
    with pytest.raises(LogBackupRefusedError) as refusal:
        await back_up(log, home / "backup")
    assert "Record 256 was emptied, and no record orders it" in refusal.value.text


async def test_an_erased_list_is_gone_and_the_tree_still_verifies(
    log: Log, record: MakeRecord, home: Path
) -> None:
    for number in range(3):
        await log.append(record(number), SubjectList(("a", "b"), ("c",)))
    positions = await lists_of(log, "receipt-1")
    assert positions == [1]
    await order(log, ERASE, "receipt-1", records=written_ranges(positions))
    await erase_lists(log, positions)
    assert [row.sealed is None for row in await log.range(0, 3)] == [False, True, False]
    assert (await back_up(log, home / "backup")).ok
    assert await lists_of(log, "receipt-1") == []


async def test_a_list_erased_without_an_order_is_found(log: Log, record: MakeRecord, home: Path) -> None:
    await log.append(record(0), SubjectList(("a",)))
    await erase_lists(log, [0])
    with pytest.raises(LogBackupRefusedError) as refusal:
        await back_up(log, home / "backup")
    assert "The sealed list of record 0 was changed or removed" in refusal.value.text


async def test_appends_go_on_while_tiles_are_emptied(log: Log, record: MakeRecord, home: Path) -> None:
    await filled(log, record, 3)
    plan = await plan_pruning(log, POLICY, NOW)
    await order(log, PRUNE, tiles=written_ranges(plan.tiles))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(prune, log, plan)
        for number in range(50):
            await log.append(record(number))
    assert (await back_up(log, home / "backup")).ok


@pytest.mark.parametrize("numbers", [[], [3], [0, 1, 2], [0, 1, 5, 7, 8]])
async def test_ranges_are_read_as_they_were_written(numbers: list[int]) -> None:
    assert list(read_ranges(written_ranges(numbers))) == numbers


async def test_a_hold_that_comes_to_stand_between_plan_and_order_keeps_what_it_covers(
    log: Log, record: MakeRecord, home: Path
) -> None:
    await filled(log, record, 3)
    plan = await plan_pruning(log, POLICY, NOW)
    assert plan.fresh == [0, 1, 2]
    await order(log, HOLD, "case-7", receipt="receipt-301")
    tiles = written_ranges(plan.tiles)
    await intent(log, PRUNE, tiles=tiles)
    with pytest.raises(RecordHeldError) as refusal:
        await prune(log, plan)
    assert refusal.value.where == "case-7"
    assert all(await log.entries(0, 256)), "nothing goes where not all of it may"
    await refused(log, PRUNE, tiles=tiles)
    assert (await standing_of(log)).tiles == set()
    assert await pruned(log) == ([0, 2], {"hold": 1})
    assert await log.find("receipt-301")
    assert (await back_up(log, home / "backup")).ok


async def test_a_hold_on_other_records_or_one_that_was_known_stops_no_pruning(
    log: Log, record: MakeRecord
) -> None:
    await filled(log, record, 2)
    await order(log, HOLD, "known", receipt="receipt-301")
    plan = await plan_pruning(log, POLICY, NOW)
    await order(log, HOLD, "elsewhere", client="nobody")
    await order(log, PRUNE, tiles=written_ranges(plan.tiles))
    await prune(log, plan)
    assert not any(await log.entries(0, 256))


async def test_a_hold_set_after_the_order_to_erase_keeps_the_list(log: Log, record: MakeRecord) -> None:
    await filled(log, record, 1)
    positions = await lists_of(log, "receipt-3")
    await order(log, HOLD, "case-7", receipt="receipt-3")
    await intent(log, ERASE, records=written_ranges(positions))
    with pytest.raises(RecordHeldError):
        await erase_lists(log, positions)
    await refused(log, ERASE, records=written_ranges(positions))
    assert (await log.rows("receipt-3"))[0].sealed is not None
    assert (await standing_of(log)).erased == set()


async def test_what_is_emptied_after_its_order_was_refused_is_found(
    log: Log, record: MakeRecord, home: Path
) -> None:
    await filled(log, record, 1)
    await intent(log, PRUNE, tiles="0")
    await refused(log, PRUNE, tiles="0")
    log.opened.desk.store.blank(0, 256)
    with pytest.raises(LogBackupRefusedError) as refusal:
        await back_up(log, home / "backup")
    assert "Record 0 was emptied, and no record orders it" in refusal.value.text


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 6)), st.sampled_from(("", "answered", "failed", "refused"))))
)
def test_what_a_refused_order_names_stands_only_where_another_names_it(
    orders: list[tuple[set[int], str]],
) -> None:
    stands = Standing()
    for number, (tiles, _) in enumerate(orders):
        stands.take(_order(number, "intent", "pending", tiles))
    for number, (tiles, outcome) in enumerate(orders):
        if outcome:
            stands.take(_order(number, "outcome", outcome, tiles))
    assert stands.tiles == {tile for tiles, outcome in orders if outcome != "refused" for tile in tiles}


def _order(number: int, phase: str, outcome: str, tiles: set[int]) -> dict[str, object]:
    detail = {"tiles": written_ranges(tiles)}
    return {"event": PRUNE, "receipt": str(number), "phase": phase, "outcome": outcome, "detail": detail}
