"""Names in the graph: roots, plurals, clashes."""

import pytest

from schema.naming import clashes, operators_name, plural, root_names


@pytest.mark.parametrize(
    ("type_name", "roots"),
    [
        ("Person", ("person", "persons", "personVerify", "personsAggregate")),
        ("Mortgage", ("mortgage", "mortgages", "mortgageVerify", "mortgagesAggregate")),
        (
            "AbnormalEntry",
            ("abnormalEntry", "abnormalEntries", "abnormalEntryVerify", "abnormalEntriesAggregate"),
        ),
        ("Seizure", ("seizure", "seizures", "seizureVerify", "seizuresAggregate")),
        (
            "MarriageParty",
            ("marriageParty", "marriageParties", "marriagePartyVerify", "marriagePartiesAggregate"),
        ),
        ("StaffCount", ("staffCount", "staffCounts", "staffCountVerify", "staffCountsAggregate")),
        ("HousingFund", ("housingFund", "housingFunds", "housingFundVerify", "housingFundsAggregate")),
        (
            "SocialInsurance",
            ("socialInsurance", "socialInsurances", "socialInsuranceVerify", "socialInsurancesAggregate"),
        ),
        ("License", ("license", "licenses", "licenseVerify", "licensesAggregate")),
    ],
)
def test_a_type_names_its_root_fields(type_name: str, roots: tuple[str, ...]) -> None:
    assert root_names(type_name).all() == roots


@pytest.mark.parametrize(
    ("noun", "many"),
    [("survey", "surveys"), ("tax", "taxes"), ("branch", "branches"), ("address", "addresses")],
)
def test_a_plural_is_english(noun: str, many: str) -> None:
    assert plural(noun) == many


def test_a_resource_may_not_take_a_companion_of_another() -> None:
    found = clashes({"Person": [], "PersonWhere": []}, [])
    assert [(clash.name, clash.taken_by, clash.wanted_by) for clash in found] == [
        ("PersonWhere", "Person", "PersonWhere")
    ]


def test_a_resource_may_not_take_the_plural_of_another() -> None:
    assert [clash.name for clash in clashes({"Person": [], "Persons": []}, [])] == ["persons"]


def test_a_resource_may_not_take_the_enum_of_another() -> None:
    assert [clash.name for clash in clashes({"Person": ["sex"], "PersonSex": []}, [])] == ["PersonSex"]


def test_a_resource_may_not_take_a_name_of_the_platform() -> None:
    assert [clash.taken_by for clash in clashes({"IdNumber": []}, ["IdNumber"])] == ["the platform"]


def test_operators_are_named_after_what_they_can() -> None:
    names = [operators_name("Int", *can) for can in ((True, False), (False, True), (True, True))]
    assert names == ["IntMatch", "IntRange", "IntComparison"]
