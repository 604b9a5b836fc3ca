"""The surface of the data graph on the demo city: keys, lists, links, and what documents do with them."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import build_client_schema, get_introspection_query

from auth.filters import Attribute, Condition, Operator, RowFilter
from tests.resolvers.world import CITIZEN, E1, H1, H1_VARIABLES, INSPECTOR, P1, P2, PUBLIC, SCREENING, World

pytestmark = pytest.mark.anyio


def stored(home: Path, department: str, query: str, *binds: object) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / "sources" / department / f"{department}.db")) as connection:
        return connection.execute(query, binds).fetchall()


async def test_aliases_fragments_and_typename_give_one_object_each(world: World) -> None:
    query = """
      query($code: String!) {
        kind: __typename
        here: division(code: $code) { ...Named parent { ... on Division { ...Named __typename } } }
        same: division(code: $code) { title: name }
      }
      fragment Named on Division { code name }
    """
    data = await world.data(query, {"code": "330702"}, PUBLIC)
    assert data == {
        "kind": "Query",
        "here": {
            "code": "330702",
            "name": "婺城区",
            "parent": {"code": "3307", "name": "金华市", "__typename": "Division"},
        },
        "same": {"title": "婺城区"},
    }
    assert len(world.statements) == 2


async def test_different_keys_at_one_depth_are_one_statement(world: World) -> None:
    query = """{
      a: division(code: "330702") { name }
      b: division(code: "330703") { name }
      c: division(code: "x") { name }
    }"""
    data = await world.data(query, None, PUBLIC)
    assert data == {"a": {"name": "婺城区"}, "b": {"name": "金东区"}, "c": None}
    assert len(world.statements) == 1


@pytest.mark.parametrize("shown", [True, False])
async def test_skip_and_include_follow_their_variables_though_plans_are_kept(
    world: World, shown: bool
) -> None:
    query = """query($yes: Boolean!, $no: Boolean! = false) {
      division(code: "3307") {
        name @include(if: $yes) code @skip(if: $yes) level @skip(if: $no) ...P @include(if: $yes)
      }
    } fragment P on Division { parent { name } }"""
    for turn in (shown, not shown, shown):
        data = await world.data(query, {"yes": turn}, PUBLIC)
        assert set(data["division"]) == ({"name", "level", "parent"} if turn else {"code", "level"})


async def test_statements_do_not_grow_with_rows(world: World) -> None:
    query = """query($n: Int!) { divisions(first: $n, orderBy: [{code: ASC}]) {
      nodes { code children(first: $n) { name parent { name } } }
    } }"""
    counts = []
    for rows in (1, 5, 200):
        data = await world.data(query, {"n": rows}, PUBLIC)
        assert len(data["divisions"]["nodes"]) == rows
        counts.append(Counter(world.sources))
    assert counts[0] == counts[1] == counts[2] == {"big-data": 3}


async def test_first_bounds_the_rows_of_each_parent_not_of_all(world: World) -> None:
    query = """{ divisions(where: {level: {eq: COUNTY}}) {
      nodes { code children(first: 2, orderBy: [{code: DESC}]) { code } }
    } }"""
    nodes = (await world.data(query, None, PUBLIC))["divisions"]["nodes"]
    assert len(nodes) == 9
    for node in nodes:
        codes = [child["code"] for child in node["children"]]
        assert len(codes) == 2
        assert codes == sorted(codes, reverse=True)
        assert all(code.startswith(node["code"]) for code in codes)


async def test_list_is_filtered_ordered_and_cut(world: World, city_home: Path) -> None:
    query = """query($from: Date!, $to: Date, $states: [EnterpriseState!]) {
      enterprises(where: {establishedOn: {gte: $from, lt: $to}, state: {in: $states}},
                  orderBy: [{establishedOn: DESC}, {uscc: ASC}], first: 30) {
        nodes { uscc establishedOn state }
      }
    }"""
    states = await world.data('{ __type(name: "EnterpriseState") { enumValues { name } } }', None, SCREENING)
    name = "OPERATING"
    assert {"name": name} in states["__type"]["enumValues"]
    given = {"from": "2005-01-01", "to": "2025-01-01", "states": [name]}
    nodes = (await world.data(query, given, SCREENING))["enterprises"]["nodes"]
    assert 0 < len(nodes) <= 30
    assert all("2005-01-01" <= node["establishedOn"] < "2025-01-01" for node in nodes)
    assert {node["state"] for node in nodes} == {name}
    keys = [(node["establishedOn"], node["uscc"]) for node in nodes]
    assert keys == sorted(sorted(keys, key=lambda key: key[1]), key=lambda key: key[0], reverse=True)


async def test_null_and_absent_conditions_are_told_apart(world: World) -> None:
    below = "enterprises(where: {kind: {eq: $kind}}, first: 3) { nodes { uscc } }"
    query = f"query($kind: EnterpriseKind) {{ {below} }}"
    assert (await world.data(query, {"kind": None}, SCREENING))["enterprises"]["nodes"] == []
    assert len((await world.data(query, {}, SCREENING))["enterprises"]["nodes"]) == 3


async def test_whole_where_and_order_may_be_variables(world: World) -> None:
    below = "enterprises(where: $w, orderBy: $o, first: 5) { nodes { uscc } }"
    query = f"query($w: EnterpriseWhere, $o: [EnterpriseOrder!]) {{ {below} }}"
    for direction in ("ASC", "DESC"):
        variables = {"w": {"uscc": {"gte": "91330799T00000028P"}}, "o": [{"uscc": direction}]}
        nodes = (await world.data(query, variables, SCREENING))["enterprises"]["nodes"]
        codes = [node["uscc"] for node in nodes]
        assert codes == sorted(codes, reverse=direction == "DESC")


async def test_pseudonym_is_stable_within_a_grant_and_is_no_key(world: World) -> None:
    shells = ["91330799T00000036J", "91330799T00000044D", "91330799T000000528", E1]
    below = "enterprises(where: {uscc: {in: $c}}) { nodes { uscc legalRepId } }"
    query = f"query($c: [UnifiedSocialCreditCode!]!) {{ {below} }}"
    nodes = (await world.data(query, {"c": shells}, SCREENING))["enterprises"]["nodes"]
    by_code = {node["uscc"]: node["legalRepId"] for node in nodes}
    assert len({by_code[code] for code in shells[:3]}) == 1
    assert by_code[E1] not in {by_code[code] for code in shells[:3]}
    assert all(len(value) == 32 for value in by_code.values())


async def test_enterprise_file_of_the_inspector_joins_three_departments(world: World) -> None:
    query = """query($u: UnifiedSocialCreditCode!) { enterprise(uscc: $u) {
      name legalRepId phone licenses { kind } inspections { result }
      enforcementCases { decidedOn } creditRating { grade }
    } }"""
    found = (await world.data(query, {"u": E1}, INSPECTOR))["enterprise"]
    assert len(found["licenses"]) == 2
    assert len(found["inspections"]) == 3
    assert [case["decidedOn"] for case in found["enforcementCases"]] == ["2026-03-12"]
    assert found["creditRating"] == {"grade": "B"}
    assert found["phone"][3:7] == "****"
    assert found["legalRepId"][6:14] == "********"


async def test_row_filter_hides_rows_as_if_they_were_not_there_and_is_always_told(world: World) -> None:
    query = "query($id: IdNumber!) { person(idNo: $id) { name status } }"
    given = await world.ask(query, {"id": P2}, CITIZEN)
    assert json.loads(given.data or b"") == {"person": None}
    filters = given.extensions["govgraph"]["rowFilters"]
    own = await world.ask(query, {"id": P1}, CITIZEN)
    assert json.loads(own.data or b"")["person"]["name"] == "陈志远"
    assert own.extensions["govgraph"]["rowFilters"] == filters
    assert filters == ["Person.idNo eq"]
    assert P1 not in repr(filters)


async def test_nothing_asked_of_an_object_is_an_empty_object(world: World) -> None:
    query = """query($id: IdNumber!) {
      personVerify(idNo: $id, name: "x") { match @skip(if: true) }
      person(idNo: $id) { name @skip(if: true) }
    }"""
    assert await world.data(query, {"id": P1}) == {"personVerify": {}, "person": {}}
    listed = "{ divisions { nodes @skip(if: true) { name } } }"
    assert await world.data(listed, None, PUBLIC) == {"divisions": {}}


async def test_where_and_key_take_a_value_in_the_same_spellings(world: World) -> None:
    listed = '{ divisions(where: {code: {eq: " 330702 "}}) { nodes { name } } }'
    assert await world.data(listed, None, PUBLIC) == {"divisions": {"nodes": [{"name": "婺城区"}]}}
    found = '{ division(code: " 330702 ") { name } }'
    assert await world.data(found, None, PUBLIC) == {"division": {"name": "婺城区"}}


async def test_single_value_stands_for_a_list_of_one(world: World) -> None:
    query = '{ divisions(where: {code: {in: "330702"}}, orderBy: {code: ASC}) { nodes { name } } }'
    assert await world.data(query, None, PUBLIC) == {"divisions": {"nodes": [{"name": "婺城区"}]}}


@pytest.mark.parametrize("operator", [one for one in Operator if one is not Operator.IS_NULL])
async def test_row_filter_on_an_attribute_the_caller_lacks_opens_no_row(
    world: World, operator: Operator
) -> None:
    grant = next(one for one in world.grants if one.client == PUBLIC[0] and one.resource == "Division")
    rows = RowFilter((Condition("code", operator, Attribute("department")),))
    world.grants[world.grants.index(grant)] = replace(grant, rows=rows)
    assert await world.data("{ divisions { nodes { code } } }", None, PUBLIC) == {"divisions": {"nodes": []}}


async def test_introspection_is_the_callers_schema_and_mixes_with_data(world: World) -> None:
    whole = await world.data(get_introspection_query(), None, PUBLIC)
    schema = build_client_schema(whole)
    assert schema.query_type is not None
    assert "division" in schema.query_type.fields
    assert "person" not in schema.query_type.fields
    mixed = await world.data(
        '{ division(code: "3307") { name } __type(name: "Division") { name } __typename }', None, PUBLIC
    )
    assert mixed == {"division": {"name": "金华市"}, "__type": {"name": "Division"}, "__typename": "Query"}
    assert list(mixed) == ["division", "__type", "__typename"]


async def test_type_a_caller_may_not_use_is_unknown_to_introspection(world: World) -> None:
    assert await world.data('{ __type(name: "Person") { name } }', None, PUBLIC) == {"__type": None}


async def test_variables_never_reach_the_text_of_a_statement(world: World) -> None:
    await world.data(H1, H1_VARIABLES)
    first = list(world.statements)
    await world.data(H1, {"idNo": P2, "name": "别人"})
    assert sorted(world.statements) == sorted(first)


async def test_one_plan_serves_all_values_of_one_shape(world: World) -> None:
    for code in ("3307", "330702", "330703", "nowhere"):
        await world.data("query($c: String!) { division(code: $c) { name } }", {"c": code}, PUBLIC)
    assert len(world.rooms.caches.plans.entries) == 1
    assert len(world.rooms.caches.schemas.entries) == 1
