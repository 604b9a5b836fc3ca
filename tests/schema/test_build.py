"""The caller's graph: what it holds, what it says of itself, and what it does not hold."""

import time
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_introspection_query,
    graphql_sync,
    is_introspection_type,
    print_schema,
    print_type,
    validate_schema,
)

from auth.rights import Permissions
from schema.build import build
from schema.catalog import Catalog, Deletion
from schema.errors import NothingVisibleError
from schema.meaning import MEANING, Meaning
from schema.visibility import view
from tests.schema.samples import city, permitted


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return city(tmp_path)


def hall() -> Permissions:
    return permitted(
        Person__idNo=("read match join", "ID"),
        Person__name=("read match", "NM"),
        MarriageParty__idNo="join",
        MarriageParty__partnerId="join",
        MarriageParty__kind="read match",
        MarriageParty__since=("read", "YR"),
        Division__code="read match range join",
        Division__name="read match sort",
        Division__households="read match",
    )


def graph(catalog: Catalog, permissions: Permissions) -> GraphQLSchema:
    return build(view(catalog, permissions))


def root(schema: GraphQLSchema) -> GraphQLObjectType:
    assert schema.query_type is not None
    return schema.query_type


def bare(schema: GraphQLSchema, name: str) -> str:
    """Return a type as the specification writes it, without descriptions."""
    type_ = schema.type_map[name]
    lines = print_type(type_).splitlines()
    kept, inside = [], False
    for line in lines:
        mark = line.strip().startswith('"""')
        if mark and not (line.strip().endswith('"""') and len(line.strip()) > 3):
            inside = not inside
        elif not mark and not inside and line.strip():
            kept.append(line)
    return "\n".join(kept)


def test_the_graph_of_the_hall_is_exactly_what_it_may_use(catalog: Catalog) -> None:
    schema = graph(catalog, hall())
    assert bare(schema, "Query").splitlines() == [
        "type Query {",
        "  division(",
        "    code: String!",
        "  ): Division",
        "  divisions(",
        "    where: DivisionWhere",
        "    orderBy: [DivisionOrder!]",
        "    first: Int",
        "    after: String",
        "    last: Int",
        "    before: String",
        "  ): DivisionConnection",
        "  person(",
        "    idNo: IdNumber!",
        "  ): Person",
        "  personVerify(",
        "    idNo: IdNumber!",
        "    name: String!",
        "  ): PersonVerification",
        "}",
    ]
    assert bare(schema, "Person").splitlines() == [
        "type Person {",
        "  idNo: String",
        "  name: String",
        "  marriages(",
        "    where: MarriagePartyWhere",
        "    first: Int = 50",
        "  ): [MarriageParty!]",
        "  marriagesConnection(",
        "    where: MarriagePartyWhere",
        "    first: Int",
        "    after: String",
        "    last: Int",
        "    before: String",
        "  ): MarriagePartyConnection",
        "}",
    ]
    assert bare(schema, "MarriageParty").splitlines() == [
        "type MarriageParty {",
        "  kind: MarriagePartyKind",
        "  since: Int",
        "  partner: Person",
        "  person: Person",
        "}",
    ]
    assert bare(schema, "DivisionWhere").splitlines() == [
        "input DivisionWhere {",
        "  code: StringComparison",
        "  name: StringMatch",
        "  households: IntMatch",
        "  and: [DivisionWhere!]",
        "  or: [DivisionWhere!]",
        "  not: DivisionWhere",
        "}",
    ]
    assert bare(schema, "StringComparison").splitlines() == [
        "input StringComparison {",
        "  eq: String",
        "  ne: String",
        "  in: [String!]",
        "  notIn: [String!]",
        "  gt: String",
        "  gte: String",
        "  lt: String",
        "  lte: String",
        "  startsWith: String",
        "  contains: String",
        "  isNull: Boolean",
        "}",
    ]
    assert bare(schema, "DivisionOrder").splitlines() == [
        "input DivisionOrder @oneOf {",
        "  name: Direction",
        "}",
    ]
    assert bare(schema, "PersonVerification").splitlines() == [
        "type PersonVerification {",
        "  match: Boolean",
        "}",
    ]


def test_nothing_ungranted_is_named_anywhere(catalog: Catalog) -> None:
    text = print_schema(graph(catalog, permitted(Division__code="read", Division__name="read")))
    for word in (
        "Person",
        "MarriageParty",
        "IdNumber",
        "parent",
        "households",
        "Where",
        "Order",
        "民政",
        "公安",
    ):
        assert word not in text


def test_introspection_answers_with_the_same_types(catalog: Catalog) -> None:
    schema = graph(catalog, hall())
    result = graphql_sync(schema, get_introspection_query())
    assert result.errors is None
    assert result.data is not None
    named = {type_["name"] for type_ in result.data["__schema"]["types"]}
    assert named == set(schema.type_map)
    assert {"PersonOrder", "PersonConnection", "PersonSex"}.isdisjoint(named)


