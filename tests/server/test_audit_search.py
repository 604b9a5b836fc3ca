"""Searching the log: each seat finds what it may, nothing else, and every search is itself recorded."""

from pathlib import Path
from typing import Any

import pytest

from server.errors import ServerRefusedError
from tests.server.living import Living, living, stored_log
from tests.server.small_city import CHEN, LI

pytestmark = pytest.mark.anyio
RECORDS = """query ($s: RecordSearch!, $n: Int = 50, $a: String = "") {
  page: records(search: $s, first: $n, after: $a) { records cursor behind } }"""
OWN = """query ($s: OwnRecordSearch!, $n: Int = 50, $a: String = "") {
  page: departmentRecords(search: $s, first: $n, after: $a) { records cursor behind } }"""
PERSON = f'{{ person(idNo: "{CHEN}") {{ name housingFund {{ state }} }} }}'


async def search(platform: Living, seat: str = "audit-administrator", /, **parts: Any) -> dict[str, Any]:
    control = await platform.control(seat)
    page: dict[str, Any] = (await control.ask(RECORDS, s=parts))["page"]
    return page


async def own(platform: Living, seat: str = "clerk-housing", /, **parts: Any) -> dict[str, Any]:
    control = await platform.control(seat)
    page: dict[str, Any] = (await control.ask(OWN, s=parts))["page"]
    return page


def stored_index(home: Path) -> bytes:
    """Return everything the index's files hold."""
    return b"".join(path.read_bytes() for path in home.glob("audit-index.db*"))


async def newest(platform: Living) -> dict[str, Any]:
    """Return the newest record as the audit administrator finds it, without searching."""
    import orjson  # noqa: PLC0415

    log = platform.platform.log
    return dict(orjson.loads((await log.entries(log.size - 1, 1))[0]))


async def receipt_of(platform: Living, **headers: str) -> str:
    answer = await platform.ask(PERSON, **headers)
    return str(answer.json()["extensions"]["govgraph"]["receipt"])


@pytest.mark.parametrize(
    "parts",
    [
        {"client": "app-one"},
        {"endUser": "330702-0815"},
        {"caseNumber": "JH-2026-77"},
        {"purpose": "CHECK-ONE"},
        {"grant": "T-1-2"},
        {"source": "housing-fund"},
        {"resource": "HousingFund"},
        {"field": "Person.name"},
        {"decision": "answered"},
        {"level": "L3"},
        {"kind": "access"},
        {"text": "housing APP-ONE"},
        {"text": "JH-2026-77"},
        {"person": CHEN},
        {"person": f" {CHEN.lower()} "},
        {"since": "2020-01-01T00:00:00Z", "until": "2120-01-01T00:00:00+08:00"},
        {},
    ],
)
async def test_a_record_is_found_by_everything_it_names(platform: Living, parts: dict[str, str]) -> None:
    receipt = await receipt_of(platform, **{"Case-Number": "JH-2026-77", "End-User": "330702-0815"})
    page = await search(platform, **parts)
    assert receipt in [found["receipt"] for found in page["records"]]
    assert page["behind"] == 0
    alone = await search(platform, receipt=receipt, **parts)
    assert [found["receipt"] for found in alone["records"]] == [receipt]


@pytest.mark.parametrize(
    "parts",
    [
        {"client": "app-two-purposes"},
        {"caseNumber": "JH-2026-78"},
        {"person": LI},
        {"text": "marriage"},
        {"until": "2020-01-01T00:00:00Z"},
        {"client": "app-one' or 1=1 --"},
    ],
)
async def test_a_record_is_not_found_by_what_it_does_not_name(
    platform: Living, parts: dict[str, str]
) -> None:
    receipt = await receipt_of(platform, **{"Case-Number": "JH-2026-77"})
    assert not (await search(platform, receipt=receipt, **parts))["records"]


async def test_a_search_for_a_person_leaves_no_number_behind_only_that_there_was_one(
    platform: Living,
) -> None:
    await receipt_of(platform)
    assert (await search(platform, person=CHEN, client="app-one"))["records"]
    record = await newest(platform)
    assert (record["event"], record["client"]) == ("audit.search", "audit-administrator")
    assert record["detail"]["person"] == "given"
    assert int(record["detail"]["records"]) > 0
    index = stored_index(platform.home)
    assert CHEN not in stored_log(platform.home)
    assert CHEN.encode() not in index


@pytest.mark.parametrize("part", ["client", "text", "caseNumber", "field"])
async def test_a_number_in_the_place_of_a_name_is_refused_and_repeated_nowhere(
    platform: Living, part: str
) -> None:
    with pytest.raises(ServerRefusedError) as refused:
        await search(platform, **{part: f"x{CHEN}"})
    assert refused.value.entry["extensions"]["code"] == "SEARCH_REFUSED"
    assert CHEN not in str(refused.value.entry)
    assert CHEN not in stored_log(platform.home)


