"""Each demo client may do what its purpose needs; the headline's grants give nothing beyond it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import yaml
from graphql import GraphQLSchema, parse, validate

from auth.filters import Attribute
from auth.grants import Grant
from auth.policy import permissions, purposes
from auth.principal import Role
from auth.rights import Level
from schema.build import build
from schema.catalog import Catalog
from schema.errors import NothingVisibleError
from schema.grant_file import read_grants
from schema.visibility import ceilings, view
from tests.city.reading import CITY, P1

TODAY = date(2026, 6, 30)
HALL, HOUSE = "yiwu-service-hall", "ZM-HOUSE-BUY"
HEADLINE = (CITY / "queries" / "h1-no-proof-city.graphql").read_text(encoding="utf-8")


def clients() -> list[dict[str, Any]]:
    return list(yaml.safe_load((CITY / "clients.yaml").read_text(encoding="utf-8"))["items"])


@pytest.fixture(scope="session")
def grants(catalog: Catalog) -> list[Grant]:
    known = {client["id"] for client in clients()}
    files = sorted((CITY / "grants").glob("*.yaml"))
    return [grant for path in files for grant in read_grants(path, catalog, known)]


def schema_of(catalog: Catalog, grants: Sequence[Grant], client: str, purpose: str) -> GraphQLSchema:
    return build(view(catalog, permissions(client, purpose, grants, ceilings(catalog), TODAY)))


def test_every_grant_has_a_number_of_its_own(grants: list[Grant]) -> None:
    assert len({grant.id for grant in grants}) == len(grants)


def test_no_two_grants_overlap(grants: list[Grant]) -> None:
    assert not [
        (one.id, other.id)
        for place, one in enumerate(grants)
        for other in grants[place + 1 :]
        if one.overlaps(other)
    ]


def test_every_grant_names_legal_basis_and_agreement_and_is_in_force(grants: list[Grant]) -> None:
    assert all(grant.legal_basis and grant.agreement and grant.in_force(TODAY) for grant in grants)


def test_clients_have_the_purposes_of_their_grants(grants: list[Grant]) -> None:
    for client in clients():
        held = purposes(client["id"], grants, TODAY)
        assert held == set(client.get("purposes", ())) - {"AUDIT"}, client["id"]


def test_clients_hold_known_roles_and_departments(catalog: Catalog) -> None:
    for client in clients():
        role = Role(client["role"])
        assert client.get("department") in {None, *catalog.departments}
        assert (client.get("department") is not None) == (role in {Role.CLERK, Role.REVIEWER})
        assert client.get("subject") == (P1 if role is Role.CITIZEN else None)
    assert {client["role"] for client in clients()} == set(Role)


def lessened(grants: Sequence[Grant]) -> Iterator[tuple[str, list[Grant]]]:
    """Yield the headline's grants with one right on one field less, and what was taken."""
    for grant in grants:
        for name, given in grant.fields.items():
            for right in given.rights:
                left = replace(given, rights=given.rights - {right})
                less = replace(grant, fields={**grant.fields, name: left})
                others = [other for other in grants if other is not grant]
                yield f"{right} on {grant.resource}.{name}", [*others, less]


def answers(catalog: Catalog, grants: Sequence[Grant]) -> bool:
    """Return whether the headline may be asked with these grants."""
    try:
        return validate(schema_of(catalog, grants, HALL, HOUSE), parse(HEADLINE)) == []
    except NothingVisibleError:
        return False


def test_the_headline_needs_every_single_right_it_was_granted(catalog: Catalog, grants: list[Grant]) -> None:
    held = [grant for grant in grants if (grant.client, grant.purpose) == (HALL, HOUSE)]
    assert answers(catalog, held)
    assert [taken for taken, less in lessened(held) if answers(catalog, less)] == []


def test_the_headline_reads_no_photo_account_or_birth(catalog: Catalog, grants: list[Grant]) -> None:
    schema = schema_of(catalog, grants, HALL, HOUSE)
    for hidden in ("photo", "birth", "address", "sex"):
        document = parse(f'{{ person(idNo: "{P1}") {{ {hidden} }} }}')
        assert validate(schema, document), hidden


def test_public_pages_see_nothing_above_l1(catalog: Catalog, grants: list[Grant]) -> None:
    granted = [
        catalog.resources[grant.resource].fields[name]
        for grant in grants
        if grant.client == "public-pages"
        for name in grant.fields
    ]
    assert granted
    assert {field.level for field in granted} == {Level.L1}


def test_the_citizen_reads_own_rows_only(catalog: Catalog, grants: list[Grant]) -> None:
    for grant in grants:
        if grant.client == "citizen-p1" and catalog.resources[grant.resource].subject:
            assert grant.rows is not None
            (condition,) = grant.rows.conditions
            assert condition.field == catalog.resources[grant.resource].subject
            assert condition.value == Attribute("subject")


def test_the_shell_alert_sees_representatives_as_pseudonyms_only(
    catalog: Catalog, grants: list[Grant]
) -> None:
    rights = permissions("shell-company-alert", "KK-SCREEN", grants, ceilings(catalog), TODAY).rights
    shown = rights["Enterprise.legalRepId"]
    assert shown.mask is not None
    assert shown.mask.mask == "HS"
    assert not {"Enterprise.legalRepName", "Enterprise.phone", "Person.idNo"} & set(rights)


def test_the_enforcement_application_sees_telephone_and_number_masked(
    catalog: Catalog, grants: list[Grant]
) -> None:
    rights = permissions("law-enforcement-app", "SUPERVISION", grants, ceilings(catalog), TODAY).rights
    masks = {name: rights[f"Enterprise.{name}"].mask for name in ("phone", "legalRepId")}
    assert {name: mask and mask.mask for name, mask in masks.items()} == {"phone": "PH", "legalRepId": "ID"}
