"""Grants files: held against the catalog, with every problem at once."""

from datetime import date
from pathlib import Path

import pytest

from auth.disclosure import Disclosure
from auth.filters import Attribute, Condition, Operator, RowFilter, YearsBeforeToday
from auth.grants import CLEAR, FieldGrant, Grant
from auth.masking.rule import MaskRule
from auth.rights import Quota, Right
from schema.catalog import Catalog
from schema.errors import GrantsRefusedError, Problem
from schema.grant_file import read_grants, read_grants_text
from tests.schema.samples import city

HEAD = """\
grants: 1
client: hall
purpose: ZM-HOUSE-BUY
legalBasis: 条例
agreement: 协议
valid: {from: 2026-01-01, to: 2027-12-31}
items:
"""

PERSON = """\
  - id: G-1
    resource: public-security.Person
    quota: {lookupsPerDay: 20000}
    rows: {sex: {eq: FEMALE}, birth: {lte: {yearsBeforeToday: 14}}}
    fields:
      idNo: {rights: [read, match, join], mask: ID}
      name: {rights: [read, match]}
      sex: [read]
"""

DIVISION = """\
  - id: G-2
    resource: big-data.Division
    fields:
      name: [read, match]
"""


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return city(tmp_path)


def problems(catalog: Catalog, text: str, clients: set[str] | None = None) -> list[Problem]:
    with pytest.raises(GrantsRefusedError) as refused:
        read_grants_text(text, "g.yaml", catalog, clients)
    return list(refused.value.problems)


def test_the_bulk_right_is_written_and_nothing_else_reads_as_it(catalog: Catalog) -> None:
    text = HEAD + PERSON + "    bulk: true\n" + DIVISION
    person, division = read_grants_text(text, "g.yaml", catalog)
    assert (person.bulk, division.bulk) == (True, False)
    assert read_grants_text(text.replace("bulk: true", "bulk: false"), "g.yaml", catalog)[0].bulk is False
    (problem,) = problems(catalog, text.replace("bulk: true", "bulk: all"))
    assert problem.path == "items[0].bulk"


def test_a_file_says_what_was_agreed(catalog: Catalog) -> None:
    person, division = read_grants_text(HEAD + PERSON + DIVISION, "g.yaml", catalog, {"hall"})
    assert person == Grant(
        id="G-1",
        client="hall",
        purpose="ZM-HOUSE-BUY",
        resource="Person",
        fields={
            "idNo": FieldGrant(frozenset({Right.READ, Right.MATCH, Right.JOIN}), MaskRule("ID")),
            "name": FieldGrant(frozenset({Right.READ, Right.MATCH})),
            "sex": FieldGrant(frozenset({Right.READ})),
        },
        valid_from=date(2026, 1, 1),
        valid_to=date(2027, 12, 31),
        rows=RowFilter(
            (
                Condition("sex", Operator.EQ, "FEMALE"),
                Condition("birth", Operator.LTE, YearsBeforeToday(14)),
            )
        ),
        quota=Quota(20000),
        legal_basis="条例",
        agreement="协议",
        department="public-security",
    )
    assert (division.resource, division.rows, division.quota) == ("Division", None, Quota())


def test_no_mask_written_is_clear_only_where_the_owner_allows_it(catalog: Catalog) -> None:
    grants = read_grants_text(HEAD + PERSON.replace("mask: ID}", "mask: none}"), "g.yaml", catalog)
    assert grants[0].fields["idNo"].mask == MaskRule(CLEAR)
    found = problems(
        catalog, HEAD + PERSON.replace("name: {rights: [read, match]}", "name: {rights: [read], mask: none}")
    )
    assert [(problem.line, problem.path) for problem in found] == [(14, "items[0].fields.name.mask")]


@pytest.mark.parametrize("mask", ["RD", "NU", "ID2"])
def test_the_stricter_side_needs_no_reason(catalog: Catalog, mask: str) -> None:
    grants = read_grants_text(HEAD + PERSON.replace("mask: ID}", f"mask: {mask}}}"), "g.yaml", catalog)
    assert grants[0].fields["idNo"].mask == MaskRule(mask)


def test_every_problem_is_named_at_once(catalog: Catalog) -> None:
    text = (
        HEAD.replace("2027-12-31", "2025-12-31")
        + PERSON.replace("sex: [read]", "age: [read]")
        .replace("name: {rights: [read, match]}", "name: {rights: [read, range]}")
        .replace("eq: FEMALE", "like: F")
        .replace("mask: ID}", "mask: HS}")
        + DIVISION.replace("big-data.Division", "big-data.Road")
    )
    assert [(problem.line, problem.path) for problem in problems(catalog, text, {"other"})] == [
        (2, "client"),
        (6, "valid.to"),
        (11, "items[0].rows.sex.like"),
        (13, "items[0].fields.idNo.mask"),
        (14, "items[0].fields.name.rights"),
        (15, "items[0].fields.age"),
        (17, "items[1].resource"),
    ]


