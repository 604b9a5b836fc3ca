"""A department puts its source on the graph by itself, step by step, and nobody does it for it unseen."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.cli.source import drafts as asked
from server.registration.checking import check
from server.registration.draft import SourceDraft, State
from server.registration.errors import SourceDraftBusyError
from server.registration.store import DraftStore
from tests.server.living import Living, stored_log
from tests.server.registering import (
    DEPARTMENT,
    FILE,
    PEOPLE,
    added,
    checked,
    harmless,
    library,
    manifest,
    wish,
    write_register,
)
from tests.server.small_city import HOUSING
from tests.server.test_control import PUBLISH, code_of

pytestmark = pytest.mark.anyio
SOURCE_STATES = "{ status { sources { department state } } }"


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Living]:
    """A platform with two clerks of a department that has published nothing."""
    async with library(tmp_path) as platform:
        yield platform


async def test_a_source_is_added_discovered_checked_and_published_without_a_restart(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    before = (city.platform.instance, city.platform.publisher.snapshot().catalog.version)
    assert (await added(clerk, FILE))["entities"] == ["t_dz"]
    found = (await clerk.ask(asked.DISCOVER, department=DEPARTMENT))["discoverSource"]
    assert {one["column"] for one in found["fields"]} == {"sfzh", "xm", "dzzh", "bzrq", "lxdh"}
    assert all(one["reasons"] for one in found["fields"])
    assert (await checked(clerk, harmless(FILE)))["ok"]
    done = (await clerk.ask(asked.PUBLISH, department=DEPARTMENT))["publishSource"]
    assert (done["state"], done["version"]) == ("published", before[1] + 1)
    assert "Reader" in city.platform.publisher.snapshot().catalog.resources
    assert city.platform.instance == before[0]


async def test_nothing_of_the_source_is_told_by_discovery_or_kept(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    await added(clerk, FILE)
    told = str(await clerk.ask(asked.DISCOVER, department=DEPARTMENT))
    told += str(await clerk.ask(asked.SHOW, department=DEPARTMENT, number=None)) + stored_log(city.home)
    told += "".join(path.read_bytes().decode("utf-8", "replace") for path in city.home.glob("govgraph.db*"))
    assert "sfzh" in told
    assert not [cell for row in PEOPLE for cell in row if cell in told]


async def test_fields_of_level_three_wait_for_a_second_person(city: Living) -> None:
    first, second = await city.control("clerk-library-1"), await city.control("clerk-library-2")
    await added(first, FILE)
    await checked(first, manifest(FILE))
    waiting = (await first.ask(asked.PUBLISH, department=DEPARTMENT))["publishSource"]
    assert (waiting["state"], waiting["version"]) == ("waiting for approval", None)
    assert "Reader" not in city.platform.publisher.snapshot().catalog.resources
    number = {"department": DEPARTMENT, "number": waiting["number"]}
    assert await code_of(first, asked.APPROVE, **number) == "SECOND_PERSON_NEEDED"
    assert "Reader" not in city.platform.publisher.snapshot().catalog.resources
    done = (await second.ask(asked.APPROVE, **number))["approveSource"]
    assert (done["state"], done["author"], done["decidedBy"]) == (
        "published",
        "clerk-library-1",
        "clerk-library-2",
    )
    assert await code_of(second, asked.APPROVE, **number) == "SOURCE_DRAFT_STATE"


async def test_the_reviewer_approves_for_every_department(city: Living) -> None:
    clerk, reviewer = await city.control("clerk-library-1"), await city.control("reviewer-big-data")
    await added(clerk, FILE)
    await checked(clerk, manifest(FILE))
    waiting = (await clerk.ask(asked.PUBLISH, department=DEPARTMENT))["publishSource"]
    done = await reviewer.ask(asked.APPROVE, department=DEPARTMENT, number=waiting["number"])
    assert done["approveSource"]["state"] == "published"


async def test_a_level_is_lowered_by_two_persons_too(city: Living) -> None:
    first, second = await city.control("clerk-library-1"), await city.control("clerk-library-2")
    await added(first, FILE)
    await checked(first, manifest(FILE))
    waiting = (await first.ask(asked.PUBLISH, department=DEPARTMENT))["publishSource"]
    await second.ask(asked.APPROVE, department=DEPARTMENT, number=waiting["number"])
    lowered = (
        manifest(FILE)
        .replace("type: IdNumber", "type: IdNumber, level: L2")
        .replace("type: PersonName", "type: PersonName, level: L2")
    )
    assert (await checked(second, lowered))["ok"]
    again = (await second.ask(asked.PUBLISH, department=DEPARTMENT))["publishSource"]
    assert again["state"] == "waiting for approval"


async def test_an_account_that_can_write_is_refused_unless_that_is_waived(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    (city.home / "sources" / DEPARTMENT / "readers.db").chmod(0o644)
    await added(clerk, FILE)
    given = {"department": DEPARTMENT, "manifest": harmless(FILE), "waive": False}
    assert await code_of(clerk, asked.CHECK, **given) == "ACCOUNT_CAN_WRITE"
    assert await code_of(clerk, asked.PUBLISH, department=DEPARTMENT) == "SOURCE_DRAFT_STATE"
    assert (await checked(clerk, waive=True))["draft"]["waived"]
    assert '"waived":"true"' in stored_log(city.home)


async def test_a_check_names_what_the_source_has_not(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    await added(clerk, FILE)
    wrong = harmless(FILE).replace("column: bzrq", "column: gone")
    found = await checked(clerk, wrong)
    assert not found["ok"]
    assert [one["path"] for one in found["problems"]] == ["resources.Reader.fields.since.column"]
    assert found["draft"]["state"] == "draft"


@pytest.mark.parametrize("client", ["clerk-housing", "system-administrator", "operator", "app-one"])
async def test_nobody_else_registers_for_the_department(city: Living, client: str) -> None:
    clerk, other = await city.control("clerk-library-1"), await city.control(client)
    await added(clerk, FILE)
    for document, variables in (
        (asked.ADD, {"source": wish(FILE)}),
        (asked.DISCOVER, {"department": DEPARTMENT}),
        (asked.CHECK, {"department": DEPARTMENT, "waive": False}),
        (asked.PUBLISH, {"department": DEPARTMENT}),
        (asked.APPROVE, {"department": DEPARTMENT, "number": 1}),
        (asked.SHOW, {"department": DEPARTMENT}),
        (asked.STATEMENTS, {"department": DEPARTMENT}),
    ):
        assert await code_of(other, document, **variables) == "ROLE_NOT_ALLOWED"
    assert stored_log(city.home).count('"event":"register-source"') >= 6


async def test_a_source_that_does_not_answer_is_not_kept(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    code = await code_of(clerk, asked.ADD, source=wish("${DEPARTMENT_FOLDER}/nothing.db"))
    assert code == "SOURCE_UNAVAILABLE"
    assert (await clerk.ask(asked.LIST))["sources"] == []


async def test_a_password_in_an_address_is_refused_without_being_repeated(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    given = wish(FILE) | {"settings": 'url: "postgresql://reader:canary-pw@127.0.0.1:5432/x"'}
    assert await code_of(clerk, asked.ADD, source=given) == "MANIFEST_REFUSED"
    assert "canary-pw" not in stored_log(city.home)


async def test_what_was_sent_to_the_source_can_be_listed_without_values(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    await added(clerk, FILE)
    await clerk.ask(asked.DISCOVER, department=DEPARTMENT)
    sent = (await clerk.ask(asked.STATEMENTS, department=DEPARTMENT))["statements"]
    assert any("t_dz" in one["statement"] for one in sent)
    assert not [cell for row in PEOPLE for cell in row if cell in str(sent)]


async def test_a_file_elsewhere_is_opened_once_its_folder_is_admitted(city: Living, tmp_path: Path) -> None:
    clerk, administrator = await city.control("clerk-library-1"), await city.control("system-administrator")
    outside = write_register(tmp_path / "outside")
    assert await code_of(clerk, asked.ADD, source=wish(str(outside))) == "MANIFEST_REFUSED"
    folder = {"department": DEPARTMENT, "folder": str(outside.parent), "close": False}
    assert await code_of(clerk, asked.FOLDER, **folder) == "ROLE_NOT_ALLOWED"
    assert (await administrator.ask(asked.FOLDER, **folder))["admitFolder"]
    assert (await added(clerk, str(outside)))["entities"] == ["t_dz"]
    assert (await administrator.ask(asked.FOLDER, **folder | {"close": True}))["admitFolder"]
    assert await code_of(clerk, asked.ADD, source=wish(str(outside))) == "MANIFEST_REFUSED"


@pytest.mark.parametrize("place", [".", "keys", "..", "/"])
async def test_the_platforms_own_home_is_never_admitted(city: Living, place: str) -> None:
    administrator = await city.control("system-administrator")
    folder = str((city.home / place).resolve())
    given = {"department": DEPARTMENT, "folder": folder, "close": False}
    assert await code_of(administrator, asked.FOLDER, **given) == "FOLDER_REFUSED"


async def test_no_manifest_goes_past_the_second_person(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    files = [{"name": "library.yaml", "text": manifest(FILE)}]
    assert await code_of(clerk, PUBLISH, f=files) == "APPROVAL_NEEDED"
    assert "Reader" not in city.platform.publisher.snapshot().catalog.resources
    alone = [{"name": "library.yaml", "text": harmless(FILE)}]
    assert (await clerk.ask(PUBLISH, f=alone))["publishManifests"]["departments"] == [DEPARTMENT]
    housing = await city.control("clerk-housing")
    lowered = HOUSING.replace("type: IdNumber", "type: IdNumber, level: L2")
    assert await code_of(housing, PUBLISH, f=[{"name": "h.yaml", "text": lowered}]) == "APPROVAL_NEEDED"
    same = await housing.ask(PUBLISH, f=[{"name": "h.yaml", "text": HOUSING}])
    assert same["publishManifests"]["departments"] == ["housing-fund"]


class Overtaken(DraftStore):
    """Drafts that somebody else withdraws just before they are moved."""

    __slots__ = ()

    async def move(self, draft: SourceDraft, state: State, **told: Any) -> bool:
        await super().move(draft, State.WITHDRAWN)
        return await super().move(draft, state, **told)


async def test_a_draft_that_is_withdrawn_during_its_check_is_not_told_as_checked(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    await added(clerk, FILE)
    await checked(clerk, harmless(FILE))
    desk = city.platform.desk
    stores = replace(desk.stores, drafts=Overtaken(desk.drafts.database, desk.drafts.clock))
    with pytest.raises(SourceDraftBusyError):
        await check(replace(desk, stores=stores), DEPARTMENT)
    newest = await desk.drafts.newest(DEPARTMENT)
    assert newest is not None
    assert newest.state is State.WITHDRAWN
