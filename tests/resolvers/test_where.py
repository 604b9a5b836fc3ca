"""Conditions across links on the demo city: who may put them, what they cost, and what is recorded."""

import json
from dataclasses import replace
from typing import Any

import pytest

from auth.filters import Condition, Operator, RowFilter
from auth.rights import Quota, Right
from resolvers.planning import semijoin
from tests.resolvers.test_faults import Broken, stopped
from tests.resolvers.world import PUBLIC, SCREENING, World

pytestmark = pytest.mark.anyio

RATED = """query($w: EnterpriseWhere, $n: Int = 1000) {
  enterprises(where: $w, first: $n, orderBy: [{uscc: ASC}]) { nodes { uscc creditRating { grade } } }
}"""


@pytest.fixture(autouse=True)
def whole_lists(world: World) -> None:
    """Let a request have as many rows as a page."""
    world.with_rooms(bulk_limit=1000)


async def found(world: World, where: Any, count: int = 1000) -> list[Any]:
    data = await world.data(RATED, {"w": where, "n": count}, SCREENING)
    nodes: list[Any] = data["enterprises"]["nodes"]
    return nodes


def grant_of(world: World, resource: str) -> Any:
    return next(one for one in world.grants if one.client == SCREENING[0] and one.resource == resource)


def change(world: World, resource: str, **more: Any) -> None:
    grant = grant_of(world, resource)
    world.grants[world.grants.index(grant)] = replace(grant, **more)


async def test_condition_across_departments_chooses_what_the_link_shows(world: World) -> None:
    everyone = await found(world, {})
    rated = [one["uscc"] for one in everyone if (one["creditRating"] or {}).get("grade") == "D"]
    assert rated
    listed = {one["uscc"] for one in everyone}
    chosen = await found(world, {"creditRating": {"grade": {"eq": "D"}}})
    assert [one["uscc"] for one in chosen if one["uscc"] in listed] == rated
    others = await found(world, {"not": {"creditRating": {"grade": {"eq": "D"}}}})
    assert [one["uscc"] for one in others if one["uscc"] in listed] == sorted(listed - set(rated))


async def test_statements_of_a_condition_across_a_link_do_not_grow_with_rows(world: World) -> None:
    where = {"creditRating": {"grade": {"in": ["A", "B", "C", "D"]}}, "staffCounts": {"some": {}}}
    for count in (1, 5, 300):
        await found(world, where, count)
        assert world.sources == [
            "development-reform", "development-reform", "human-resources", "market-regulation"
        ]  # fmt: skip


async def test_row_filter_of_the_other_side_holds(world: World) -> None:
    grade = {"creditRating": {"grade": {"in": ["A", "D"]}}}
    before = await found(world, grade)
    change(world, "CreditRating", rows=RowFilter((Condition("grade", Operator.EQ, "D"),)))
    after = await found(world, grade)
    assert 0 < len(after) < len(before)
    assert (
        "CreditRating.grade eq"
        in (await world.ask(RATED, {"w": grade}, SCREENING)).extensions["govgraph"]["rowFilters"]
    )


async def test_link_without_join_on_either_side_is_no_condition(world: World) -> None:
    where = {"creditRating": {"grade": {"eq": "D"}}}
    grant = grant_of(world, "CreditRating")
    uscc = replace(grant.fields["uscc"], rights=frozenset({Right.READ}))
    change(world, "CreditRating", fields={**grant.fields, "uscc": uscc})
    bare = "query($w: EnterpriseWhere) { enterprises(where: $w) { nodes { uscc } } }"
    assert await world.code(bare, {"w": where}, SCREENING) == "FIELD_NOT_AVAILABLE"


async def test_field_across_a_link_that_takes_no_condition_is_named(world: World) -> None:
    grant = grant_of(world, "CreditRating")
    grade = replace(grant.fields["grade"], rights=frozenset({Right.READ}))
    change(world, "CreditRating", fields={**grant.fields, "grade": grade})
    given = await world.ask(RATED, {"w": {"creditRating": {"grade": {"eq": "D"}}}}, SCREENING)
    assert given.errors[0]["extensions"]["code"] == "NOT_USABLE_HERE"
    assert "CreditRating.grade" in given.errors[0]["message"]


async def test_operator_across_a_link_is_refused_by_field_and_use(world: World) -> None:
    where = {"creditRating": {"grade": {"isNull": True}}}
    given = await world.ask(RATED, {"w": where}, SCREENING)
    assert given.errors[0]["extensions"]["code"] == "NOT_USABLE_HERE"
    assert "CreditRating.grade may be read but not used with `isNull`" in given.errors[0]["message"]
    literal = "{ enterprises(where: {not: {creditRating: {grade: {ne: D}}}}) { nodes { uscc } } }"
    assert "with `ne`" in (await world.ask(literal, None, SCREENING)).errors[0]["message"]
    assert world.statements == []