def test_a_right_above_the_ceiling_is_refused_with_what_is_allowed(catalog: Catalog) -> None:
    found = problems(catalog, HEAD + PERSON.replace("name: {rights: [read, match]}", "name: [read, sort]"))
    assert found[0].what == "The owner does not allow sort on `name`"
    assert found[0].remedy.startswith("Choose among: read, match;")


def test_two_grants_of_a_file_never_open_one_resource(catalog: Catalog) -> None:
    found = problems(catalog, HEAD + DIVISION + DIVISION.replace("G-2", "G-3"))
    assert [problem.code for problem in found] == ["GRANTS_OVERLAP"]


def test_a_number_is_used_once(catalog: Catalog) -> None:
    found = problems(catalog, HEAD + PERSON + DIVISION.replace("G-2", "G-1"))
    assert [problem.what for problem in found] == ["This number is used twice"]


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ("idNo: {rights: [read, match], mask: ID}, birth: [read]", True),
        ("idNo: {rights: [read, match], mask: ID2}, birth: [read]", False),
        ("idNo: {rights: [read], mask: ID}, birth: [read]", False),
        ("idNo: {rights: [read, match], mask: ID}, movedOn: [read]", False),
        ("idNo: {rights: [read, match], mask: ID}, birth: {rights: [read], mask: RD}", False),
    ],
)
def test_what_gives_a_number_away_in_sum_is_refused(catalog: Catalog, fields: str, refused: bool) -> None:
    text = f"{HEAD}  - {{id: G-1, resource: public-security.Person, fields: {{{fields}}}}}\n"
    if refused:
        assert [problem.code for problem in problems(catalog, text)] == ["GRANT_TOO_REVEALING"]
    else:
        assert len(read_grants_text(text, "g.yaml", catalog)) == 1


def test_a_citizen_may_see_all_of_the_own_row(catalog: Catalog) -> None:
    text = (
        f"{HEAD}  - {{id: G-1, resource: public-security.Person, "
        "rows: {idNo: {eq: {caller: subject}}}, "
        "fields: {idNo: {rights: [read, match], mask: ID}, birth: [read]}}\n"
    )
    grant = read_grants_text(text, "g.yaml", catalog)[0]
    assert grant.rows == RowFilter((Condition("idNo", Operator.EQ, Attribute("subject")),))


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        ("{sex: {in: [MALE, FEMALE]}}", ("MALE", "FEMALE")),
        ("{sex: {isNull: false}}", False),
        ("{idNo: {startsWith: '330702'}}", "330702"),
    ],
)
def test_a_filter_takes_values_that_suit_its_operator(catalog: Catalog, rows: str, value: object) -> None:
    text = f"{HEAD}  - {{id: G-1, resource: public-security.Person, rows: {rows}, fields: {{sex: [read]}}}}\n"
    grant = read_grants_text(text, "g.yaml", catalog)[0]
    assert grant.rows is not None
    assert grant.rows.conditions[0].value == value


@pytest.mark.parametrize(
    "rows",
    [
        "{}",
        "{sex: {}}",
        "{sex: {eq: {}}}",
        "{sex: {eq: NOBODY}}",
        "{sex: {eq: [MALE]}}",
        "{sex: {eq: {caller: shoe}}}",
        "{sex: {in: MALE}}",
        "{sex: {isNull: perhaps}}",
        "{birth: {lt: {yearsBeforeToday: many}}}",
    ],
)
def test_a_filter_refuses_other_values(catalog: Catalog, rows: str) -> None:
    text = f"{HEAD}  - {{id: G-1, resource: public-security.Person, rows: {rows}, fields: {{sex: [read]}}}}\n"
    assert problems(catalog, text)[0].line == 8


def test_an_unreadable_file_is_refused_as_a_grants_file(tmp_path: Path, catalog: Catalog) -> None:
    with pytest.raises(GrantsRefusedError):
        read_grants(tmp_path / "none.yaml", catalog)
    assert problems(catalog, "")[0].what == "The file is empty"
    assert problems(catalog, HEAD + "  - [\n")[0].code == "YAML"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("immediate", Disclosure()),
        ("{deferred: 2027-01-01}", Disclosure(date(2027, 1, 1))),
        ("{sealed: 《中华人民共和国刑事诉讼法》}", Disclosure(sealed="《中华人民共和国刑事诉讼法》")),
    ],
)
def test_a_grants_file_says_when_citizens_are_shown_its_readings(
    catalog: Catalog, written: str, expected: Disclosure
) -> None:
    text = HEAD.replace("items:", f"disclosure: {written}\nitems:") + PERSON
    (grant,) = read_grants_text(text, "grants.yaml", catalog)
    assert grant.disclosure == expected


@pytest.mark.parametrize("written", ["never", "{deferred: 2027-01-01, sealed: x}", "{}", "{deferred: soon}"])
def test_a_disclosure_that_is_none_is_a_problem(catalog: Catalog, written: str) -> None:
    text = HEAD.replace("items:", f"disclosure: {written}\nitems:") + PERSON
    with pytest.raises(GrantsRefusedError):
        read_grants_text(text, "grants.yaml", catalog)
