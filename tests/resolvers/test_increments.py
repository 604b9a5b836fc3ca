"""Increments: whoever reads changes page by page has in the end what the department has."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.grants import FieldGrant
from auth.masking.rule import MaskRule
from auth.principal import Principal, Role
from auth.rights import Right
from resolvers.explaining.explain import begun, explain
from resolvers.question import Question
from tests.resolvers.ledger import (
    READER,
    Change,
    Office,
    office,
    postgresql_ledger,
    sqlite_ledger,
)
from tests.resolvers.market import data

pytestmark = pytest.mark.anyio

CHANGES = """query($since: DateTime, $after: String, $first: Int) {
  permits(changedSince: $since, after: $after, first: $first) {
    edges { deleted node { number size changed } } pageInfo { hasNextPage endCursor } totalCount
  }
}"""
SINCE = "2026-06-30T09:02:03+08:00"
ONE, TWO, THREE = (Change(name, 1, gone=False) for name in ("one", "two", "three"))


@dataclass(slots=True)
class Copier:
    """An application that keeps a copy of the permits, by their increments."""

    office: Office
    cursor: str | None = None
    copy: dict[str, tuple[int, bool]] = field(default_factory=dict)

    async def page(self, first: int = 50) -> bool:
        """Read one page, and return whether there is more."""
        asked = {"since": SINCE, "after": self.cursor, "first": first}
        page = data(await self.office.world.ask(CHANGES, asked, READER))["permits"]
        self.copy |= {
            edge["node"]["number"]: (edge["node"]["size"], edge["deleted"]) for edge in page["edges"]
        }
        self.cursor = page["pageInfo"]["endCursor"] or self.cursor
        return bool(page["pageInfo"]["hasNextPage"])

    async def catch_up(self) -> None:
        """Read until there is no more."""
        while await self.page(3):
            pass


@pytest.fixture(
    scope="module",
    params=[
        "sqlite",
        pytest.param("timestamp", marks=pytest.mark.postgresql),
        pytest.param("timestamptz", marks=pytest.mark.postgresql),
    ],
)
async def permits(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, anyio_backend: str
) -> AsyncIterator[Office]:
    folder = tmp_path_factory.mktemp("permits")
    if request.param == "sqlite":
        url, ledger = f"sqlite:///{folder / 'market.db'}", sqlite_ledger(folder / "market.db")
        async with office(ledger, url, folder) as one:
            yield one
        ledger.store.close()
        return
    url = request.getfixturevalue("new_postgresql_database")()
    kept = await postgresql_ledger(url, request.param)
    async with office(kept, url, folder) as one:
        yield one
        await one.fresh()
    for store in kept.stores:
        await store.close()


changes = st.builds(Change, st.sampled_from("abcdef"), st.integers(0, 9), st.booleans())
actions = st.lists(
    st.one_of(
        changes,
        st.tuples(st.just("commit"), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.sampled_from([0.3, 1.0, 20.0, 58.0])),
        st.tuples(st.just("page"), st.integers(1, 3)),
    ),
    max_size=24,
)


@given(steps=actions)
async def test_nothing_is_lost_however_changes_and_pages_follow_each_other(
    *, permits: Office, steps: list[Any]
) -> None:
    await permits.fresh()
    copier = Copier(permits)
    for step in steps:
        match step:
            case Change():
                await permits.begin(step)
            case ("commit", place):
                for number in [*permits.open][place : place + 1]:
                    await permits.commit(number)
            case ("wait", seconds):
                await permits.wait(seconds)
            case (_, size):
                await copier.page(size)
    await permits.wait(120)
    await copier.catch_up()
    assert copier.copy == {number: (one.size, one.gone) for number, one in permits.rows.items()}


async def put(permits: Office, *given_: Change) -> None:
    """Change rows, one after the other, and let their changes settle."""
    await permits.fresh()
    for change in given_:
        await permits.begin(change)
        await permits.commit(change.number)
        permits.hands.move(1)
    permits.hands.move(120)


async def numbers(permits: Office, query: str, variables: Any = None) -> list[str]:
    page = data(await permits.world.ask(query, variables, READER))["permits"]
    return [one["number"] for one in page["nodes"]]


async def test_a_change_is_shown_once_its_second_is_settled_and_from_its_moment_on(permits: Office) -> None:
    await permits.fresh()
    permits.hands.move(10)
    await permits.begin(ONE)
    await permits.commit("one")
    query = "query($s: DateTime!) { permits(changedSince: $s) { nodes { number } } }"
    for seconds, shown in ((59, []), (2, ["one"])):
        permits.hands.move(seconds)
        assert await numbers(permits, query, {"s": SINCE}) == shown
    here = (
        "2026-06-30T09:02:13+08:00",
        "2026-06-30T01:02:13Z",
        "2026-06-30T09:02:13",
        "2026-06-30T02:02:13+01:00",
    )
    for moment in here:
        assert await numbers(permits, query, {"s": moment}) == ["one"]
    assert await numbers(permits, query, {"s": "2026-06-30T09:02:14+08:00"}) == []
    assert await numbers(permits, query, {"s": "2026-06-30T01:02:14Z"}) == []


async def test_a_deleted_row_is_shown_by_increments_alone(permits: Office) -> None:
    await put(permits, ONE, TWO, replace(TWO, gone=True))
    assert await numbers(permits, "{ permits { nodes { number } } }") == ["one"]
    for query, found in (
        ('{ permit(number: "two") { size } }', {"permit": None}),
        ("{ permitsAggregate { groups { count } } }", {"permitsAggregate": {"groups": [{"count": 1}]}}),
        ("{ permits { totalCount edges { deleted } } }",
         {"permits": {"totalCount": 1, "edges": [{"deleted": False}]}}),
    ):  # fmt: skip
        assert data(await permits.world.ask(query, None, READER)) == found
    edges = f'{{ permits(changedSince: "{SINCE}") {{ edges {{ deleted node {{ number }} }} totalCount }} }}'
    page = data(await permits.world.ask(edges, None, READER))["permits"]
    assert page == {
        "edges": [
            {"deleted": False, "node": {"number": "one"}},
            {"deleted": True, "node": {"number": "two"}},
        ],
        "totalCount": 2,
    }
    assert permits.world.record.coordinates.used_in_predicate == ("Permit.changed",)


@pytest.mark.parametrize(
    "beside", ["orderBy: [{size: ASC}]", "last: 2", 'last: 2, before: "x"', 'before: "x"']
)
async def test_another_order_or_the_other_end_is_refused(permits: Office, beside: str) -> None:
    query = f'{{ permits(changedSince: "{SINCE}", {beside}) {{ nodes {{ number }} }} }}'
    given_ = await permits.world.ask(query, None, READER)
    assert [one["extensions"]["code"] for one in given_.errors] == ["VALUE_NOT_VALID"]


async def test_null_asks_for_no_increment(permits: Office) -> None:
    await put(permits, TWO, ONE)
    query = "query($s: DateTime) { permits(changedSince: $s, orderBy: [{number: ASC}]) { nodes { number } } }"
    assert await numbers(permits, query, {"s": None}) == ["one", "two"]
    assert await numbers(permits, query, {}) == ["one", "two"]


async def test_a_cursor_of_an_increment_opens_no_other_list(permits: Office) -> None:
    await put(permits, ONE, TWO, THREE)
    copier = Copier(permits)
    await copier.page(1)
    query = "query($c: String) { permits(after: $c) { nodes { number } } }"
    given_ = await permits.world.ask(query, {"c": copier.cursor}, READER)
    assert given_.errors[0]["extensions"]["code"] == "CURSOR_NOT_VALID"
    assert copier.cursor is not None
    assert "one" not in copier.cursor


@pytest.mark.parametrize(
    "given_",
    [
        FieldGrant(frozenset({Right.READ, Right.SORT})),
        FieldGrant(frozenset({Right.READ, Right.RANGE})),
        FieldGrant(frozenset(Right), MaskRule("NU")),
    ],
)
async def test_without_range_and_sort_on_the_clear_moment_there_is_no_increment(
    permits: Office, given_: FieldGrant
) -> None:
    kept = list(permits.world.grants)
    fields = {**kept[0].fields, "changed": given_}
    permits.world.grants[:] = [replace(kept[0], fields=fields)]
    try:
        query = f'{{ permits(changedSince: "{SINCE}") {{ nodes {{ number }} }} }}'
        assert await permits.world.code(query, None, READER) in ("FIELD_NOT_AVAILABLE", "NOT_USABLE_HERE")
    finally:
        permits.world.grants[:] = kept


async def test_the_explanation_tells_what_bounds_an_increment_and_no_moment(permits: Office) -> None:
    rooms = permits.world.rooms
    query = f'{{ permits(changedSince: "{SINCE}") {{ nodes {{ number }} }} }}'
    question = Question(query, None, None, "r-1", "127.0.0.1", READER[0], purpose=READER[1])
    caller = Principal(READER[0], "", Role.APPLICATION)
    found = await explain(question, caller, rooms, begun(question, rooms))
    said = {bind.origin for step in found.steps for bind in step.binds}
    assert "now, 60 seconds before" in said
    assert "2026" not in repr(said)
