"""Before a draft is published its clerk sees what it shows and what it changes; afterwards, the way back."""

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.cli.connection import Connection
from server.cli.source import drafts as asked
from server.cli.source import looks as source_looks
from server.cli.source import turns as source_turns
from tests.server.living import Living, stored_log
from tests.server.registering import (
    CREATE,
    DEPARTMENT,
    FILE,
    GRANT,
    PEOPLE,
    added,
    checked,
    harmless,
    library,
    manifest,
)
from tests.server.test_control import PUT, code_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Living]:
    """A platform with two clerks of a department that has added its source."""
    async with library(tmp_path) as platform:
        await added(await platform.control("clerk-library-1"), FILE)
        yield platform


async def seen(control: Connection) -> dict[str, dict[str, Any]]:
    """Return what each kind of caller sees."""
    found = await control.ask(source_looks.PREVIEW, department=DEPARTMENT)
    return {one["caller"]: one for one in found["previewSource"]}


async def published(control: Connection, text: str) -> int:
    """Check and publish a manifest that one person may publish; return the version."""
    await checked(control, text)
    done = (await control.ask(asked.PUBLISH, department=DEPARTMENT))["publishSource"]
    assert done["state"] == "published"
    return int(done["version"])


async def test_a_citizen_is_told_that_a_clerk_looked_at_their_row_in_a_preview(city: Living) -> None:
    person = {"id": "reader", "title": "市民", "role": "citizen", "subject": PEOPLE[0][0]}
    made = await (await city.control()).ask(CREATE, c=person)
    city.secrets["reader"] = made["createClient"]["clientSecret"]
    clerk = await city.control("clerk-library-1")
    await checked(clerk, manifest(FILE))
    await seen(clerk)
    told = await (await city.control("reader")).ask("{ ownReadings { readings { client purpose } } }")
    assert {"client": "clerk-library-1", "purpose": "PREVIEW"} in told["ownReadings"]["readings"]


