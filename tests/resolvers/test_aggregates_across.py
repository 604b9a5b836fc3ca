"""Aggregations across a link: one statement for all parents, right for each, silent about few persons."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from auth.grants import FieldGrant
from auth.rights import Right
from connectors.model import Capability
from resolvers.documents.arguments import Leaf
from resolvers.planning import aggregates
from resolvers.planning.summary import Amount, Summary
from schema.catalog import Catalog, Link
from tests.resolvers.market import GRANTED, SHOPPER, Market, data, fill_postgresql, fill_sqlite, opened_at
from tests.resolvers.small_world import TABLES, WHO, catalog, rows, small_world
from tests.resolvers.test_aggregates import number
from tests.resolvers.test_faults import Broken, stopped
from tests.resolvers.test_where_model import wheres
from tests.resolvers.where_model import Model, admitted, declared, shown
from tests.resolvers.world import CITY, INSPECTOR, World

pytestmark = pytest.mark.anyio

WORKERS = """{ stalls(orderBy: [{id: ASC}]) { nodes {
  id workersAggregate { suppressed groups { count distinct { person } sum { wage } avg { wage } } }
} } }"""
STAFF = {"0": 0, "1": 9, "2": 4, "3": 7, "4": 6}


def staffed(staff: Mapping[str, int]) -> Market:
    """Return a market of stalls, each with so many workers, who earn 100 more than the one before."""
    stalls = [[stall, "A", 1, None, None] for stall in staff]
    workers = [
        [f"{stall}-{place}", f"p-{stall}-{place}", stall, "tea", 100 * place]
        for stall, count in staff.items()
        for place in range(count)
    ]
    return Market({"stall": stalls, "worker": workers})


@pytest.fixture(params=["memory", "bare", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def market(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    made = staffed(STAFF)
    if request.param in ("memory", "bare"):
        can = frozenset({Capability.LOOKUP}) if request.param == "bare" else None
        yield made.world(tmp_path, made.memory(can))
        return
    if request.param == "sqlite":
        url = fill_sqlite(tmp_path / "market.db", made.rows)
    else:
        url = await fill_postgresql(request.getfixturevalue("new_postgresql_database")(), made.rows)
    async with opened_at(url, tmp_path) as connector:
        yield made.world(tmp_path, connector)


def told(answer: Any) -> dict[str, Any]:
    return {one["id"]: one["workersAggregate"] for one in answer["stalls"]["nodes"]}


async def test_each_parent_has_its_own_figures_and_few_persons_none(market: World) -> None:
    shown_ = told(data(await market.ask(WORKERS, None, SHOPPER)))
    nothing = {"suppressed": True, "groups": []}
    seven = {"count": 7, "distinct": {"person": 7}, "sum": {"wage": "2100"}, "avg": {"wage": "300"}}
    nine = {"count": 9, "distinct": {"person": 9}, "sum": {"wage": "3600"}, "avg": {"wage": "400"}}
    # The smallest of the others goes with the two small ones, or a total would tell them.
    assert shown_ == {
        "0": nothing,
        "1": {"suppressed": False, "groups": [nine]},
        "2": nothing,
        "3": {"suppressed": False, "groups": [seven]},
        "4": nothing,
    }


async def test_answer_warns_and_record_names_what_was_summed_up(market: World) -> None:
    answer = await market.ask(WORKERS, None, SHOPPER)
    warned = {"path": "stalls.nodes.workersAggregate", "code": "SUPPRESSED"}
    assert answer.extensions["govgraph"]["warnings"] == [warned]
    assert {"Worker.wage", "Worker.person"} <= set(market.record.coordinates.aggregated)
    assert "Stall.workers" in market.record.coordinates.returned
    assert {"Stall.id", "Worker.stallId"} <= {
        *market.record.coordinates.used_by_policy, *market.record.coordinates.asked
    }  # fmt: skip
    assert market.record.rows == {"Stall": 5}
    assert market.record.subjects == {}


async def test_having_and_groups_below_a_parent(tmp_path: Path) -> None:
    made = staffed(STAFF)
    made.rows["worker"].extend([f"x{n}", f"q{n}", "3", "silk", n] for n in range(8))  # type: ignore[attr-defined]
    world = made.world(tmp_path, made.memory())
    query = """query($n: Int) { stalls { nodes { id
      workersAggregate(groupBy: [trade], having: {count: {gte: $n}}) { groups { key { trade } count } }
    } } }"""
    shown_ = told(data(await world.ask(query, {"n": 8}, SHOPPER)))
    assert shown_["3"]["groups"] == [{"key": {"trade": "silk"}, "count": 8}]
    assert shown_["1"]["groups"] == [{"key": {"trade": "tea"}, "count": 9}]
    assert shown_["0"]["groups"] == []


@pytest.mark.parametrize("lacking", [("stallId", Right.JOIN), ("wage", Right.AGGREGATE)])
async def test_link_is_summed_up_with_join_and_aggregate_alone(
    tmp_path: Path, lacking: tuple[str, Right]
) -> None:
    made = staffed(STAFF)
    name, right = lacking
    whole = GRANTED["Worker"][name]
    rest = {one: FieldGrant(frozenset({Right.READ})) for one in GRANTED["Worker"]} if name == "wage" else {}
    made.grants["Worker"] = {
        **GRANTED["Worker"], **rest, name: FieldGrant(whole.rights - {right}, whole.mask)
    }  # fmt: skip
    query = "{ stalls { nodes { id workersAggregate { groups { count } } } } }"
    assert await made.world(tmp_path, made.memory()).code(query, None, SHOPPER) == "FIELD_NOT_AVAILABLE"


async def test_more_groups_than_may_be_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = staffed({str(number): 6 for number in range(4)})
    monkeypatch.setattr(aggregates, "MOST_GROUPS", 3)
    answer = await made.world(tmp_path, made.memory()).ask(WORKERS, None, SHOPPER)
    assert answer.errors[0]["extensions"]["code"] == "ANSWER_TOO_LARGE"


async def test_figures_of_a_source_that_is_down_are_null_with_its_error(world: World) -> None:
    query = """query($uscc: UnifiedSocialCreditCode!) { enterprise(uscc: $uscc) {
      name inspectionsAggregate(groupBy: [result]) { groups { key { result } count } }
    } }"""
    grant = (CITY / "grants" / "law-enforcement-app.supervision.yaml").read_text(encoding="utf-8")
    assert "aggregate" in grant
    uscc = {"uscc": "91330799T0000001XP"}
    found = (await world.data(query, uscc, INSPECTOR))["enterprise"]["inspectionsAggregate"]["groups"]
    assert found == [{"key": {"result": "FAILED"}, "count": 1}, {"key": {"result": "PASSED"}, "count": 2}]
    assert world.sources == ["market-regulation"] * 2
    world.replace("market-regulation", Broken(stopped))
    assert (await world.ask(query, uscc, INSPECTOR)).errors[0]["extensions"]["code"] == "SOURCE_UNAVAILABLE"


FIGURES = "count distinct { amount until } sum { amount } min { until }"
ASKED: Mapping[str, tuple[str, str]] = {
    "permits": (
        "Firm",
        f"permitsAggregate(where: $w, groupBy: [state]) {{ groups {{ key {{ state }} {FIGURES} }} }}",
    ),
    "openPermits": ("Firm", f"openPermitsAggregate(where: $w) {{ groups {{ {FIGURES} }} }}"),
    "firms": ("Person", "firmsAggregate(where: $w) { groups { count distinct { ownerId name } } }"),
}
LISTS = {"Firm": "firms", "Person": "persons"}


class Plain:
    """What a plain model sums up across a link."""

    def __init__(self, city: Catalog, model: Model) -> None:
        self.city = city
        self.model = model

    def below(self, table: str, row: Mapping[str, Any], link: Link) -> list[dict[str, Any]]:
        """Return the rows that following a link shows: keys of the other side in a known spelling."""
        own, theirs = self.city.resources[table].fields, self.city.resources[link.target].fields
        mine = [shown(own[name], row[name]) for name, _ in link.by]
        return [
            one
            for one in self.model.rows[link.target]
            if None not in mine
            and admitted(theirs, one, link.target_when)
            and mine == [shown(theirs[name], one[name]) for _, name in link.by]
            and all(
                declared(theirs[name], one[name], key) for (_, name), key in zip(link.by, mine, strict=True)
            )
        ]

    def groups(self, name: str, row: Mapping[str, Any], where: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the groups of one row."""
        table, _ = ASKED[name]
        link = self.city.resources[table].links[name]
        chosen = [
            one for one in self.below(table, row, link) if self.model.holds(link.target, one, where) is True
        ]
        if name == "firms":
            return [{"count": len(chosen), "distinct": self.distinct("Firm", chosen, ("ownerId", "name"))}]
        if name == "openPermits":
            return [self.figures(chosen)]
        states: dict[Any, list[Any]] = defaultdict(list)
        for one in chosen:
            states[shown(self.city.resources["Permit"].fields["state"], one["state"])].append(one)
        keys = sorted(states, key=lambda state: (state is None, state or ""))
        return [{"key": {"state": key}, **self.figures(states[key])} for key in keys]

    def distinct(self, table: str, chosen: Sequence[Any], names: Sequence[str]) -> dict[str, int]:
        fields = self.city.resources[table].fields
        return {name: len({shown(fields[name], one[name]) for one in chosen} - {None}) for name in names}

    def figures(self, chosen: Sequence[Any]) -> dict[str, Any]:
        fields = self.city.resources["Permit"].fields
        amounts = [
            one for one in (shown(fields["amount"], row["amount"]) for row in chosen) if one is not None
        ]
        days = [one for one in (shown(fields["until"], row["until"]) for row in chosen) if one is not None]
        return {
            "count": len(chosen),
            "distinct": self.distinct("Permit", chosen, ("amount", "until")),
            "sum": {"amount": number(sum(amounts, Decimal(0))) if amounts else None},
            "min": {"until": min(days, default=None)},
        }


