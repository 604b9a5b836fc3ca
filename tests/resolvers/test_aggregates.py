"""Aggregations: equal to the plain sum, and silent about few persons."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.filters import Condition, Operator, RowFilter
from auth.grants import FieldGrant
from auth.masking.rule import MaskRule
from auth.rights import Right
from connectors.model import Capability
from resolvers.documents.arguments import Leaf
from resolvers.planning.summary import Amount, Summary
from tests.resolvers.market import (
    GRANTED,
    SHOPPER,
    Market,
    data,
    delivered,
    fill_postgresql,
    fill_sqlite,
    opened_at,
    stalls,
)
from tests.resolvers.world import World

pytestmark = pytest.mark.anyio

GROUPS = """{ stallsAggregate(groupBy: [hall]) {
  suppressed
  groups {
    key { hall } count distinct { size since }
    sum { size rent } avg { rent } min { size since } max { rent since }
  }
} }"""


def number(value: Decimal) -> str:
    text = format(value.quantize(Decimal("0.000001")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(rows: list[list[Any]]) -> list[dict[str, Any]]:
    """Return what `GROUPS` should answer."""
    halls: dict[Any, list[list[Any]]] = defaultdict(list)
    for row in rows:
        halls[row[1]].append(row)
    return [summed(hall, halls[hall]) for hall in sorted(halls, key=lambda hall: (hall is None, hall or ""))]


def summed(hall: Any, rows: list[list[Any]]) -> dict[str, Any]:
    sizes, rents, days = ([row[place] for row in rows if row[place] is not None] for place in (2, 3, 4))
    total = sum((Decimal(rent) for rent in rents), Decimal(0))
    area = Decimal(sum(sizes))
    return {
        "key": {"hall": hall},
        "count": len(rows),
        "distinct": {"size": len(set(sizes)), "since": len(set(days))},
        "sum": {"size": number(area) if sizes else None, "rent": number(total) if rents else None},
        "avg": {"rent": number(total / len(rents)) if rents else None},
        "min": {"size": min(sizes, default=None), "since": str(min(days)) if days else None},
        "max": {
            "rent": number(Decimal(max(rents))) if rents else None,
            "since": str(max(days)) if days else None,
        },
    }


def told(answer: Any) -> list[dict[str, Any]]:
    groups = answer["stallsAggregate"]["groups"]
    for group in groups:
        rent = group["max"]["rent"]
        group["max"]["rent"] = None if rent is None else number(Decimal(rent))
    return list(groups)


@pytest.fixture(
    params=["memory", "bare", "files", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]
)
async def market(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    made = Market({"stall": stalls(60, 11)})
    if request.param == "memory":
        yield made.world(tmp_path, made.memory())
        return
    if request.param == "bare":
        yield made.world(tmp_path, made.memory(frozenset({Capability.LOOKUP})))
        return
    if request.param == "files":
        async with delivered(tmp_path, made.rows["stall"]) as files:
            yield made.world(tmp_path, files)
        return
    if request.param == "sqlite":
        url = fill_sqlite(tmp_path / "market.db", made.rows)
    else:
        url = await fill_postgresql(request.getfixturevalue("new_postgresql_database")(), made.rows)
    async with opened_at(url, tmp_path) as connector:
        yield made.world(tmp_path, connector)


async def test_groups_are_what_a_plain_count_finds_at_every_source(market: World) -> None:
    answer = data(await market.ask(GROUPS, None, SHOPPER))
    assert told(answer) == plain(stalls(60, 11))
    assert answer["stallsAggregate"]["suppressed"] is False


async def test_the_record_says_what_was_summed_up(market: World) -> None:
    data(await market.ask("{ stallsAggregate { groups { sum { rent } } } }", None, SHOPPER))
    assert "Stall.rent" in market.record.coordinates.aggregated
    assert "Stall.rent" not in market.record.coordinates.asked
    assert market.record.rows == {}


async def test_rows_are_summed_up_within_where_and_row_filter(market: World) -> None:
    grants = await market.rooms.grants(SHOPPER[0])
    filtered = RowFilter((Condition("hall", Operator.EQ, "A"),))

    async def narrowed(_client: str) -> Any:
        return [replace(grant, rows=filtered) if grant.resource == "Stall" else grant for grant in grants]

    market.with_rooms(grants=narrowed)
    query = "{ stallsAggregate(where: {size: {gte: 2}}) { groups { count } } }"
    fits = [row for row in stalls(60, 11) if row[1] == "A" and row[2] is not None and row[2] >= 2]
    groups = data(await market.ask(query, None, SHOPPER))["stallsAggregate"]["groups"]
    assert groups == [{"count": len(fits)}]


async def test_having_chooses_among_groups(market: World) -> None:
    query = """query($least: Int) {
      stallsAggregate(groupBy: [hall], having: {count: {gte: $least}}) { groups { key { hall } count } }
    }"""
    counts = Counter(row[1] for row in stalls(60, 11))
    for least in (1, 8, 100):
        groups = data(await market.ask(query, {"least": least}, SHOPPER))["stallsAggregate"]["groups"]
        found = {group["key"]["hall"]: group["count"] for group in groups}
        assert found == {hall: count for hall, count in counts.items() if count >= least}


async def test_a_key_that_is_not_grouped_by_is_refused(market: World) -> None:
    query = "{ stallsAggregate(groupBy: [hall]) { groups { key { size } } } }"
    assert await market.code(query, None, SHOPPER) == "NOT_USABLE_HERE"


async def test_more_groups_than_a_page_are_refused(tmp_path: Path) -> None:
    made = Market({"stall": stalls(40, 1)})
    world = made.world(tmp_path, made.memory())
    world.with_rooms(page_limit=39)
    answer = await world.ask("{ stallsAggregate(groupBy: [id]) { groups { count } } }", None, SHOPPER)
    assert answer.errors[0]["extensions"]["code"] == "ANSWER_TOO_LARGE"


def staff(trades: dict[str, int], paid: frozenset[str] = frozenset()) -> list[list[Any]]:
    """Return workers by trade, all of them paid 100 or, where some are named, only those."""
    rows = []
    for trade, count in trades.items():
        for place in range(count):
            name = f"{trade}{place}"
            rows.append([name, f"p-{name}", "1", trade, 100 + place if not paid or name in paid else None])
    return rows


TRADES = """query($trade: String) { workersAggregate(groupBy: [trade]) {
  suppressed groups { key { trade } count sum { wage } }
} total: workersAggregate { suppressed groups { count sum { wage } } }
  one: workersAggregate(where: {trade: {eq: $trade}}) { suppressed groups { count } }
}"""


async def asked(tmp_path: Path, rows: list[list[Any]], trade: str = "x") -> Any:
    market = Market({"worker": rows})
    world = market.world(tmp_path, market.memory())
    answer = await world.ask(TRADES, {"trade": trade}, SHOPPER)
    return data(answer)


async def test_a_group_of_few_persons_is_left_out_and_told(tmp_path: Path) -> None:
    shown = await asked(tmp_path, staff({"fish": 9, "fruit": 4, "tea": 6, "silk": 12}))
    trades = [group["key"]["trade"] for group in shown["workersAggregate"]["groups"]]
    assert trades == ["fish", "silk"]
    assert shown["workersAggregate"]["suppressed"]


async def test_no_total_betrays_a_single_group(tmp_path: Path) -> None:
    """The total less what is shown is never one small group, nor fewer than five persons."""
    shown = await asked(tmp_path, staff({"fish": 9, "fruit": 4, "tea": 6}))
    rest = shown["total"]["groups"][0]["count"] - sum(
        group["count"] for group in shown["workersAggregate"]["groups"]
    )
    assert rest == 10


@pytest.mark.parametrize("count", [0, 1, 4])
async def test_nobody_and_few_persons_look_alike(tmp_path: Path, count: int) -> None:
    shown = await asked(tmp_path, staff({"tea": 9, "silk": count}), "silk")
    assert shown["one"] == {"suppressed": True, "groups": []}


async def test_a_sum_of_one_persons_wage_is_not_shown(tmp_path: Path) -> None:
    paid = frozenset({"tea0", *(f"silk{n}" for n in range(8)), *(f"fish{n}" for n in range(6))})
    shown = await asked(tmp_path, staff({"tea": 9, "silk": 12, "fish": 8}, paid))
    wages = {group["key"]["trade"]: group["sum"]["wage"] for group in shown["workersAggregate"]["groups"]}
    assert wages["tea"] is None
    assert wages["fish"] is None  # or the total less the others would be the one wage
    assert wages["silk"] is not None
    assert shown["total"]["groups"][0]["sum"]["wage"] is not None


async def test_two_rows_of_one_person_are_one_person(tmp_path: Path) -> None:
    rows = [[f"{n}", "the same", "1", "tea", 1] for n in range(20)]
    shown = await asked(tmp_path, rows)
    assert shown["total"] == {"suppressed": True, "groups": []}


async def test_what_may_not_be_read_is_summed_but_neither_shown_nor_grouped_by(tmp_path: Path) -> None:
    market = Market({"worker": staff({"tea": 9})})
    market.grants["Worker"] = {
        **GRANTED["Worker"],
        "wage": FieldGrant(frozenset({Right.AGGREGATE})),
        "person": FieldGrant(frozenset({Right.READ, Right.MATCH}), MaskRule("RD")),
    }
    world = market.world(tmp_path, market.memory())
    query = "{ workersAggregate { groups { sum { wage } avg { wage } } } }"
    groups = data(await world.ask(query, None, SHOPPER))["workersAggregate"]["groups"]
    assert groups == [{"sum": {"wage": "936"}, "avg": {"wage": "104"}}]
    for refused in ("{ groups { max { wage } } }", "{ groups { distinct { person } } }"):
        code = await world.code(f"{{ workersAggregate {refused} }}", None, SHOPPER)
        assert code == "FIELD_NOT_AVAILABLE"
    grouped = "{ workersAggregate(groupBy: [wage]) { groups { count } } }"
    assert await world.code(grouped, None, SHOPPER) == "FIELD_NOT_AVAILABLE"


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=8), st.integers(2, 6))
async def test_what_is_left_out_is_nobody_or_enough_persons(
    sizes: list[tuple[int, int]], smallest: int
) -> None:
    """Cells: key, rows, persons, sum, persons with a value."""
    groups = [[place, size, size, size * 10, min(size, some)] for place, (size, some) in enumerate(sizes)]
    summary = Summary((0,), 1, 2, (Amount(0), Amount(3, support=4)), (), one_row_each=True)
    shown = summary.shown(groups, smallest, {})
    kept = {row[0] for row in shown.rows}
    hidden = [group for group in groups if group[0] not in kept]
    assert all(group[2] >= smallest for group in groups if group[0] in kept)
    if kept and hidden:
        assert len(hidden) > 1
        assert sum(group[2] for group in hidden) >= smallest
    silent = [group[4] for group in hidden]
    silent += [groups[key][4] for key, total in shown.rows if total is None]
    assert all(groups[key][4] >= smallest for key, total in shown.rows if total is not None)
    if any(total is not None for _, total in shown.rows) and any(silent):
        assert max(silent) >= smallest
    assert shown.suppressed is (bool(hidden) or not kept)


def test_having_never_tells_what_suppression_hides() -> None:
    groups = [[0, 4, 4], [1, 9, 9], [2, 7, 7]]
    fits = Summary((0,), 1, 2, (Amount(0),), (("lt", Leaf(literal=5)),), one_row_each=True)
    assert fits.shown(groups, 5, {}).rows == []
    assert fits.shown(groups, 5, {}).suppressed