async def test_record_names_what_was_looked_at_on_both_sides(world: World) -> None:
    query = "query($w: EnterpriseWhere) { enterprises(where: $w, first: 3) { nodes { uscc } } }"
    await world.data(query, {"w": {"or": [{"not": {"creditRating": {"grade": {"eq": "D"}}}}]}}, SCREENING)
    told = world.record.coordinates
    assert {"CreditRating.grade", "Enterprise.creditRating"} <= set(told.used_in_predicate)
    assert {"CreditRating.uscc"} <= set(told.used_by_policy)
    assert set(world.record.sources) == {"market-regulation", "development-reform"}
    assert grant_of(world, "CreditRating").id in world.record.grants


async def test_every_value_is_charged_to_the_grant_it_is_held_against(world: World) -> None:
    change(world, "CreditRating", quota=Quota(3))
    where = {
        "or": [{"not": {"creditRating": {"grade": {"eq": "D"}}}}, {"creditRating": {"grade": {"in": ["A"]}}}]
    }
    assert await found(world, where, 1)
    assert world.log.subjects[-1].keys == ("A", "D")
    given = await world.ask(RATED, {"w": where}, SCREENING)
    assert given.errors[0]["extensions"]["code"] == "LOOKUP_QUOTA_EXCEEDED"
    assert world.statements == []


async def test_more_keys_than_may_be_bound_are_refused_with_a_remedy(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(semijoin, "MOST_KEYS", 2)
    given = await world.ask(RATED, {"w": {"creditRating": {}}}, SCREENING)
    assert json.loads(given.data or b"") == {"enterprises": None}
    assert given.errors[0]["extensions"]["code"] == "TOO_MANY_KEYS"
    assert "More than 2 keys of CreditRating" in given.errors[0]["message"]
    assert "Narrow" in given.errors[0]["extensions"]["remedy"]
    assert world.sources == ["development-reform"]


async def test_rows_are_not_shown_where_the_other_source_fails(world: World) -> None:
    for where in (
        {"creditRating": {"grade": {"eq": "D"}}},
        {"not": {"creditRating": {"grade": {"eq": "D"}}}},
    ):
        world.replace("development-reform", Broken(stopped))
        given = await world.ask("query($w: EnterpriseWhere) { enterprises(where: $w) { nodes { uscc } } }",
                                {"w": where}, SCREENING)  # fmt: skip
        assert json.loads(given.data or b"") == {"enterprises": None}
        assert len(given.errors) == 1
        assert world.sources == []


async def test_keys_of_a_condition_are_in_no_statement_and_no_answer(world: World) -> None:
    given = await world.ask(
        "{ enterprises(where: {creditRating: {grade: {eq: D}}}, first: 1) { nodes { name } } }",
        None,
        SCREENING,
    )
    assert "91330799" not in repr(given) + repr(world.statements) + repr(world.record)


def nested(levels: int) -> Any:
    where: Any = {"establishedOn": {"gte": "2000-01-01"}, "uscc": {"in": []}}
    for level in range(levels - 1):
        where = [{"not": where}, {"or": [where, {"uscc": {"eq": None}}]}, {"and": [where, {}]}][level % 3]
    return where


async def test_conditions_nest_as_deep_as_every_source_can_read(world: World) -> None:
    assert len(await found(world, nested(6), 3)) in (0, 3)
    for levels in (7, 20):
        assert await world.code(RATED, {"w": nested(levels)}, SCREENING) == "LIMIT_EXCEEDED"


async def test_where_in_a_variable_may_not_be_bottomless(world: World) -> None:
    where: Any = {}
    for _ in range(900):
        where = {"not": where}
    assert await world.code(RATED, {"w": where}, SCREENING) == "LIMIT_EXCEEDED"
    assert world.faults == []


async def test_a_hundred_links_are_refused_before_they_are_planned(world: World) -> None:
    grades = [{"grade": {"in": ["D"] * count}} for count in range(150)]
    where = {"and": [{"creditRating": one} for one in grades]}
    assert await world.code(RATED, {"w": where}, SCREENING) == "LIMIT_EXCEEDED"


async def test_to_many_link_of_a_row_takes_conditions_across_links_too(world: World) -> None:
    query = """{ divisions(where: {children: {some: {code: {in: ["330702"]}}}}) {
      nodes { code children(where: {parent: {code: {eq: "3307"}}, code: {lte: "330703"}}) { code } }
    } }"""
    data = await world.data(query, None, PUBLIC)
    children = [{"code": "330702"}, {"code": "330703"}]
    assert data == {"divisions": {"nodes": [{"code": "3307", "children": children}]}}
