"""Order across to-one links: as a plain model sorts, page by page, within a department and between two."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from functools import cmp_to_key
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.filters import Condition, Operator, RowFilter
from auth.rights import Right
from resolvers.planning import ordering
from tests.resolvers.small_world import TABLES, WHO, catalog, rows, small_world
from tests.resolvers.test_aggregates_across import Plain
from tests.resolvers.test_faults import Broken, stopped
from tests.resolvers.test_where import change, grant_of
from tests.resolvers.test_where_model import wheres
from tests.resolvers.where_model import Model, shown
from tests.resolvers.world import PUBLIC, SCREENING, World

pytestmark = pytest.mark.anyio
RATED = """query($order: [EnterpriseOrder!], $w: EnterpriseWhere, $n: Int = 100) {
  enterprises(orderBy: $order, where: $w, first: $n) { nodes { uscc creditRating { grade score } } }
}"""
ORDER = [{"creditRating": {"score": "DESC"}}]


@pytest.fixture
def scored(world: World) -> World:
    """The demo city, where the screening client may see and sort by scores."""
    grant = grant_of(world, "CreditRating")
    given_ = replace(grant.fields["grade"], rights=frozenset({Right.READ, Right.SORT}))
    change(world, "CreditRating", fields={**grant.fields, "score": given_})
    return world


async def test_rows_of_one_department_stand_in_the_order_of_another(scored: World) -> None:
    nodes = (await scored.data(RATED, {"order": ORDER, "n": 400}, SCREENING))["enterprises"]["nodes"]
    scores = [(one["creditRating"] or {}).get("score") for one in nodes]
    unrated = [score for score in scores if score is None]
    rated = [score for score in scores if score is not None]
    assert unrated
    assert rated
    assert scores == [*unrated, *sorted(rated, reverse=True)]  # null comes first in descending order
    keys = [one["uscc"] for one in nodes if one["creditRating"] is None]
    assert keys == sorted(keys)


async def test_statements_of_an_order_across_a_link_do_not_grow_with_rows(scored: World) -> None:
    order = [*ORDER, {"creditRating": {"score": "ASC"}}]
    for count in (1, 5, 300):
        await scored.data(RATED, {"order": order, "n": count}, SCREENING)
        assert Counter(scored.sources) == {"market-regulation": 2, "development-reform": 2}


async def test_row_filter_of_the_other_side_holds_in_an_order(scored: World) -> None:
    change(scored, "CreditRating", rows=RowFilter((Condition("grade", Operator.EQ, "D"),)))
    order = [{"creditRating": {"score": "ASC"}}]
    nodes = (await scored.data(RATED, {"order": order, "n": 400}, SCREENING))["enterprises"]["nodes"]
    rated = [one["creditRating"]["score"] for one in nodes if one["creditRating"]]
    assert rated == sorted(rated)
    assert [one["creditRating"] is None for one in nodes] == [False] * len(rated) + [True] * (
        len(nodes) - len(rated)
    )


@pytest.mark.parametrize(("name", "right"), [("score", Right.SORT), ("uscc", Right.JOIN)])
async def test_order_across_a_link_takes_sort_there_and_join_on_both_sides(
    scored: World, name: str, right: Right
) -> None:
    grant = grant_of(scored, "CreditRating")
    lacking = replace(grant.fields[name], rights=frozenset({Right.READ}) - {right})
    change(scored, "CreditRating", fields={**grant.fields, name: lacking})
    query = "query($o: [EnterpriseOrder!]) { enterprises(orderBy: $o) { nodes { uscc } } }"
    refused = "NOT_USABLE_HERE" if name == "score" else "FIELD_NOT_AVAILABLE"
    assert await scored.code(query, {"o": ORDER}, SCREENING) == refused


async def test_record_names_field_link_and_keys_of_an_order(scored: World) -> None:
    query = "query($o: [EnterpriseOrder!]) { enterprises(orderBy: $o, first: 3) { nodes { uscc } } }"
    await scored.data(query, {"o": ORDER}, SCREENING)
    told = scored.record.coordinates
    assert {"CreditRating.score", "Enterprise.creditRating"} <= set(told.used_in_predicate)
    assert "CreditRating.uscc" in told.used_by_policy
    assert scored.record.rows == {"Enterprise": 3}
    assert grant_of(scored, "CreditRating").id in scored.record.grants


async def test_more_keys_than_may_be_bound_are_refused_in_an_order_too(
    scored: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "MOST_KEYS", 2)
    answer = await scored.ask(RATED, {"order": ORDER}, SCREENING)
    assert json.loads(answer.data or b"") == {"enterprises": None}
    assert answer.errors[0]["extensions"]["code"] == "TOO_MANY_KEYS"
    assert "rows to be ordered" in answer.errors[0]["extensions"]["remedy"]
    assert scored.sources == ["market-regulation"]
    few = {"uscc": {"in": ["91330799T00000036J", "91330799T00000044D"]}}
    nodes = (await scored.data(RATED, {"order": ORDER, "w": few}, SCREENING))["enterprises"]["nodes"]
    assert [one["creditRating"]["score"] for one in nodes] == [498, 431]


async def test_rows_whose_order_cannot_be_asked_are_not_shown(scored: World) -> None:
    scored.replace("development-reform", Broken(stopped))
    query = "query($o: [EnterpriseOrder!]) { enterprises(orderBy: $o, first: 3) { nodes { uscc } } }"
    answer = await scored.ask(query, {"o": ORDER}, SCREENING)
    assert json.loads(answer.data or b"") == {"enterprises": None}
    assert [one["extensions"]["code"] for one in answer.errors] == ["SOURCE_UNAVAILABLE"]


async def test_keys_of_an_order_are_in_no_statement_and_no_answer(scored: World) -> None:
    query = """query($o: [EnterpriseOrder!]) { enterprises(orderBy: $o, first: 2) {
      edges { cursor } nodes { name }
    } }"""
    answer = await scored.ask(query, {"o": ORDER}, SCREENING)
    assert answer.errors == ()
    assert "91330799" not in repr(answer) + repr(scored.statements) + repr(scored.record)


async def test_order_goes_along_several_links_of_one_file(world: World) -> None:
    query = """{ divisions(where: {level: {in: [STREET, COUNTY]}}, first: 200, orderBy: [
      {parent: {parent: {name: ASC}}}, {parent: {name: DESC}}, {name: ASC}
    ]) { nodes { name parent { name parent { name } } } } }"""
    nodes = (await world.data(query, None, PUBLIC))["divisions"]["nodes"]
    assert len(nodes) > 100
    assert world.sources == ["big-data"] * 7  # two for each of two links, the list, and two links shown
    counties = [one for one in nodes if one["parent"]["parent"] is None]
    streets = nodes[: len(nodes) - len(counties)]
    assert nodes == [*streets, *sorted(counties, key=lambda one: one["name"])]
    plain = sorted(streets, key=lambda one: one["name"])
    assert streets == sorted(plain, key=lambda one: one["parent"]["name"], reverse=True)


PATHS: Mapping[str, Sequence[tuple[str, ...]]] = {
    "Firm": [("name",), ("owner", "name"), ("owner", "born"), ("owner", "idNo")],
    "Permit": [("amount",), ("firm", "size"), ("firm", "day"), ("firm", "owner", "name")],
}
LISTS = {"Firm": "firms", "Permit": "permits"}
Step = tuple[tuple[str, ...], bool]


@st.composite
def orders(draw: st.DrawFn) -> tuple[str, list[Step], dict[str, Any]]:
    """Return a table, an order of its rows and a condition on them."""
    table = draw(st.sampled_from(sorted(PATHS)))
    steps = st.tuples(st.sampled_from(PATHS[table]), st.booleans())
    return table, draw(st.lists(steps, min_size=1, max_size=2)), draw(wheres(table, depth=1))


class Sorting(Plain):
    """How a plain model sorts."""

    def keys(self, table: str, steps: Sequence[Step], where: Mapping[str, Any]) -> list[str]:
        """Return the keys of the rows in order."""
        key = next(iter(TABLES[table]))
        found = [row for row in self.model.rows[table] if self.model.holds(table, row, where) is True]
        ranks = [[self.value(table, row, path) for path, _ in steps] for row in found]
        places = sorted(
            range(len(found)), key=cmp_to_key(lambda a, b: self.compared(ranks[a], ranks[b], steps) or (
                -1 if str(found[a][key]) < str(found[b][key]) else 1
            ))
        )  # fmt: skip
        return [str(found[place][key]) for place in places]

    def compared(self, left: Sequence[Any], right: Sequence[Any], steps: Sequence[Step]) -> int:
        for one, other, (_, descending) in zip(left, right, steps, strict=True):
            if one != other:
                before = other is None or (one is not None and one < other)
                return -1 if before is not descending else 1
        return 0

    def value(self, table: str, row: Mapping[str, Any], path: tuple[str, ...]) -> Any:
        """Return what a path leads to: across links, of the first row that is shown there."""
        resource = self.city.resources[table]
        if len(path) == 1:
            one = resource.fields[path[0]]
            return row[one.name] if one.type in ("Text", "IdNumber") else shown(one, row[one.name])
        link = resource.links[path[0]]
        when = [shown(resource.fields[name], row[name]) == value for name, value in link.when]
        key = next(iter(TABLES[link.target]))
        below = self.below(table, row, link) if all(when) else []
        first = min(below, key=lambda one: str(one[key]), default=None)
        return None if first is None else self.value(link.target, first, path[1:])


class Asking:
    """A city of three stores that can be asked; prints short where an example fails."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def keys(self, table: str, steps: Sequence[Step], where: Mapping[str, Any]) -> list[str]:
        """Return the keys of the rows in order, read in pages of eleven from the start, and from the end."""
        given_ = {"order": [order(step) for step in steps], "where": where}
        forward = await self.pages(table, ("first", "after", "hasNextPage", "endCursor"), given_)
        backward = await self.pages(table, ("last", "before", "hasPreviousPage", "startCursor"), given_)
        found = [key for page in forward for key in page]
        assert [key for page in reversed(backward) for key in page] == found
        return found

    async def pages(
        self, table: str, way: tuple[str, str, str, str], given_: Mapping[str, Any]
    ) -> list[list[str]]:
        size, at, more, cursor = way
        key, name = next(iter(TABLES[table])), LISTS[table]
        query = f"""query($order: [{table}Order!], $where: {table}Where, $at: String) {{
          {name}({size}: 11, {at}: $at, orderBy: $order, where: $where) {{
            nodes {{ {key} }} pageInfo {{ more: {more} at: {cursor} }}
        }} }}"""
        pages: list[list[str]] = []
        place = None
        while True:
            page = (await self.world.data(query, {**given_, "at": place}, WHO))[name]
            pages.append([one[key] for one in page["nodes"]])
            if not page["pageInfo"]["more"]:
                return pages
            place = page["pageInfo"]["at"]


def order(step: Step) -> Any:
    """Return one step of an order as a caller writes it."""
    path, descending = step
    way: Any = "DESC" if descending else "ASC"
    for name in reversed(path):
        way = {name: way}
    return way


@pytest.fixture(scope="module")
def sorting() -> Sorting:
    return Sorting(catalog(), Model(catalog(), rows(30)))


@pytest.fixture(scope="module", params=list(permutations(("memory", "sql", "files")))[::2], ids="-".join)
async def stores(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sorting: Sorting
) -> AsyncIterator[Asking]:
    kinds = dict(zip(TABLES, request.param, strict=True))
    async with small_world(tmp_path_factory.mktemp("small"), kinds, sorting.model.rows) as world:
        yield Asking(world)


@given(orders())
async def test_rows_are_ordered_across_links_as_a_plain_model_orders_them(
    stores: Asking, sorting: Sorting, asked: tuple[str, list[Step], dict[str, Any]]
) -> None:
    assert await stores.keys(*asked) == sorting.keys(*asked)
