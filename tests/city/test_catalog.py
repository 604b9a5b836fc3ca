"""The manifests say of every department, type, field and link exactly what the city agreed on."""

import re
from pathlib import Path

import pytest

from auth.rights import Right
from connectors.registry import kinds
from schema.catalog import Catalog, Share
from schema.manifest import variables_of
from tests.city.reading import ask, divisions, fund, medical

DEPARTMENTS = {
    "public-security": "11330799T00001012K",
    "civil-affairs": "11330799T00001020E",
    "human-resources": "11330799T00001039B",
    "market-regulation": "11330799T000010476",
    "natural-resources": "11330799T000010551",
    "development-reform": "11330799T00001063U",
    "law-enforcement": "11330799T00001098E",
    "medical-insurance": "11330799T00001071N",
    "housing-fund": "12330799T0000108XB",
    "big-data": "11330799T00001127R",
}

FIELDS = {
    "Person": "*idNo:L3/ID2 hhNo:L3 name:L3/NM sex:L2 birth:L3/YR nation:L2 photo:L4/NU address:L3/AD"
    " divCode:L3/AD status:L2",
    "HouseholdMember": "*hhNo:L3 *idNo:L3/ID2 relation:L3 movedInOn:L2",
    "Vehicle": "*plateNo:L2/PL *plateType:L2 vin:L3/V4 ownerKind:L2 ownerId:L3/ID2 brand:L1 usage:L2"
    " inspectedUntil:L2 state:L2",
    "MarriageParty": "*certNo:L2 *idNo:L3/ID2 partnerId:L3/ID2 kind:L3 since:L3/YR office:L1",
    "SocialInsurance": "*idNo:L3/ID2 *kind:L2 employerUscc:L2 base:L4/BK state:L3 since:L3 monthsPaid:L3",
    "StaffCount": "*uscc:L1 *month:L1 count:L2",
    "Enterprise": "*uscc:L1 name:L1 kind:L1 registeredCapital:L1 establishedOn:L1 address:L1 divCode:L1"
    " scope:L1 state:L1 legalRepName:L1 legalRepId:L3/ID2 phone:L3/PH changedAt:L1",
    "Officer": "*uscc:L1 *seq:L1 idNo:L3/ID2 name:L1 role:L1 ratio:L2",
    "License": "*licenseNo:L1 uscc:L1 kind:L1 validUntil:L1",
    "AbnormalEntry": "*recordNo:L1 uscc:L1 reason:L1 enteredOn:L1 removedOn:L1",
    "Inspection": "*recordNo:L2 uscc:L1 item:L2 checkedOn:L2 result:L2 inspector:L2/NM",
    "RealEstateUnit": "*unitNo:L2/UN address:L3/AD area:L2 use:L1 parcelNo:L2 seized:L2 mortgaged:L2",
    "PropertyRight": "*certNo:L2 unitNo:L2/UN holderKind:L2 holderId:L3/ID2 share:L3 kind:L2 registeredOn:L2",
    "Mortgage": "*recordNo:L2 unitNo:L2/UN amount:L4/BK creditor:L3 validFrom:L2 validTo:L2 active:L2",
    "Seizure": "*recordNo:L2 unitNo:L2/UN court:L3 validFrom:L2 validTo:L2 active:L2",
    "CreditRating": "*uscc:L1 grade:L2 score:L2 ratedOn:L1",
    "EnforcementCase": "*caseNo:L1 uscc:L1 cause:L1 decision:L1 decidedOn:L1 officer:L2/NM",
    "MedicalInsurance": "*idNo:L3/ID2 area:L2 state:L3 balance:L4/BK",
    "HousingFund": "*idNo:L3/ID2 uscc:L2 monthly:L4/BK balance:L4/BK account:L4/AC",
    "Division": "*code:L1 name:L1 level:L1 parentCode:L1",
}
"""Every field by type: key fields with `*`, level, default mask."""

LINKS = {
    "Person": "marriages:MarriageParty* household:HouseholdMember* properties:PropertyRight*"
    " socialInsurance:SocialInsurance* medicalInsurance:MedicalInsurance housingFund:HousingFund"
    " vehicles:Vehicle* legalRepOf:Enterprise* division:Division",
    "MarriageParty": "partner:Person person:Person",
    "HouseholdMember": "member:Person",
    "PropertyRight": "unit:RealEstateUnit holder:Person",
    "Enterprise": "officers:Officer* licenses:License* abnormalEntries:AbnormalEntry* inspections:Inspection*"
    " staffCounts:StaffCount* creditRating:CreditRating enforcementCases:EnforcementCase* legalRep:Person"
    " division:Division",
    "Vehicle": "ownerPerson:Person ownerEnterprise:Enterprise",
    "Division": "parent:Division children:Division*",
}
"""Every link by type, `*` where it leads to many."""


