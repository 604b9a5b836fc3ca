"""The demo's questions can be asked by the clients they are meant for, with the variables beside them."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from graphql import (
    FieldNode,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    validate,
)
from graphql.execution.values import get_variable_values

from auth.policy import permissions
from schema.build import build
from schema.catalog import Catalog
from schema.grant_file import read_grants
from schema.visibility import ceilings, view
from tests.city.reading import CITY

QUERIES = CITY / "queries"
INDEX: list[dict[str, Any]] = yaml.safe_load((QUERIES / "index.yaml").read_text(encoding="utf-8"))["items"]
HEADLINE = "h1-no-proof-city.graphql"


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def operation(name: str) -> OperationDefinitionNode:
    (definition,) = parse((QUERIES / name).read_text(encoding="utf-8")).definitions
    assert isinstance(definition, OperationDefinitionNode)
    return definition


def test_the_index_names_every_question() -> None:
    assert {entry["file"] for entry in INDEX} == {path.name for path in QUERIES.glob("*.graphql")}
    assert all({"en", "zh"} == set(entry["title"]) for entry in INDEX)


@pytest.mark.parametrize("entry", INDEX, ids=lambda entry: entry["file"])
def test_a_question_is_valid_for_its_client(catalog: Catalog, entry: dict[str, Any]) -> None:
    grants = read_grants(CITY / "grants" / f"{entry['client']}.{entry['purpose'].lower()}.yaml", catalog)
    may = permissions(entry["client"], entry["purpose"], grants, ceilings(catalog), date(2026, 6, 30))
    schema = build(view(catalog, may))
    text = (QUERIES / entry["file"]).read_text(encoding="utf-8")
    assert validate(schema, parse(text)) == []
    variables = read_json(QUERIES / entry["file"].replace(".graphql", ".variables.json"))
    declared = operation(entry["file"]).variable_definitions
    assert {each.variable.name.value for each in declared} == set(variables)
    assert not isinstance(get_variable_values(schema, declared, variables), list)


def test_the_headline_asks_as_the_city_wrote_it() -> None:
    assert read_json(QUERIES / "h1-no-proof-city.variables.json") == {
        "idNo": "330799199003071013",
        "name": "陈志远",
    }
    roots = [each for each in operation(HEADLINE).selection_set.selections if isinstance(each, FieldNode)]
    assert [root.name.value for root in roots] == ["person", "personVerify"]


def holds(expected: Any, selected: SelectionSetNode | None) -> bool:
    """Return whether an answer has exactly the shape of what was selected."""
    if isinstance(expected, list):
        return all(holds(each, selected) for each in expected)
    if selected is None:
        return not isinstance(expected, dict)
    fields = {each.name.value: each for each in selected.selections if isinstance(each, FieldNode)}
    return set(expected) == set(fields) and all(
        holds(value, fields[name].selection_set) for name, value in expected.items()
    )


def test_the_expected_answer_has_the_shape_of_the_headline() -> None:
    expected = read_json(QUERIES / "h1-no-proof-city.expected.json")
    assert holds(expected, operation(HEADLINE).selection_set)


def test_the_expected_answer_holds_no_number_or_name_in_the_clear() -> None:
    text = (QUERIES / "h1-no-proof-city.expected.json").read_text(encoding="utf-8")
    assert not [word for word in ("330799199", "330799201", "志远", "秋华", "小苗", "2400") if word in text]


def test_the_expected_answer_fits_the_types_of_the_callers_schema(catalog: Catalog) -> None:
    grants = read_grants(CITY / "grants" / "yiwu-service-hall.zm-house-buy.yaml", catalog)
    may = permissions("yiwu-service-hall", "ZM-HOUSE-BUY", grants, ceilings(catalog), date(2026, 6, 30))
    schema = build(view(catalog, may))
    person = schema.get_type("Person")
    party = schema.get_type("MarriageParty")
    assert isinstance(person, GraphQLObjectType)
    assert isinstance(party, GraphQLObjectType)
    assert str(party.fields["since"].type) == "Int"
    many = {name for name, field in person.fields.items() if isinstance(field.type, GraphQLList)}
    expected = read_json(QUERIES / "h1-no-proof-city.expected.json")["person"]
    assert {name for name, value in expected.items() if isinstance(value, list)} == many & set(expected)
    assert not [name for name, field in person.fields.items() if isinstance(field.type, GraphQLNonNull)]