class Asking:
    """A city of three stores that can be asked; prints short where an example fails."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def found(self, name: str, where: Mapping[str, Any]) -> dict[str, Any]:
        table, field = ASKED[name]
        key, target = next(iter(TABLES[table])), self.world.catalog.resources[table].links[name].target
        query = f"query($w: {target}Where) {{ {LISTS[table]}(first: 1000) {{ nodes {{ {key} {field} }} }} }}"
        nodes = (await self.world.data(query, {"w": where}, WHO))[LISTS[table]]["nodes"]
        return {one[key]: one[f"{name}Aggregate"]["groups"] for one in nodes}


@pytest.fixture(scope="module")
def plain() -> Plain:
    return Plain(catalog(), Model(catalog(), rows(30)))


@pytest.fixture(scope="module", params=list(permutations(("memory", "sql", "files")))[::2], ids="-".join)
async def stores(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, plain: Plain
) -> AsyncIterator[Asking]:
    kinds = dict(zip(TABLES, request.param, strict=True))
    async with small_world(tmp_path_factory.mktemp("small"), kinds, plain.model.rows) as world:
        yield Asking(world)


TARGETS = {"permits": "Permit", "openPermits": "Permit", "firms": "Firm"}


@given(
    st.sampled_from(sorted(ASKED)).flatmap(
        lambda name: st.tuples(st.just(name), wheres(TARGETS[name], depth=1))
    )
)
async def test_figures_across_two_departments_are_what_a_plain_model_finds(
    stores: Asking, plain: Plain, asked: tuple[str, dict[str, Any]]
) -> None:
    name, where = asked
    table, _ = ASKED[name]
    key = next(iter(TABLES[table]))
    expected = {one[key]: plain.groups(name, one, where) for one in plain.model.rows[table]}
    assert await stores.found(name, where) == expected


@given(
    st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4), max_size=5),
    st.integers(2, 6),
)
@example([[(9, 9), (9, 1)], [(8, 8), (8, 8)]], 5)
@example([[(9, 9), (4, 4)], [(6, 6), (7, 7)]], 5)
async def test_neither_a_parents_total_nor_that_of_all_betrays_a_group(
    parents: list[list[tuple[int, int]]], smallest: int
) -> None:
    """Cells: key, rows, persons, sum, persons with a value."""
    groups = {
        parent: [[place, size, size, size * 10, min(size, some)] for place, (size, some) in enumerate(sizes)]
        for parent, sizes in enumerate(parents)
    }
    summary = Summary((0,), 1, 2, (Amount(0), Amount(3, support=4)), (), one_row_each=True)
    below = summary.below(groups, smallest, {})
    hidden = {
        parent: [one for one in rows if one[0] not in {shown_[0] for shown_ in below[parent].rows}]
        for parent, rows in groups.items()
    }
    everything = [one for rows in hidden.values() for one in rows]
    for out, kept in [
        *((hidden[parent], below[parent].rows) for parent in groups),
        (everything, [one for shown_ in below.values() for one in shown_.rows]),
    ]:
        if out and kept:
            assert len(out) > 1
            assert sum(one[2] for one in out) >= smallest
    for parent, shown_ in below.items():
        silent = [groups[parent][key][4] for key, total in shown_.rows if total is None]
        silent += [one[4] for one in hidden[parent]]
        if any(total is not None for _, total in shown_.rows) and any(silent):
            assert max(silent) >= smallest


def test_having_below_a_parent_never_tells_what_suppression_hides() -> None:
    fits = Summary((0,), 1, 2, (Amount(0),), (("lt", Leaf(literal=5)),), one_row_each=True)
    below = fits.below({"a": [[0, 4, 4], [1, 9, 9]], "b": [[0, 7, 7]], None: []}, 5, {})
    assert all(one.rows == [] for one in below.values())
    assert below["a"].suppressed
    assert below[None].suppressed