def test_the_ten_departments_have_their_codes(catalog: Catalog) -> None:
    assert {key: each.code for key, each in catalog.departments.items()} == DEPARTMENTS


@pytest.mark.parametrize("type_name", FIELDS)
def test_a_type_has_its_fields_with_level_and_default_mask(catalog: Catalog, type_name: str) -> None:
    resource = catalog.resources[type_name]
    written = " ".join(
        f"{'*' if field.name in resource.key else ''}{field.name}:{field.level.value}"
        f"{f'/{field.mask.mask}' if field.mask else ''}"
        for field in resource.fields.values()
    )
    assert written == FIELDS[type_name]


def test_there_are_no_other_types(catalog: Catalog) -> None:
    assert set(catalog.resources) == set(FIELDS)


@pytest.mark.parametrize("type_name", LINKS)
def test_a_type_has_its_links(catalog: Catalog, type_name: str) -> None:
    links = catalog.resources[type_name].links.values()
    assert {f"{link.name}:{link.target}{'' if link.one else '*'}" for link in links} == set(
        LINKS[type_name].split()
    )


def test_subjects_are_declared_where_rows_are_about_persons(catalog: Catalog) -> None:
    subjects = {name: each.subject for name, each in catalog.resources.items() if each.subject}
    by_number = (
        "Person",
        "HouseholdMember",
        "MarriageParty",
        "SocialInsurance",
        "Officer",
        "MedicalInsurance",
        "HousingFund",
    )
    assert subjects == {**dict.fromkeys(by_number, "idNo"), "PropertyRight": "holderId"}


def test_a_child_is_hidden_whole(catalog: Catalog) -> None:
    rule = catalog.resources["Person"].fields["name"].mask
    assert rule is not None
    assert [(each.condition.field, each.mask) for each in rule.exceptions] == [("birth", "RD")]


def test_the_partner_can_never_be_read(catalog: Catalog) -> None:
    assert catalog.resources["MarriageParty"].fields["partnerId"].rights == {Right.JOIN}
    assert catalog.resources["Person"].fields["hhNo"].rights == {Right.JOIN}


def test_what_is_shared_without_condition_holds_nothing_above_l2(catalog: Catalog) -> None:
    free = [each for each in catalog.resources.values() if each.share is Share.UNCONDITIONAL]
    assert {each.name for each in free} == {
        "AbnormalEntry",
        "CreditRating",
        "Division",
        "License",
        "StaffCount",
    }
    assert all(field.level.value <= "L2" for each in free for field in each.fields.values())


def test_every_title_is_chinese(catalog: Catalog) -> None:
    titles = [each.title for each in catalog.departments.values()]
    for resource in catalog.resources.values():
        titles += [resource.title, resource.summary]
        titles += [field.title for field in resource.fields.values()]
        titles += [link.title for link in resource.links.values()]
        titles += [code.title for field in resource.fields.values() for code in field.codes]
    assert [title for title in titles if not re.search("[\u4e00-\u9fff]", title)] == []


def test_sources_are_of_known_kinds_and_need_only_what_the_demo_hands_in(catalog: Catalog) -> None:
    for source in catalog.sources.values():
        assert source.kind in kinds()
        assert variables_of(source.settings) <= {"DEPARTMENT_FOLDER", "MEDICAL_INSURANCE_PORT"}


def columns_of(city: Path, catalog: Catalog, type_name: str) -> set[str]:
    resource = catalog.resources[type_name]
    match catalog.sources[resource.department].kind:
        case "sql":
            rows = ask(city, resource.department, f"SELECT name FROM pragma_table_info('{resource.entity}')")
            return {name for (name,) in rows}
        case "rest":
            return set(medical(city)[0])
        case _:
            return set(fund(city)[0] if type_name == "HousingFund" else divisions(city)[0])


@pytest.mark.parametrize("type_name", FIELDS)
def test_every_column_of_a_manifest_is_there(city: Path, catalog: Catalog, type_name: str) -> None:
    resource = catalog.resources[type_name]
    wanted = {field.column for field in resource.fields.values()} | {resource.changed_at} - {None}
    assert wanted <= columns_of(city, catalog, type_name)


def test_every_stored_code_but_the_unknown_nation_is_in_its_table(city: Path, catalog: Catalog) -> None:
    unknown = set()
    for resource in catalog.resources.values():
        if catalog.sources[resource.department].kind != "sql":
            continue
        for field in resource.fields.values():
            if field.codes:
                query = f"SELECT DISTINCT {field.column} FROM {resource.entity}"
                stored = {code for (code,) in ask(city, resource.department, query)}
                unknown |= {
                    (resource.name, field.name, code) for code in stored - {c.stored for c in field.codes}
                }
    assert unknown == {("Person", "nation", "97")}
