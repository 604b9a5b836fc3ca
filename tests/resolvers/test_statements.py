"""Statements at sources: so many for each question, however many rows there are."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.resolvers.world import CITY, PUBLIC, SCREENING, World

pytestmark = pytest.mark.anyio
QUERIES = CITY / "queries"
INDEX: Mapping[str, Any] = {
    one["file"]: one for one in yaml.safe_load((QUERIES / "index.yaml").read_text(encoding="utf-8"))["items"]
}
PINNED = {
    "h1-no-proof-city.graphql": {
        "public-security": 3,
        "natural-resources": 2,
        "civil-affairs": 1,
        "human-resources": 1,
        "medical-insurance": 1,
        "housing-fund": 1,
        "big-data": 1,
    },
    "h8-enterprise-file.graphql": {
        "market-regulation": 5,
        "law-enforcement": 1,
        "development-reform": 1,
        "big-data": 1,
    },
    "h3-shell-companies.graphql": {"market-regulation": 2, "human-resources": 2, "development-reform": 1},
    "my-own-data.graphql": {
        "public-security": 3,
        "civil-affairs": 1,
        "natural-resources": 1,
        "human-resources": 1,
        "medical-insurance": 1,
        "housing-fund": 1,
    },
}


def variables(name: str) -> Any:
    path = Path(QUERIES / name.replace(".graphql", ".variables.json"))
    return json.loads(path.read_text(encoding="utf-8"))


def test_every_example_has_its_number_of_statements_pinned() -> None:
    assert set(PINNED) == {path.name for path in QUERIES.glob("*.graphql")}


@pytest.mark.parametrize("name", sorted(PINNED))
async def test_an_example_asks_each_source_so_often_and_no_more(world: World, name: str) -> None:
    entry = INDEX[name]
    text = (QUERIES / name).read_text(encoding="utf-8")
    await world.data(text, variables(name), (entry["client"], entry["purpose"]))
    assert Counter(world.sources) == PINNED[name]


async def test_equal_conditions_across_a_link_are_read_once(world: World) -> None:
    query = """query($grade: CreditRatingGrade) {
      bad: enterprises(where: {state: {eq: OPERATING}, creditRating: {grade: {eq: $grade}}}) { nodes { uscc }}
      good: enterprises(where: {not: {or: [
        {creditRating: {grade: {eq: $grade}}}, {kind: {eq: LIMITED}, creditRating: {grade: {eq: $grade}}}
      ]}}) { nodes { uscc } }
    }"""
    data = await world.data(query, {"grade": "D"}, SCREENING)
    assert Counter(world.sources) == {"development-reform": 1, "market-regulation": 2}
    bad, good = ({one["uscc"] for one in data[name]["nodes"]} for name in ("bad", "good"))
    assert bad
    assert good
    assert not bad & good


async def test_conditions_that_differ_in_a_value_or_in_every_are_read_apart(world: World) -> None:
    query = """{ divisions(where: {
      children: {some: {code: {eq: "330702"}}, every: {code: {eq: "330702"}}, none: {code: {eq: "330703"}}}
    }) { nodes { code } } }"""
    await world.data(query, None, PUBLIC)
    assert world.sources == ["big-data"] * 4


async def test_shell_companies_are_found_by_having_no_staff(world: World) -> None:
    name = "h3-shell-companies.graphql"
    text = (QUERIES / name).read_text(encoding="utf-8")
    cursors = text.replace("nodes {", "edges { cursor } pageInfo { startCursor endCursor } nodes {")
    data = await world.data(cursors, variables(name), SCREENING)
    shells = ["91330799T00000036J", "91330799T00000044D", "91330799T000000528"]
    nodes = data["enterprises"]["nodes"]
    assert [one["uscc"] for one in nodes] == shells
    assert len({one["legalRepId"] for one in nodes}) == 1
    told = repr([data["enterprises"]["edges"], data["enterprises"]["pageInfo"]]) + repr(world.statements)
    assert not [one for one in (*shells, nodes[0]["address"], nodes[0]["establishedOn"]) if one in told]
    without = text.replace("staffCounts: { none:", "staffCounts: { some:")
    assert await world.data(without, variables(name), SCREENING) == {"enterprises": {"nodes": []}}
