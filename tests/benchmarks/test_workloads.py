"""The benchmark asks what it says it asks: documents, numbers and catalogs are what the product takes."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse

from benchmarks.contestants import ALL, PEERS
from benchmarks.growth.catalogs import department_code, late_departments, late_granted, registers
from benchmarks.home import WORKLOADS, texts
from benchmarks.workloads.numbers import identity_number
from benchmarks.workloads.questions import FOLDER, workloads
from benchmarks.workloads.scale import FULL, SMALL
from schema.manifest import inspect_manifest
from schema.types import valid_credit_code, valid_id_number

SPELLINGS = {FOLDER: ALL, PEERS / "documents": ALL, PEERS / "postgraphile": ALL - {"W6"}}
CATALOGS = {
    "workloads": texts(sorted((WORKLOADS / "catalog").glob("*.yaml"))),
    "registers": registers(300),
    "late": late_departments(),
}


@pytest.mark.parametrize("scale", [FULL, SMALL])
def test_every_workload_is_asked_with_the_variables_its_documents_declare(scale: object) -> None:
    for workload in workloads(FULL if scale is FULL else SMALL):
        for folder, answered in SPELLINGS.items():
            if workload.name in answered:
                assert declared(workload.document(folder)) == set(workload.variants[0])


def declared(document: str) -> set[str]:
    """Return the names of the variables of a document's one operation."""
    (operation,) = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    return {variable.variable.name.value for variable in operation.variable_definitions or ()}


@pytest.mark.parametrize("folder", SPELLINGS)
def test_each_graph_spells_each_question_it_answers_itself(folder: Path) -> None:
    assert {path.stem for path in folder.glob("*.graphql")} == SPELLINGS[folder]


def test_no_two_requests_of_sixteen_connections_begin_with_the_same_person() -> None:
    (first, *_) = workloads(FULL)
    assert len({variables["idNo"] for variables in first.variants}) == len(first.variants) >= 16


@pytest.mark.parametrize("number", [1, 2, 5000, 5001, 123_456, 500_000])
def test_identity_numbers_have_their_check_digit(number: int) -> None:
    assert valid_id_number(identity_number(number))


@pytest.mark.parametrize("number", [0, 7, 1000, 2016])
def test_departments_have_valid_codes(number: int) -> None:
    assert valid_credit_code(department_code(number))


@pytest.mark.parametrize("files", CATALOGS.values(), ids=CATALOGS)
def test_the_product_takes_every_manifest(files: Mapping[str, str]) -> None:
    assert not [problem for name, text in files.items() for problem in inspect_manifest(text, name)[1]]


def test_every_late_department_is_granted() -> None:
    assert late_granted().count("  - id:") == len(late_departments())
