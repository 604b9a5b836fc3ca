"""What a source shows becomes a manifest that can be read back, with reasons and without a value."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from connectors.errors import SourceCredentialsError
from connectors.memory import MemoryConnector, MemoryTable
from connectors.model import ColumnType, Entity, EntityColumn, Read, Reference
from connectors.protocol import PreparedRead
from schema.discovery.counting import DUPLICATE_KEYS, UNKNOWN_CODES, WITHOUT_NORMAL_FORM, Count, counts
from schema.discovery.looking import look
from schema.discovery.proposing import Proposal, ProposedField, SourceHead, propose
from schema.manifest import inspect_manifest, read_manifest_text

pytestmark = pytest.mark.anyio
HEAD = SourceHead(
    "11330799T00001020E", "民政局", "civil-affairs", "memory", {"entities": {"t": {"columns": {"a": "text"}}}}
)
TEXT = ColumnType.TEXT
PERSONS = (
    "330799199003071013",
    "330799199105221027",
    "330799201809011044",
    "330799196508101050",
    "330799198201151079",
    "330799194002031068",
    "330799197506301096",
)


def source(columns: Mapping[str, Sequence[Any]], name: str = "t_x", **of_entity: Any) -> MemoryConnector:
    """Return a source with one entity of text columns, given column by column."""
    entity = Entity(name, tuple(EntityColumn(column, TEXT) for column in columns), **of_entity)
    return MemoryConnector([MemoryTable(entity, list(zip(*columns.values(), strict=True)))])


async def proposed(connector: MemoryConnector, taken: Sequence[str] = ()) -> Proposal:
    return propose(HEAD, await look(connector), taken)


def field(proposal: Proposal, column: str) -> ProposedField:
    return next(one for one in proposal.fields if one.column == column)


async def test_a_proposed_manifest_is_accepted_as_it_is() -> None:
    rows = {"sfzh": PERSONS, "xm": ["甲乙"] * 7, "zt": ["1"] * 7, "qt": ["?x"] * 7}
    proposal = await proposed(source(rows, "t_rk_jbxx", key=("sfzh",)))
    draft, problems = inspect_manifest(proposal.manifest, "proposed")
    assert problems == ()
    assert draft is not None
    assert draft.resources["Person"].resource.key == ("idNo",)
    assert draft.resources["Person"].resource.subject == "idNo"


async def test_identity_numbers_are_known_by_their_check_digits_whatever_the_column_is_called() -> None:
    found = field(await proposed(source({"c7": PERSONS})), "c7")
    assert (found.type, found.level, found.mask) == ("IdNumber", "L3", "ID2")
    assert any("check digit" in reason for reason in found.reasons)


async def test_what_nobody_has_classified_is_hidden_whole() -> None:
    found = field(await proposed(source({"wqv": ["甲级内容", "乙级内容"] * 4})), "wqv")
    assert (found.level, found.mask) == ("L3", "RD")


async def test_no_value_of_a_sample_stands_in_a_proposal() -> None:
    canaries = [f"canary{n}值" for n in range(12)]
    rows = {
        "sfzh": [*PERSONS, *PERSONS[:5]],
        "bz": canaries,
        "lx": canaries[:1] * 12,
        "dz": [f"浙江省canary市{n}号" for n in range(12)],
    }
    whole = repr(await proposed(source(rows)))
    assert "canary" not in whole
    assert not [number for number in PERSONS if number in whole]


async def test_two_columns_of_one_meaning_get_names_of_their_own_and_a_problem() -> None:
    proposal = await proposed(source({"sfzh": PERSONS, "gmsfhm": PERSONS}))
    names = [one.name for one in proposal.fields]
    assert len(set(names)) == 2
    assert [problem.code for problem in proposal.problems if problem.code == "NAME_TAKEN"] == ["NAME_TAKEN"]


async def test_a_taken_type_name_is_replaced_and_told() -> None:
    connector = source({"sfzh": PERSONS}, "t_rk_jbxx", key=("sfzh",))
    proposal = await proposed(connector, ["Person", "persons"])
    draft, _ = inspect_manifest(proposal.manifest, "proposed")
    assert draft is not None
    assert list(draft.resources) == ["CivilAffairsPerson"]
    (clash,) = (problem for problem in proposal.problems if problem.code == "NAME_TAKEN")
    assert "CivilAffairsPerson" in clash.remedy


async def test_an_entity_without_a_key_is_a_problem_and_a_comment() -> None:
    proposal = await proposed(source({"qt": ["甲", "甲", "乙"]}, "t_rk_jbxx"))
    draft, problems = inspect_manifest(proposal.manifest, "proposed")
    assert draft is not None
    assert not draft.resources
    assert not problems
    assert "KEY_MISSING" in [problem.code for problem in proposal.problems]


class HalfClosed(MemoryConnector):
    """A source whose account may not read one of its entities."""

    def prepare(self, read: Read) -> PreparedRead:
        if read.entity == "t_closed":
            raise SourceCredentialsError("The source refuses the platform's credentials")
        return super().prepare(read)


async def test_an_entity_that_cannot_be_read_is_told_and_the_others_are_proposed() -> None:
    columns = (EntityColumn("sfzh", TEXT),)
    tables = [MemoryTable(Entity(name, columns, ("sfzh",)), [[PERSONS[0]]]) for name in ("t_closed", "t_rk")]
    proposal = await proposed(HalfClosed(tables))
    assert {one.entity for one in proposal.fields} == {"t_rk"}
    (problem,) = (problem for problem in proposal.problems if problem.code == "NOT_READ")
    assert problem.path == "entities.t_closed"


async def test_a_day_of_birth_is_known_by_the_identity_number_beside_it() -> None:
    days = [f"{number[6:10]}-{number[10:12]}-{number[12:14]}" for number in PERSONS]
    found = field(await proposed(source({"c1": PERSONS, "c2": days})), "c2")
    assert (found.type, found.level, found.mask) == ("Date", "L3", "YR")


async def test_a_column_that_repeats_beyond_the_rows_seen_is_no_key() -> None:
    rows = {"bh": [f"N{place % 250}" for place in range(500)], "djh": [f"D{place}" for place in range(500)]}
    keys = [one for one in (await proposed(source(rows))).fields if one.key]
    assert [one.column for one in keys] == ["djh"]
    assert any("all 500 rows" in reason for reason in keys[0].reasons)


async def test_rows_about_a_person_show_nothing_as_harmless() -> None:
    columns = {"sfzh": PERSONS, "yhmc": ["甲支行"] * 7, "djjg": ["甲局"] * 7}
    levels = {one.level for one in (await proposed(source(columns, key=("sfzh",)))).fields}
    assert "L1" not in levels


async def test_links_that_may_be_are_asked_and_stand_as_comments() -> None:
    columns = (EntityColumn("djzh", TEXT), EntityColumn("po_sfzh", TEXT))
    reference = Reference(("po_sfzh",), "t_rk", ("sfzh",))
    marriages = Entity("t_hydj_dsr", columns, ("djzh",), references=(reference,))
    persons = Entity("t_rk", (EntityColumn("sfzh", TEXT),), ("sfzh",))
    rows = [[f"HY{place}", number] for place, number in enumerate(PERSONS)]
    tables = [MemoryTable(marriages, rows), MemoryTable(persons, [[number] for number in PERSONS])]
    proposal = await proposed(MemoryConnector(tables))
    assert "#   partner: {to: civil-affairs.Person, one: true, by: {partnerIdNo: idNo}" in proposal.manifest
    assert [problem.code for problem in proposal.problems].count("LINK_OPEN") == 1
    draft, _ = inspect_manifest(proposal.manifest, "proposed")
    assert draft is not None
    assert not draft.resources["MarriageParty"].links


async def test_pictures_are_not_read_and_long_texts_are_cut_off() -> None:
    columns = (EntityColumn("sfzh", TEXT), EntityColumn("zp", ColumnType.BYTES), EntityColumn("bz", TEXT))
    rows = [[number, b"picture", "长" * 5000] for number in PERSONS]
    (looked,) = await look(MemoryConnector([MemoryTable(Entity("t_rk", columns, ("sfzh",)), rows)]))
    assert looked.rows[0].keys() == {"sfzh", "bz"}
    assert len(looked.rows[0]["bz"]) == 400
    assert looked.total == len(PERSONS)


async def test_a_link_may_lead_to_another_department_unless_its_resource_is_hidden() -> None:
    person = read_manifest_text(MANIFEST, "m").resources["Thing"].resource
    others = [replace(person, name=name, department="public-security") for name in ("Person", "Secret")]
    others[1] = replace(others[1], hidden=True)
    looked = await look(source({"djzh": [f"D{place}" for place in range(7)], "sfzh": PERSONS}, key=("djzh",)))
    proposal = propose(HEAD, looked, (), others)
    assert "#   person: {to: public-security.Person, one: true, by: {idNo: idNo}" in proposal.manifest
    assert "Secret" not in repr(proposal)
    assert "LINK_OPEN" in [problem.code for problem in proposal.problems]


async def test_a_mark_of_deleted_rows_is_asked_for_its_value() -> None:
    columns = {"sfzh": PERSONS, "scbz": ["0", "1", "0", "0", "0", "0", "0"]}
    proposal = await proposed(source(columns, key=("sfzh",)))
    assert "# deleted: {column: scbz, value: …}" in proposal.manifest
    assert "DELETED_OPEN" in [problem.code for problem in proposal.problems]
    assert inspect_manifest(proposal.manifest, "proposed")[1] == ()


MANIFEST = """\
manifest: 1
department: {key: civil-affairs, code: 11330799T00001020E, title: 民政局}
source: {kind: memory, entities: {t_x: {columns: {sfzh: text}}}}
resources:
  Thing:
    table: t_x
    title: 事物
    class: {lei: 3, xiang: 12, mu: 004}
    summary: 事物
    share: {type: UNCONDITIONAL}
    open: NOT_OPEN
    cycle: DAILY
    key: [idNo]
    fields:
      idNo: {column: sfzh, title: 公民身份号码, type: IdNumber}
      sex: {column: xb, title: 性别, level: L2, codes: GB/T 2261.1}
"""


async def test_counts_tell_lost_keys_unknown_codes_and_double_keys() -> None:
    rows = {"sfzh": [PERSONS[0], PERSONS[0] + " ", "12345", None], "xb": ["1", "2", "X", None]}
    found = await counts(source(rows), read_manifest_text(MANIFEST, "m"))
    assert found == (
        Count("Thing.idNo", WITHOUT_NORMAL_FORM, 1, 4),
        Count("Thing.sex", UNKNOWN_CODES, 1, 4),
        Count("Thing.idNo", DUPLICATE_KEYS, 1, 4),
    )


async def test_counts_read_no_more_rows_than_they_are_allowed() -> None:
    rows = {"sfzh": ["12345"] * 30, "xb": ["1"] * 30}
    found = await counts(source(rows), read_manifest_text(MANIFEST, "m"), limit=10)
    assert {count.of for count in found} == {10}
