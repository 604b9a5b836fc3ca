"""Manifests: read as written, and refused with every problem at once."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.filters import Condition, Operator, YearsBeforeToday
from auth.masking.rule import MaskException, MaskRule
from auth.rights import Level, Right
from schema.catalog import Code, Coverage, Share
from schema.errors import ManifestRefusedError, Problem
from schema.export import export_yaml
from schema.manifest import read_manifest, variables_of
from tests.schema.samples import BIG_DATA, CIVIL_AFFAIRS, PUBLIC_SECURITY, draft

PARTY = "resources.MarriageParty"


def problems(text: str) -> list[Problem]:
    with pytest.raises(ManifestRefusedError) as refused:
        draft(text)
    return list(refused.value.problems)


def places(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.path) for problem in problems(text)]


def with_field(line: str) -> str:
    """Return the manifest of civil affairs with one more field, in line 23."""
    return CIVIL_AFFAIRS.replace("    links:\n", f"      {line}\n    links:\n")


def test_the_sample_says_what_its_clerk_wrote() -> None:
    party = draft(CIVIL_AFFAIRS).resources["MarriageParty"]
    assert party.classified.text == "312004"
    assert party.resource.key == ("certNo", "idNo")
    assert party.resource.share is Share.CONDITIONAL
    assert party.resource.coverage == Coverage("3307", "1986-03")
    assert party.resource.changed_at == "gxsj"
    assert party.resource.fields["since"].mask == MaskRule("YR")
    assert party.resource.fields["kind"].codes == (
        Code("01", "MARRIED", "结婚"),
        Code("2", "DIVORCED", "离婚"),
    )
    assert party.resource.fields["partnerId"].rights == frozenset({Right.JOIN})
    assert party.links[1].when == (("kind", "MARRIED"),)
    assert party.links[1].target == "public-security.Person"


def test_a_type_brings_level_and_mask() -> None:
    field = draft(CIVIL_AFFAIRS).resources["MarriageParty"].resource.fields["idNo"]
    assert (field.level, field.mask) == (Level.L3, MaskRule("ID2"))


def test_a_mask_may_depend_on_the_row() -> None:
    field = draft(PUBLIC_SECURITY).resources["Person"].resource.fields["name"]
    child = Condition("birth", Operator.GT, YearsBeforeToday(14))
    assert field.mask == MaskRule("NM", (MaskException(child, "RD"),))


def test_the_national_tables_are_complete() -> None:
    text = PUBLIC_SECURITY.replace("codes: GB/T 2261.1", "codes: GB/T 3304")
    codes = draft(text).resources["Person"].resource.fields["sex"].codes
    assert [code.stored for code in codes] == [f"{number:02d}" for number in range(1, 57)]
    assert (codes[0], codes[-1]) == (Code("01", "HAN", "汉族"), Code("56", "JINO", "基诺族"))


@pytest.mark.parametrize(
    ("written", "rights"),
    [
        ("level: L1", "read match range sort aggregate"),
        ("level: L2", "read match range sort aggregate"),
        ("level: L2, mask: RD", "read"),
        ("level: L3", "read"),
        ("level: L4", "read"),
        ("level: L1, rights: [join]", "join"),
    ],
)
def test_a_ceiling_that_is_not_written_follows_level_and_mask(written: str, rights: str) -> None:
    text = with_field(f"office: {{column: djjg, title: 登记机关, {written}}}")
    field = draft(text).resources["MarriageParty"].resource.fields["office"]
    assert field.rights == frozenset(Right(word) for word in rights.split())


def test_words_that_yaml_takes_for_truth_are_names_here() -> None:
    text = with_field(
        "no: {column: xh, title: 序号, level: L1, codes: {no: OFF 否, on: ON 是, 01: FIRST 一}}"
    )
    field = draft(text).resources["MarriageParty"].resource.fields["no"]
    assert [code.stored for code in field.codes] == ["no", "on", "01"]


def test_every_problem_is_named_at_once() -> None:
    text = (
        CIVIL_AFFAIRS.replace("level: L2}", "level: L9}")
        .replace("mask: YR", "mask: ZZ")
        .replace("cycle: DAILY", "cycle: SOMETIMES")
        .replace("subject: idNo", "subject: idNumber")
        .replace("rights: [join]", "rights: [peek]")
        .replace("reverse: marriages", "reverse: Marriages")
        .replace("    summary: 本市办理的结婚、离婚登记,每名当事人一行\n", "")
        + "  MarriageParty: {}\nextra: 1\n"
    )
    assert places(text) == [
        (5, PARTY),
        (11, f"{PARTY}.cycle"),
        (14, f"{PARTY}.subject"),
        (17, f"{PARTY}.fields.certNo.level"),
        (19, f"{PARTY}.fields.partnerId.rights[0]"),
        (21, f"{PARTY}.fields.since.mask"),
        (23, f"{PARTY}.links.partner.by.partnerId"),
        (24, f"{PARTY}.links.person.reverse"),
        (25, PARTY),
        (26, "extra"),
    ]


def test_a_bad_level_is_named_with_line_path_and_remedy() -> None:
    found = problems(CIVIL_AFFAIRS.replace("level: L2}", "level: L9}"))
    assert found == [
        Problem(
            "manifest.yaml",
            18,
            f"{PARTY}.fields.certNo.level",
            "`L9` is not known here",
            "Use one of: L1, L2, L3, L4.",
        )
    ]
    assert found[0].text.startswith("manifest.yaml:18 resources.MarriageParty.fields.certNo.level: `L9`")


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("office: {column: djjg, title: 机关}", ""),
        ("office: {column: djjg, title: 机关, level: L1, colour: red}", ".colour"),
        ("office: {title: 机关, level: L1}", ""),
        ("office: {column: djjg, title: 机关, type: Nothing, level: L1}", ".type"),
        ("office: {column: djjg, title: 机关, level: L1, alternatives: [QQ]}", ".alternatives[0]"),
        ("office: {column: djjg, title: 机关, level: L1, mask: YR}", ".mask"),
        ("office: {column: djjg, title: 机关, level: L1, codes: GB/T 1}", ".codes"),
        ("office: {column: djjg, title: 机关, level: L1, codes: {1: 一}}", ".codes.1"),
        ("office: {column: djjg, title: 机关, level: L1, codes: {1: A 一, 2: A 二}}", ".codes.2"),
        ("office: {column: djjg, title: 机关, level: L1, codes: {1: A 一, 1: B 二}}", ".codes.1"),
        ("office: {column: djjg, title: 机关, level: L1, type: Date, codes: {1: A 一}}", ".type"),
        ("office: {column: djjg, title: 机关, level: L1, variants: [UPSIDE_DOWN]}", ".variants[0]"),
        ("office: {column: djjg, title: 机关, level: L1, rights: [read, read]}", ".rights[1]"),
        ("office: {column: d, title: 机关, level: L1, mask: {default: NM, when: [{}]}}", ".mask.when[0]"),
        ("office: [djjg]", ""),
    ],
)  # fmt: skip
def test_each_fault_of_a_field_is_found_at_its_place(line: str, path: str) -> None:
    found = places(with_field(line))
    assert (23, f"{PARTY}.fields.office{path}") in found


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("manifest: 1", "manifest: 2", (1, "manifest")),
        ("code: 11330799T00001020E", "code: 11330799T000010200", (2, "department.code")),
        ("key: civil-affairs", "key: Civil Affairs", (2, "department.key")),
        ("kind: sql, ", "", (3, "source")),
        ("kind: sql,", "kind: telex,", (3, "source.kind")),
        ("secret: civil-affairs/main", "colour: red", (3, "source.colour")),
        ("sqlite:///$", "postgresql://clerk:secret@host/$", (3, "source.url")),
        ("lei: 3", "lei: three", (8, f"{PARTY}.class.lei")),
        (", purposes: [ZM-HOUSE-BUY, BDC-TRANSFER]", "", (10, f"{PARTY}.share")),
        ("type: CONDITIONAL, scope: 行政机关", "type: NOT_SHARED", (10, f"{PARTY}.share")),
        ("area: 3307", "area: 金华", (13, f"{PARTY}.coverage.area")),
        ("since: 1986-03", "since: 1986-13", (13, f"{PARTY}.coverage.since")),
        ("key: [certNo, idNo]", "key: []", (14, f"{PARTY}.key")),
        ("key: [certNo, idNo]", "key: [idNo, idNo]", (14, f"{PARTY}.key[1]")),
        ("  MarriageParty:", "  marriageParty:", (5, "resources.marriageParty")),
        ("{kind: MARRIED}", "{kind: ENGAGED}", (25, f"{PARTY}.links.person.when.kind")),
        ("partner: {to: public-security.Person", "partner: {to: Person", (24, f"{PARTY}.links.partner.to")),
        ("by: {partnerId: idNo}", "by: {kind: idNo}", (24, f"{PARTY}.links.partner.by.kind")),
        ("by: {partnerId: idNo}", "by: {}", (24, f"{PARTY}.links.partner.by")),
        ("partner: {to", "kind: {to", (24, f"{PARTY}.links.kind")),
    ],
)  # fmt: skip
def test_each_fault_of_a_manifest_is_found_at_its_place(old: str, new: str, where: tuple[int, str]) -> None:
    assert old in CIVIL_AFFAIRS
    assert where in places(CIVIL_AFFAIRS.replace(old, new, 1))


def test_a_password_in_an_address_is_never_repeated() -> None:
    text = CIVIL_AFFAIRS.replace("sqlite:///$", "postgresql://clerk:hunter2@host/$")
    with pytest.raises(ManifestRefusedError) as refused:
        draft(text)
    assert "hunter2" not in str(refused.value)
    assert "host" not in str(refused.value)


def test_an_empty_file_and_a_missing_file_are_problems_too(tmp_path: Path) -> None:
    assert problems("")[0].what == "The file is empty"
    with pytest.raises(ManifestRefusedError):
        read_manifest(tmp_path / "none.yaml")
    (tmp_path / "gbk.yaml").write_bytes("manifest: 1 # 民政局".encode("gb18030"))
    with pytest.raises(ManifestRefusedError, match="not UTF-8"):
        read_manifest(tmp_path / "gbk.yaml")


@pytest.mark.parametrize("text", [PUBLIC_SECURITY, CIVIL_AFFAIRS, BIG_DATA])
def test_what_is_exported_reads_back_to_the_same_draft(text: str) -> None:
    written = export_yaml(draft(text))
    assert draft(written) == draft(text)
    assert export_yaml(draft(written)) == written


def test_odd_characters_survive_the_export() -> None:
    title = 'a: "b" \\ # - {c} \u200b\U0001f600 no'
    escaped = title.replace("\\", "\\\\").replace('"', '\\"')
    text = CIVIL_AFFAIRS.replace("title: 登记类别", f'title: "{escaped}"')
    first = draft(text)
    assert first.resources["MarriageParty"].resource.fields["kind"].title == title
    assert draft(export_yaml(first)) == first


WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1, max_size=20)


@given(WORDS, WORDS, st.dictionaries(WORDS, WORDS.map(str.strip), min_size=1, max_size=4))
def test_any_words_survive_the_export(title: str, summary: str, titles: dict[str, str]) -> None:
    first = draft(CIVIL_AFFAIRS)
    party = first.resources["MarriageParty"]
    codes = tuple(
        Code(stored, f"CODE{number}", text or f"CODE{number}")
        for number, (stored, text) in enumerate(titles.items())
    )
    fields = {**party.resource.fields, "kind": replace(party.resource.fields["kind"], codes=codes)}
    resource = replace(party.resource, title=title, summary=summary, fields=fields)
    party = replace(party, resource=resource, links=party.links[:1])
    changed = replace(first, resources={"MarriageParty": party})
    assert draft(export_yaml(changed)) == changed


def test_the_names_a_source_waits_for_are_found_at_any_depth() -> None:
    assert variables_of(draft(BIG_DATA).source.settings) == {"DEPARTMENT_FOLDER"}
    assert variables_of({"a": [{"b": "${ONE}/${TWO_2}"}], "c": "$THREE ${four}"}) == {"ONE", "TWO_2"}