async def test_a_preview_shows_rows_through_masks_and_never_past_them(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    await checked(clerk, manifest(FILE))
    found = await seen(clerk)
    first = found["default"]["rows"][0]
    assert first == {"cardNo": "L-0001", "idNo": "3****************3", "name": "陈**", "since": "2021-03-04"}
    assert found["default"]["masks"] == {"idNo": "ID2", "name": "NM"}
    assert found["strictest"]["rows"][0]["name"] == "***"
    hidden = [cell for row in PEOPLE for cell in (row[0], row[1])]
    assert not [cell for cell in hidden if cell in str(found)]


async def test_a_preview_is_recorded_as_an_access_with_its_subjects(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    await checked(clerk, manifest(FILE))
    await seen(clerk)
    told = stored_log(city.home)
    assert '"purpose":"PREVIEW"' in told
    assert '"masked":{"Reader.idNo":"ID2","Reader.name":"NM"}' in told
    assert '"rows":{"Reader":2}' in told
    assert '"subject_total":2' in told


async def test_a_grant_that_shows_a_masked_field_clear_is_covered_in_a_preview(city: Living) -> None:
    first, second = await city.control("clerk-library-1"), await city.control("clerk-library-2")
    open_name = manifest(FILE).replace("type: PersonName}", "type: PersonName, alternatives: [CLEAR]}")
    await checked(first, open_name)
    waiting = (await first.ask(asked.PUBLISH, department=DEPARTMENT))["publishSource"]
    await second.ask(asked.APPROVE, department=DEPARTMENT, number=waiting["number"])
    clear = GRANT.replace("since: [read]", "name: {rights: [read], mask: none}")
    await first.ask(PUT, f=[{"name": "grants.yaml", "text": clear}])
    found = await seen(first)
    assert found["app-one/CHECK-ONE"]["rows"][0] == {"cardNo": "L-0001", "name": "***"}
    assert PEOPLE[0][1] not in str(found)


@pytest.mark.parametrize("client", ["system-administrator", "security-administrator", "clerk-housing", ""])
async def test_samples_are_shown_to_clerk_and_reviewer_alone(city: Living, client: str) -> None:
    other = await city.control(client)
    assert await code_of(other, source_looks.PREVIEW, department=DEPARTMENT) == "ROLE_NOT_ALLOWED"
    assert '"event":"preview-source"' in stored_log(city.home)


async def test_a_diff_names_what_breaks_and_whom_it_touches(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    await published(clerk, harmless(FILE))
    await clerk.ask(PUT, f=[{"name": "grants.yaml", "text": GRANT}])
    security = await city.control("security-administrator")
    text = '{ reader(cardNo: "L-0001") { since } }'
    register = "mutation ($o: OperationDraft!) { registerOperation(operation: $o) { digest } }"
    made = (await security.ask(register, o={"text": text, "client": "app-one"}))["registerOperation"]
    lost = "\n".join(line for line in harmless(FILE).splitlines() if " since:" not in line)
    await checked(clerk, lost + "\n      opened: {column: bzrq, title: 开户日期, type: Date, level: L2}\n")
    found = (await clerk.ask(source_looks.DIFF, department=DEPARTMENT))["sourceDiff"]
    assert [(one["weight"], one["coordinate"]) for one in found] == [
        ("breaking", "Reader.since"),
        ("safe", "Reader.opened"),
    ]
    assert (found[0]["grants"], found[0]["operations"]) == (["R-1"], [made["digest"]])


async def test_rolling_back_is_one_command_and_shows_what_was_shown_before(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    before = await published(clerk, harmless(FILE))
    await clerk.ask(PUT, f=[{"name": "grants.yaml", "text": GRANT}])
    question = '{ reader(cardNo: "L-0001") { cardNo since } }'
    shown = (await city.ask(question)).json()["data"]
    assert shown == {"reader": {"cardNo": "L-0001", "since": "2021-03-04"}}
    lost = "\n".join(line for line in harmless(FILE).splitlines() if " since:" not in line)
    await published(clerk, lost)
    assert (await city.ask(question)).json()["errors"][0]["extensions"]["code"] == "FIELD_NOT_AVAILABLE"
    done = (await clerk.ask(source_turns.ROLLBACK, department=DEPARTMENT))["rollBackSource"]
    assert done["shown"] == before
    assert (await city.ask(question)).json()["data"] == shown
    assert '"event":"source.rollback"' in stored_log(city.home)


async def test_there_is_no_way_back_before_the_first_version(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    assert await code_of(clerk, source_turns.ROLLBACK, department=DEPARTMENT) == "DEPARTMENT_NOT_PUBLISHED"
    await published(clerk, harmless(FILE))
    assert await code_of(clerk, source_turns.ROLLBACK, department=DEPARTMENT) == "VERSION_UNKNOWN"
    others = await city.platform.catalog.versions("public-security")
    code = await code_of(clerk, source_turns.ROLLBACK, department=DEPARTMENT, to=others[0].version)
    assert code == "VERSION_UNKNOWN"


async def test_what_is_withdrawn_is_gone_and_can_come_back(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    await published(clerk, harmless(FILE))
    await clerk.ask(PUT, f=[{"name": "grants.yaml", "text": GRANT}])
    await clerk.ask(source_turns.WITHDRAW, department=DEPARTMENT)
    catalog = city.platform.publisher.snapshot().catalog
    assert "Reader" not in catalog.resources
    assert DEPARTMENT not in catalog.sources
    assert (await city.platform.catalog.current()) == catalog
    refused = (await city.ask('{ reader(cardNo: "L-0001") { since } }')).json()
    assert refused["errors"][0]["extensions"]["code"] == "FIELD_NOT_AVAILABLE"
    assert await code_of(clerk, source_turns.WITHDRAW, department=DEPARTMENT) == "DEPARTMENT_NOT_PUBLISHED"
    await clerk.ask(source_turns.ROLLBACK, department=DEPARTMENT)
    assert "Reader" in city.platform.publisher.snapshot().catalog.resources


async def test_a_waiting_draft_is_taken_back_and_cannot_be_approved(city: Living) -> None:
    first, second = await city.control("clerk-library-1"), await city.control("clerk-library-2")
    await checked(first, manifest(FILE))
    waiting = (await first.ask(asked.PUBLISH, department=DEPARTMENT))["publishSource"]
    done = (await first.ask(source_turns.WITHDRAW, department=DEPARTMENT))["withdrawSource"]
    assert done["draft"]["state"] == "withdrawn"
    number = {"department": DEPARTMENT, "number": waiting["number"]}
    assert await code_of(second, asked.APPROVE, **number) == "SOURCE_DRAFT_STATE"


def piece(name: str, offset: int, content: bytes, *, last: bool) -> dict[str, Any]:
    return {
        "name": name,
        "upload": "0123456789abcdef",
        "offset": offset,
        "content": b64encode(content).decode(),
        "last": last,
    }


async def test_a_file_is_delivered_whole_or_not_at_all(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    folder = city.home / "sources" / DEPARTMENT
    given = {"department": DEPARTMENT, "piece": piece("books.csv", 0, b"no,title\n", last=False)}
    await clerk.ask(source_turns.UPLOAD, **given)
    assert not (folder / "books.csv").exists()
    given["piece"] = piece("books.csv", 9, b"1,x\n", last=True)
    assert (await clerk.ask(source_turns.UPLOAD, **given))["uploadSource"] == 13
    assert (folder / "books.csv").read_bytes() == b"no,title\n1,x\n"
    assert not list(folder.glob(".books*"))


@pytest.mark.parametrize("name", ["../x.csv", ".x.csv", "x.sh", "a/b.csv", "x.csv\n", ""])
async def test_a_delivered_file_stays_in_its_folder(city: Living, name: str) -> None:
    clerk = await city.control("clerk-library-1")
    given = {"department": DEPARTMENT, "piece": piece(name, 0, b"x", last=True)}
    assert await code_of(clerk, source_turns.UPLOAD, **given) == "UPLOAD_REFUSED"


async def test_a_piece_that_does_not_follow_is_refused(city: Living) -> None:
    clerk = await city.control("clerk-library-1")
    given = {"department": DEPARTMENT, "piece": piece("books.csv", 7, b"x", last=True)}
    assert await code_of(clerk, source_turns.UPLOAD, **given) == "UPLOAD_REFUSED"
    assert not (city.home / "sources" / DEPARTMENT / "books.csv").exists()
