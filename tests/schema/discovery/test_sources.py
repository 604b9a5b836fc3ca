"""Every kind of source is looked at as it really is, and its proposal can be read back."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import asyncmy
import asyncpg
import pytest

from schema.discovery.counting import counts
from schema.discovery.looking import look
from schema.discovery.proposing import Proposal, SourceHead, propose
from schema.draft import Draft
from schema.manifest import inspect_manifest
from tests.schema.discovery.registry_of_persons import (
    IDS,
    PERSONS,
    TABLES,
    delivered_registry,
    inserts,
    names_of,
    opened,
    rest_registry,
    sqlite_registry,
)

pytestmark = pytest.mark.anyio
COMMENTS = (
    "COMMENT ON TABLE t_hydj_dsr IS '婚姻登记当事人信息'",
    "COMMENT ON COLUMN t_hydj_dsr.djlb IS '登记类别：1结婚 2离婚'",
    "COMMENT ON COLUMN t_hydj_dsr.sfzh IS '当事人身份证号'",
)


async def proposed(kind: str, settings: Mapping[str, Any], folder: Path) -> tuple[Proposal, Draft]:
    """Return the proposal for a source and its draft; it counts no fault in the clean registry."""
    connector = await opened(kind, settings, folder)
    head = SourceHead("11330799T00001020E", "民政局", "civil-affairs", kind, settings)
    proposal = propose(head, await look(connector))
    draft, problems = inspect_manifest(proposal.manifest, "proposed")
    assert problems == ()
    assert draft is not None
    found = await counts(connector, draft)
    assert found
    assert not [count for count in found if count.rows]
    await connector.aclose()
    return proposal, draft


def persons_are_told(proposal: Proposal, draft: Draft) -> None:
    """Check the resource of persons, whatever its source."""
    person = draft.resources["Person"].resource
    types = {name: field.type for name, field in person.fields.items()}
    expected = {"idNo": "IdNumber", "name": "PersonName", "sex": "Enum", "birth": "Date", "phone": "Phone"}
    assert expected.items() <= types.items()
    assert person.key == ("idNo",)
    assert person.subject == "idNo"
    assert person.changes is person.fields["changedAt"]
    assert not [cell for cell in names_of(PERSONS) if cell in repr(proposal)]


async def test_sqlite_shows_persons_and_what_refers_to_them(tmp_path: Path) -> None:
    proposal, draft = await proposed("sql", sqlite_registry(tmp_path), tmp_path)
    persons_are_told(proposal, draft)
    links = [problem.what for problem in proposal.problems if problem.code == "LINK_OPEN"]
    assert links == ["By `idNo` a row may lead to `civil-affairs.Person`: its source declares it"]
    assert "#   person: {to: civil-affairs.Person, one: true, by: {idNo: idNo}" in proposal.manifest


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_delivered_files_with_chinese_headers_show_persons(tmp_path: Path, kind: str) -> None:
    persons_are_told(*await proposed("files", delivered_registry(tmp_path, kind), tmp_path))


async def test_a_file_whose_first_row_is_taken_for_its_header_is_told(tmp_path: Path) -> None:
    settings = delivered_registry(tmp_path, "csv")
    path = tmp_path / "persons.csv"
    path.write_bytes(b"\n".join(path.read_bytes().splitlines()[1:]))
    connector = await opened("files", settings, tmp_path)
    head = SourceHead("11330799T00001020E", "民政局", "civil-affairs", "files", settings)
    proposal = propose(head, await look(connector))
    await connector.aclose()
    assert [problem.code for problem in proposal.problems] == ["HEADER_IS_DATA"]
    assert not [cell for cell in names_of(PERSONS) if cell in repr(proposal)]


async def test_a_rest_source_shows_persons(tmp_path: Path) -> None:
    with rest_registry() as settings:
        persons_are_told(*await proposed("rest", settings, tmp_path))


@pytest.mark.postgresql
async def test_postgresql_shows_comments_codes_and_references(
    new_postgresql_database: Callable[[], str], tmp_path: Path
) -> None:
    url = new_postgresql_database().replace(":@", "@")
    owner = await asyncpg.connect(url)
    for statement in (*TABLES, *COMMENTS, *inserts()):
        await owner.execute(statement)
    await owner.close()
    proposal, draft = await proposed("sql", {"url": url}, tmp_path)
    persons_are_told(proposal, draft)
    marriage_is_told(proposal, draft)


@pytest.mark.mariadb
async def test_mariadb_shows_comments_codes_and_references(
    new_mariadb_database: Callable[[], str], mariadb_address: Mapping[str, Any], tmp_path: Path
) -> None:
    url = new_mariadb_database()
    database = url.partition("@/")[2].partition("?")[0]
    owner = await asyncmy.connect(**mariadb_address, database=database, autocommit=True, charset="utf8mb4")
    commented = (
        TABLES[0],
        TABLES[1]
        .replace("sfzh varchar(18),", "sfzh varchar(18) COMMENT '当事人身份证号',")
        .replace("djlb varchar(1),", "djlb varchar(1) COMMENT '登记类别：1结婚 2离婚',")
        + " COMMENT '婚姻登记当事人信息'",
    )
    for statement in (*commented, *inserts()):
        await owner.query(statement)
    await owner.ensure_closed()
    proposal, draft = await proposed("sql", {"url": url}, tmp_path)
    persons_are_told(proposal, draft)
    marriage_is_told(proposal, draft)


def marriage_is_told(proposal: Proposal, draft: Draft) -> None:
    """Check what comments and constraints tell of marriages."""
    resource = draft.resources["MarriageParty"].resource
    kind = next(field for field in resource.fields.values() if field.column == "djlb")
    assert [(code.stored, code.title) for code in kind.codes] == [("1", "结婚"), ("2", "离婚")]
    number = next(field for field in resource.fields.values() if field.column == "sfzh")
    assert number.title == "当事人身份证号"
    whys = [problem.what for problem in proposal.problems if problem.code == "LINK_OPEN"]
    assert f"By `{number.name}` a row may lead to `civil-affairs.Person`: its source declares it" in whys


async def test_only_what_is_named_is_looked_at_and_no_more_rows_than_asked(tmp_path: Path) -> None:
    connector = await opened("sql", sqlite_registry(tmp_path), tmp_path)
    looked = await look(connector)
    entities = {one.entity.name: one for one in looked}
    assert entities["t_rk_jbxx"].total == len(IDS)
    assert [one.entity.name for one in await look(connector, ["t_rk_jbxx"], 3)] == ["t_rk_jbxx"]
    assert len((await look(connector, count=3))[0].rows) == 3
    await connector.aclose()
