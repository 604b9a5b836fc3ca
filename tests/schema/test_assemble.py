"""Joining the departments' drafts: links, clashes, codes."""

from pathlib import Path

import pytest

from schema.assemble import allot_codes, assemble, check_manifests
from schema.catalog import Link
from schema.errors import ManifestRefusedError, Problem
from tests.schema.samples import BIG_DATA, CIVIL_AFFAIRS, PUBLIC_SECURITY, city, draft


def checked(folder: Path, *texts: str) -> tuple[Problem, ...]:
    paths = []
    for number, text in enumerate(texts):
        path = folder / f"{number}.yaml"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    with pytest.raises(ManifestRefusedError) as refused:
        check_manifests(paths)
    return refused.value.problems


def test_a_reverse_link_turns_keys_and_conditions_round(tmp_path: Path) -> None:
    link = city(tmp_path).resources["Person"].links["marriages"]
    assert link == Link(
        name="marriages",
        target="MarriageParty",
        one=False,
        by=(("idNo", "idNo"),),
        title="婚姻登记当事人信息",
        target_when=(("kind", "MARRIED"),),
        declared_by="civil-affairs",
    )


def test_a_reverse_link_may_lead_to_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        BIG_DATA.replace("reverse: children", "reverse: child, reverseOne: true"), "utf-8"
    )
    assert check_manifests([tmp_path / "a.yaml"]).resources["Division"].links["child"].one


def test_the_order_of_publication_does_not_matter() -> None:
    drafts = [draft(text) for text in (PUBLIC_SECURITY, CIVIL_AFFAIRS, BIG_DATA)]
    assert assemble(drafts) == assemble(reversed(drafts))


def test_a_link_to_a_department_that_is_not_there_sleeps() -> None:
    assembly = assemble([draft(CIVIL_AFFAIRS)])
    assert assembly.problems == ()
    assert assembly.catalog.resources["MarriageParty"].links == {}
    assert [(problem.line, problem.path) for problem in assembly.dormant] == [
        (24, "resources.MarriageParty.links.partner.to"),
        (25, "resources.MarriageParty.links.person.to"),
    ]


def test_a_link_wakes_when_its_target_is_published() -> None:
    assembly = assemble([draft(CIVIL_AFFAIRS), draft(PUBLIC_SECURITY)])
    assert assembly.dormant == ()
    assert sorted(assembly.catalog.resources["MarriageParty"].links) == ["partner", "person"]


def test_a_link_to_nowhere_is_a_problem_where_all_are_checked_together(tmp_path: Path) -> None:
    found = checked(
        tmp_path, PUBLIC_SECURITY, CIVIL_AFFAIRS.replace("public-security.Person", "public-security.Human")
    )
    assert [(Path(problem.file).name, problem.line) for problem in found] == [("1.yaml", 24), ("1.yaml", 25)]
    assert found[0].what == "The link leads nowhere: `public-security.Human` is not published"
    assert found[0].remedy


def test_the_problems_of_all_files_are_named_together(tmp_path: Path) -> None:
    found = checked(
        tmp_path, PUBLIC_SECURITY.replace("level: L2,", "level: L7,"), CIVIL_AFFAIRS.replace("DAILY", "NOW")
    )
    assert {Path(problem.file).name for problem in found} == {"0.yaml", "1.yaml"}


def test_a_link_needs_join_on_the_key_of_its_target() -> None:
    closed = PUBLIC_SECURITY.replace(
        "rights: [read, match, join], alternatives", "rights: [read, match], alternatives"
    )
    assembly = assemble([draft(CIVIL_AFFAIRS), draft(closed)])
    assert [problem.what for problem in assembly.dormant] == ["`Person.idNo` may not be joined on"] * 2
    assert "marriages" not in assembly.catalog.resources["Person"].links


def test_a_link_to_an_unknown_field_or_code_of_its_target_sleeps() -> None:
    text = CIVIL_AFFAIRS.replace("{partnerId: idNo}", "{partnerId: number}").replace(
        "reverse: marriages", "targetWhen: {sex: NONE, age: OLD}"
    )
    paths = [problem.path for problem in assemble([draft(text), draft(PUBLIC_SECURITY)]).dormant]
    assert paths == [
        "resources.MarriageParty.links.partner.by.partnerId",
        "resources.MarriageParty.links.person.targetWhen.sex",
        "resources.MarriageParty.links.person.targetWhen.age",
    ]


def test_a_reverse_link_never_takes_the_name_of_a_field(tmp_path: Path) -> None:
    found = checked(tmp_path, PUBLIC_SECURITY, CIVIL_AFFAIRS.replace("reverse: marriages", "reverse: name"))
    assert [(problem.line, problem.path) for problem in found] == [
        (25, "resources.MarriageParty.links.person.reverse")
    ]
    assert "`nameOfMarriageParty`" in found[0].remedy


def test_two_reverse_links_never_share_a_name() -> None:
    text = CIVIL_AFFAIRS.replace("by: {partnerId: idNo}", "by: {partnerId: idNo}, reverse: marriages")
    found = assemble([draft(text), draft(PUBLIC_SECURITY)]).problems
    assert [problem.path for problem in found] == ["resources.MarriageParty.links.person.reverse"]


def test_a_type_name_belongs_to_one_department(tmp_path: Path) -> None:
    found = checked(tmp_path, PUBLIC_SECURITY, BIG_DATA.replace("Division", "Person"))
    assert "`PublicSecurityPerson`" in found[0].remedy
    assert found[0].path == "resources.Person"


def test_one_department_has_one_manifest(tmp_path: Path) -> None:
    assert checked(tmp_path, BIG_DATA, BIG_DATA)[0].path == "department.key"


def test_a_type_may_not_take_a_name_that_another_brings() -> None:
    assembly = assemble([draft(PUBLIC_SECURITY), draft(BIG_DATA.replace("Division", "PersonSex"))])
    assert [problem.path for problem in assembly.problems] == ["resources.Person"]


def test_codes_are_class_and_serial(tmp_path: Path) -> None:
    codes = {name: resource.code for name, resource in city(tmp_path).resources.items()}
    assert codes == {"Division": "201001/000001", "MarriageParty": "312004/000001", "Person": "101001/000001"}


def test_a_code_stays_with_its_resource_and_is_never_given_again() -> None:
    drafts = [draft(BIG_DATA)]
    history = [("big-data.Old", "201001/000001"), ("big-data.Division", "201001/000002")]
    assert allot_codes(drafts, history) == {"big-data.Division": "201001/000002"}
    moved = [*history, ("big-data.Division", "999999/000001")]
    assert allot_codes(drafts, moved) == {"big-data.Division": "201001/000003"}
