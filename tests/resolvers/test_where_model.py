"""Generated conditions give the rows that a plain model gives, whatever store each table stands in."""

from collections.abc import AsyncIterator, Mapping
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.resolvers.small_world import LINKS, ONE, TABLES, THREE, TWO, WHO, catalog, rows, small_world
from tests.resolvers.where_model import Model
from tests.resolvers.world import World

pytestmark = pytest.mark.anyio
LISTS = {"Firm": "firms", "Person": "persons", "Permit": "permits"}
KINDS = ("memory", "sql", "files")
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "Text": st.sampled_from(["a", "b", "B", "ab", "", "%", "华", "𠮷", "f0", "f1"]),
    "Int": st.sampled_from([-2, 0, 1, 7, 10]),
    "Decimal": st.sampled_from(["1", "1.5", "-2.5"]),
    "Date": st.sampled_from(["2024-02-29", "2024-03-01", "2024-03-02"]),
    "Enum": st.sampled_from(["OPEN", "SHUT"]),
    "IdNumber": st.sampled_from([ONE, TWO, THREE]),
}
SIZES, PARTS = ("gt", "gte", "lt", "lte"), ("startsWith", "contains")


@st.composite
def operators(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Return what a field of a type is held against."""
    value = VALUES[kind]
    stated: dict[str, st.SearchStrategy[Any]] = {"isNull": st.booleans(), "eq": value, "ne": value}
    stated |= dict.fromkeys(("in", "notIn"), st.lists(value, max_size=3))
    if kind in ("Text", "Int", "Decimal", "Date"):
        stated |= dict.fromkeys(SIZES, value)
    if kind == "Text":
        stated |= dict.fromkeys(PARTS, value)
    names = draw(st.lists(st.sampled_from(sorted(stated)), min_size=1, max_size=2, unique=True))
    return {
        name: None if name != "isNull" and draw(st.integers(0, 19)) == 0 else draw(stated[name])
        for name in names
    }


@st.composite
def wheres(draw: st.DrawFn, table: str, depth: int = 3) -> dict[str, Any]:
    """Return a condition on rows of a table."""
    fields = {name: operators(kind) for name, (kind, _) in TABLES[table].items()}
    entries: dict[str, st.SearchStrategy[Any]] = dict(fields)
    if depth:
        below = wheres(table, depth - 1)
        several = st.lists(below, max_size=2)
        entries |= {"and": several, "or": several, "not": below}
        entries |= {link.name: across(link, depth - 1) for link in LINKS[table]}
    names = draw(st.lists(st.sampled_from(sorted(entries)), max_size=2, unique=True))
    return {name: draw(entries[name]) for name in names}


def across(link: Any, depth: int) -> st.SearchStrategy[Any]:
    """Return a condition on the rows of a link."""
    below = wheres(link.target, depth)
    quantified = st.sampled_from(["some", "none", "every"]).flatmap(
        lambda name: below.map(lambda one: {name: one})
    )
    return below if link.one else quantified


@pytest.fixture(scope="module")
def model() -> Model:
    return Model(catalog(), rows(30))


class Asking:
    """Asks the city for the keys that a condition chooses; prints short where an example fails."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def chosen(self, table: str, where: Mapping[str, Any]) -> list[str]:
        """Return the keys, sorted."""
        key, name = next(iter(TABLES[table])), LISTS[table]
        query = f"query($w: {table}Where) {{ {name}(where: $w, first: 1000) {{ nodes {{ {key} }} }} }}"
        found = await self.world.data(query, {"w": where}, WHO)
        return sorted(row[key] for row in found[name]["nodes"])


@pytest.fixture(scope="module", params=list(permutations(KINDS))[::2], ids="-".join)
async def city(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, model: Model
) -> AsyncIterator[Asking]:
    kinds = dict(zip(TABLES, request.param, strict=True))
    async with small_world(tmp_path_factory.mktemp("small"), kinds, model.rows) as world:
        yield Asking(world)


ASKED = st.sampled_from(sorted(TABLES)).flatmap(lambda table: st.tuples(st.just(table), wheres(table)))


@given(ASKED)
async def test_conditions_choose_the_rows_a_plain_model_chooses(
    city: Asking, model: Model, asked: tuple[str, dict[str, Any]]
) -> None:
    table, where = asked
    assert await city.chosen(table, where) == model.chosen(table, where)
