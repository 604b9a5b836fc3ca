"""Who looked at my data: a citizen sees each reading about them, no value, nobody else, nothing kept back."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.errors import ServerRefusedError
from tests.server.living import Living, living, stored_log
from tests.server.small_city import CHEN, LI, NAME, grants

pytestmark = pytest.mark.anyio
OWN = """query ($n: Int = 20, $a: String = "") { ownReadings(first: $n, after: $a) { cursor readings {
  time client department own purpose agreement legalBasis fields { coordinate title } receipt } } }"""
QUESTION = "query ($id: IdNumber!) { person(idNo: $id) { name housingFund { state } } }"
BOTH = f'{{ persons(where: {{idNo: {{in: ["{CHEN}", "{LI}"]}}}}) {{ nodes {{ name }} }} }}'
PUT = "mutation ($f: [FileText!]!) { putGrants(files: $f) { id } }"


@pytest.fixture(scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Living]:
    """A small city with two citizens who may ask."""
    async with living(tmp_path_factory.mktemp("city") / "home") as started:
        control = await started.control()
        for name, subject in (("citizen-chen", CHEN), ("citizen-li", LI)):
            draft = {"id": name, "title": name, "role": "citizen", "subject": subject}
            made = await control.ask(
                "mutation ($c: ClientDraft!) { createClient(client: $c) { clientSecret } }", c=draft
            )
            started.secrets[name] = made["createClient"]["clientSecret"]
        yield started


async def readings(city: Living, citizen: str = "citizen-chen") -> list[dict[str, Any]]:
    found = await (await city.control(citizen)).ask(OWN)
    return list(found["ownReadings"]["readings"])


async def asked(city: Living, client: str = "app-one", person: str = CHEN, **headers: str) -> str:
    answer = await city.ask(QUESTION, client, {"id": person}, **headers)
    return str(answer.json()["extensions"]["govgraph"]["receipt"])


async def test_a_citizen_sees_who_read_what_for_and_which_fields_and_never_a_value(city: Living) -> None:
    receipt = await asked(city, **{"End-User": "330702-0815", "Case-Number": "JH-2026-1"})
    reading = (await readings(city))[0]
    assert reading["receipt"] == receipt
    assert (reading["client"], reading["purpose"], reading["own"]) == ("app-one", "CHECK-ONE", False)
    assert (reading["agreement"], reading["legalBasis"]) == (["测试"], ["测试"])
    told = {field["coordinate"]: field["title"] for field in reading["fields"]}
    assert told["HousingFund.state"] == "状态"
    assert told["Person.name"] == "姓名"
    for hidden in (NAME, CHEN, LI, "330702-0815", "JH-2026-1"):
        assert hidden not in str(reading)


async def test_a_citizen_sees_nothing_of_readings_about_others_only(city: Living) -> None:
    receipt = await asked(city, person=LI)
    assert receipt not in [one["receipt"] for one in await readings(city)]
    assert receipt in [one["receipt"] for one in await readings(city, "citizen-li")]


async def test_a_look_up_that_was_refused_showed_nothing_and_is_not_told(city: Living) -> None:
    before = len(await readings(city))
    await city.ask(f'{{ person(idNo: "{CHEN}") {{ phone }} }}')
    assert len(await readings(city)) == before


@pytest.mark.parametrize(
    ("disclosure", "number"), [("{deferred: 2090-01-01}", 71), ("{sealed: 《中华人民共和国刑事诉讼法》}", 72)]
)
async def test_readings_that_are_kept_back_leave_no_trace_until_two_persons_release_them(
    city: Living, disclosure: str, number: int
) -> None:
    client = "app-without-grant"
    text = grants(client, f"CHECK-{'ONE' if number == 71 else 'TWO'}", number)
    kept = text.replace("agreement:", f"disclosure: {disclosure}\nagreement:")
    machine = await city.control()
    await machine.ask(PUT, f=[{"name": "kept.yaml", "text": kept}])
    before = await readings(city)
    purpose = "CHECK-ONE" if number == 71 else "CHECK-TWO"
    receipt = await asked(city, client, Purpose=purpose)
    assert await readings(city) == before
    with pytest.raises(ServerRefusedError) as refused:
        await machine.ask(PUT, f=[{"name": "open.yaml", "text": text}])
    assert refused.value.entry["extensions"]["code"] == "GRANT_SEALED"
    auditor = await city.control("audit-administrator")
    security = await city.control("security-administrator")
    for item in (1, 2):
        grant = f"T-{number}-{item}"
        wanted = (await auditor.ask(f'mutation {{ releaseReadings(grant: "{grant}") }}'))["releaseReadings"]
        with pytest.raises(ServerRefusedError):
            await auditor.ask(f'mutation {{ approveRelease(number: "{wanted}") }}')
        assert await readings(city) == before
        await security.ask(f'mutation {{ approveRelease(number: "{wanted}") }}')
    assert [one["receipt"] for one in await readings(city)] == [receipt, *(one["receipt"] for one in before)]


@pytest.mark.parametrize("grant", ["T-1-1", "T-9-9"])
async def test_nothing_is_proposed_for_a_grant_that_keeps_no_reading_back(city: Living, grant: str) -> None:
    auditor = await city.control("audit-administrator")
    with pytest.raises(ServerRefusedError) as refused:
        await auditor.ask(f'mutation {{ releaseReadings(grant: "{grant}") }}')
    assert refused.value.entry["extensions"]["code"] == "GRANT_UNKNOWN"


async def test_pages_of_readings_go_on_where_the_last_one_ended(city: Living) -> None:
    for _ in range(3):
        await asked(city)
    control = await city.control("citizen-chen")
    whole = await readings(city)
    first = (await control.ask(OWN, n=2))["ownReadings"]
    second = (await control.ask(OWN, n=1, a=first["cursor"]))["ownReadings"]
    assert [*first["readings"], *second["readings"]] == whole[:3]
    with pytest.raises(ServerRefusedError) as refused:
        await (await city.control("citizen-li")).ask(OWN, a=first["cursor"])
    assert refused.value.entry["extensions"]["code"] == "CURSOR_NOT_VALID"


@pytest.mark.parametrize(
    "seat", ["app-one", "clerk-housing", "security-administrator", "audit-administrator", "operator", ""]
)
async def test_nobody_but_a_citizen_asks_for_their_own_readings(city: Living, seat: str) -> None:
    with pytest.raises(ServerRefusedError) as refused:
        await (await city.control(seat)).ask(OWN)
    assert refused.value.entry["extensions"]["code"] == "ROLE_NOT_ALLOWED"


async def test_looking_is_recorded_without_the_number(city: Living) -> None:
    await readings(city)
    assert '"event":"audit.own"' in stored_log(city.home)
    assert CHEN not in stored_log(city.home)