@pytest.mark.parametrize("person", ["123", "330799199003071014x", "陈志远"])
async def test_what_is_no_identity_number_is_refused(platform: Living, person: str) -> None:
    with pytest.raises(ServerRefusedError) as refused:
        await search(platform, person=person)
    assert refused.value.entry["extensions"]["code"] == "SEARCH_REFUSED"
    assert person not in str(refused.value.entry)


SEATS = (
    "app-one",
    "clerk-housing",
    "reviewer-big-data",
    "security-administrator",
    "system-administrator",
    "operator",
    "audit-administrator",
    "",
)


@pytest.mark.parametrize("client", SEATS)
@pytest.mark.parametrize(
    ("document", "holder", "duty"),
    [
        ("{ records(search: {}) { behind } }", "audit-administrator", "read-audit"),
        ("{ departmentRecords(search: {}) { behind } }", "clerk-housing", "read-department-audit"),
        ("mutation { reindexAudit }", "audit-administrator", "read-audit"),
    ],
)
async def test_each_question_has_one_seat_and_a_refused_attempt_is_recorded(
    platform: Living, client: str, document: str, holder: str, duty: str
) -> None:
    control = await platform.control(client)
    if client == holder:
        assert await control.ask(document)
        return
    with pytest.raises(ServerRefusedError) as refused:
        await control.ask(document)
    assert refused.value.entry["extensions"]["code"] == "ROLE_NOT_ALLOWED"
    record = await newest(platform)
    assert (record["event"], record["outcome"]) == (duty, "refused")
    assert record["client"] == (client or "(machine administrator)")


async def test_a_department_sees_each_access_to_its_fields_and_nothing_of_anyone_elses(
    platform: Living,
) -> None:
    receipt = await receipt_of(platform)
    alone = await platform.ask(f'{{ person(idNo: "{CHEN}") {{ name }} }}')
    page = await own(platform)
    found = {record["receipt"]: record for record in page["records"]}
    assert alone.json()["extensions"]["govgraph"]["receipt"] not in found
    record = found[receipt]
    assert record["coordinates"]["returned"] == ["HousingFund.state"]
    assert record["rows"] == {"HousingFund": 1}
    assert record["client"] == "app-one"
    assert not {"sources", "grants", "level", "document", "operation", "address", "policy"} & record.keys()
    assert "Person" not in str(record)
    assert (await newest(platform))["event"] == "audit.department"


@pytest.mark.parametrize("parts", [{"resource": "Person"}, {"field": "Person.name"}])
async def test_a_department_cannot_ask_about_the_fields_of_another(
    platform: Living, parts: dict[str, str]
) -> None:
    await receipt_of(platform)
    assert (await own(platform, **parts))["records"] == []
    assert (await own(platform, field="HousingFund.state"))["records"]


async def test_pages_go_on_where_the_last_one_ended_and_belong_to_one_search(platform: Living) -> None:
    for _ in range(5):
        await receipt_of(platform)
    control = await platform.control("audit-administrator")
    whole = (await control.ask(RECORDS, s={"client": "app-one"}))["page"]["records"]
    first = (await control.ask(RECORDS, s={"client": "app-one"}, n=2))["page"]
    second = (await control.ask(RECORDS, s={"client": "app-one"}, n=2, a=first["cursor"]))["page"]
    both = [record["index"] for record in (*first["records"], *second["records"])]
    assert both == [record["index"] for record in whole[:4]]
    for other in ({"client": "app-two-purposes"}, {}):
        with pytest.raises(ServerRefusedError) as refused:
            await control.ask(RECORDS, s=other, n=2, a=first["cursor"])
        assert refused.value.entry["extensions"]["code"] == "CURSOR_NOT_VALID"


async def test_the_index_made_anew_finds_the_same(platform: Living) -> None:
    receipt = await receipt_of(platform)
    before = (await search(platform, person=CHEN))["records"]
    control = await platform.control("audit-administrator")
    assert (await control.ask("mutation { reindexAudit }"))["reindexAudit"] >= len(before)
    after = (await search(platform, person=CHEN))["records"]
    assert after == before
    assert receipt in [record["receipt"] for record in after]


async def test_the_index_is_made_by_itself_while_nobody_searches(tmp_path: Path) -> None:
    async with living(tmp_path / "home", audit_pause=0.01) as started:
        await receipt_of(started)
        index, log = started.platform.index, started.platform.log
        while await index.catch_up(0) > 0 and await index.store.size() < log.size:
            await started.http.get("/health/live")
        assert await index.store.size() == log.size