def test_two_callers_have_two_graphs(catalog: Catalog) -> None:
    hall_graph = print_schema(graph(catalog, hall()))
    public = print_schema(graph(catalog, permitted(Division__code="read", Division__name="read")))
    assert "type Person " in hall_graph
    assert "type Person " not in public


def test_a_mask_changes_the_type_and_says_so(catalog: Catalog) -> None:
    clear = graph(catalog, permitted(Person__idNo="read match", Person__birth="read")).type_map["Person"]
    masked = graph(catalog, permitted(Person__idNo=("read match", "ID"), Person__birth=("read", "YR")))
    assert isinstance(clear, GraphQLObjectType)
    assert {name: str(field.type) for name, field in clear.fields.items()} == {
        "idNo": "IdNumber",
        "birth": "Date",
    }
    person = masked.type_map["Person"]
    assert isinstance(person, GraphQLObjectType)
    assert {name: str(field.type) for name, field in person.fields.items()} == {
        "idNo": "String",
        "birth": "Int",
    }
    assert (person.fields["birth"].description or "").startswith("出生日期 · L3 · mask YR ")


def test_a_masked_code_shows_no_enum(catalog: Catalog) -> None:
    schema = graph(catalog, permitted(Person__idNo="match", Person__sex=("read", "RD")))
    assert "PersonSex" not in schema.type_map


def test_descriptions_carry_title_level_mask_department_and_cycle(catalog: Catalog) -> None:
    person = graph(catalog, hall()).type_map["Person"]
    assert isinstance(person, GraphQLObjectType)
    described = person.fields["idNo"].description or ""
    for part in ("公民身份号码", "L3", "ID", "公安局", "REALTIME"):
        assert part in described


def test_codes_carry_their_titles(catalog: Catalog) -> None:
    text = print_schema(graph(catalog, hall()))
    assert '"""结婚"""\n  MARRIED' in text


def test_every_field_carries_its_meaning(catalog: Catalog) -> None:
    may = {**every(), "Person__idNo": "read match join aggregate", "MarriageParty__since": "aggregate"}
    party = replace(catalog.resources["MarriageParty"], deleted=Deletion("zf", "1"))
    marking = replace(catalog, resources={**catalog.resources, "MarriageParty": party})
    schema = graph(marking, permitted(**may))
    kinds = set()
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not is_introspection_type(type_):
            for field in type_.fields.values():
                kinds.add(type(field.extensions[MEANING]))
    assert kinds == set(get_args(Meaning))


def every() -> dict[str, str]:
    return {
        "Person__name": "read match",
        "MarriageParty__idNo": "join",
        "MarriageParty__kind": "read",
    }


def test_a_graph_follows_the_specification(catalog: Catalog) -> None:
    unchecked = graph(catalog, hall())
    checked = GraphQLSchema(**{**unchecked.to_kwargs(), "assume_valid": False})
    assert validate_schema(checked) == []


def test_an_input_type_says_what_may_be_read(catalog: Catalog) -> None:
    where = graph(catalog, permitted(Division__code="read match", Division__name="read")).type_map[
        "DivisionWhere"
    ]
    assert isinstance(where, GraphQLInputObjectType)
    assert where.extensions["readable"] == {"code": "Division.code", "name": "Division.name"}
    assert list(where.fields) == ["code", "and", "or", "not"]


def test_a_caller_without_a_way_in_is_told_so(catalog: Catalog) -> None:
    with pytest.raises(NothingVisibleError) as refused:
        graph(catalog, permitted(Person__name="read"))
    assert refused.value.code == "NOTHING_VISIBLE"


def test_building_many_resources_makes_them_all(catalog: Catalog) -> None:
    large, permissions = wide(catalog, 50, 20)
    schema = graph(large, permissions)
    assert len(root(schema).fields) == 100
    began = time.perf_counter()
    graph(large, permissions)
    assert time.perf_counter() - began < 5  # a hang, not a benchmark


def wide(catalog: Catalog, types: int, fields: int) -> tuple[Catalog, Permissions]:
    """Return a catalog of many resources that are all open, and the permissions to it."""
    division = catalog.resources["Division"]
    resources, rights = {}, {}
    for number in range(types):
        name = f"Wide{number}"
        columns = {f"f{n}": replace(division.fields["households"], name=f"f{n}") for n in range(fields - 1)}
        resources[name] = replace(
            division, name=name, fields={"code": division.fields["code"], **columns}, links={}
        )
        for field in resources[name].fields:
            rights[f"{name}__{field}"] = "read match range sort"
    return replace(catalog, resources=resources), permitted(**rights)
