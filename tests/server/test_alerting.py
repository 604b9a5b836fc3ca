"""Alerts over real requests: the security administrator sees them and what is behind, and no person."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import pytest

from govgraph.errors import SettingsRefusedError
from server.errors import ServerRefusedError
from server.following import read_rules
from tests.server.living import Living, living, stored_log
from tests.server.small_city import CHEN, LI

pytestmark = pytest.mark.anyio
ALERTS = "{ alerts { records cursor behind } }"
BEHIND = "query ($r: String!) { alertRecords(receipt: $r) { records } }"
AFFECTED = """query ($s: RecordSearch!, $p: [String!]!) {
  affected(search: $s, persons: $p) { records digests persons } }"""
QUESTION = "query ($id: IdNumber!) { person(idNo: $id) { name } }"
CASE = {"End-User": "330702-0815", "Case-Number": "JH-2026-9"}


@pytest.fixture(scope="module")
async def watched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Living]:
    """A platform on which an end user has read two persons where one is the bound."""
    folder = tmp_path_factory.mktemp("watched")
    (folder / "alerts.yaml").write_text("{person_limit: 1, rest_days: [], night_begins: 24, night_ends: 0}")
    async with living(folder / "home", alert_rules=folder / "alerts.yaml") as started:
        for person in (CHEN, LI):
            await started.ask(QUESTION, variables={"id": person}, **CASE)
        await started.platform.index.catch_up()
        assert await started.platform.watcher.catch_up()
        yield started


async def raised(watched: Living) -> dict[str, Any]:
    found = (await (await watched.control("security-administrator")).ask(ALERTS))["alerts"]["records"]
    (alert,) = [one for one in found if one["detail"]["rule"] == "bulk-persons"]
    return dict(alert)


async def test_the_security_administrator_sees_the_alert_and_the_records_behind_it(watched: Living) -> None:
    alert = await raised(watched)
    assert alert["detail"]["end_user"] == "330702-0815"
    assert alert["detail"]["persons"] == "2"
    control = await watched.control("security-administrator")
    found = (await control.ask(BEHIND, r=alert["receipt"]))["alertRecords"]["records"]
    assert [one["client"] for one in found] == ["app-one", "app-one"]
    assert found[0]["rows"] == {"Person": 1}
    assert found[0]["grants"] == ["T-1-1"]
    for one in found:
        assert not {"case_number", "subjects_list", "operation", "document", "address"} & one.keys()


async def test_the_records_behind_an_alert_are_not_a_way_to_other_records(watched: Living) -> None:
    answer = await watched.ask(QUESTION, variables={"id": CHEN})
    receipt = answer.json()["extensions"]["govgraph"]["receipt"]
    control = await watched.control("security-administrator")
    for other in (receipt, "nothing"):
        with pytest.raises(ServerRefusedError) as refused:
            await control.ask(BEHIND, r=other)
        assert refused.value.entry["extensions"]["code"] == "RECEIPT_UNKNOWN"
    behind = (await control.ask(BEHIND, r=(await raised(watched))["receipt"]))["alertRecords"]["records"]
    assert receipt not in [one["receipt"] for one in behind]


async def test_whom_it_was_about_is_told_in_digests_and_matched_against_given_numbers(
    watched: Living,
) -> None:
    control = await watched.control("audit-administrator")
    asked = {"client": "app-one", "endUser": "330702-0815"}
    found = (await control.ask(AFFECTED, s=asked, p=[LI, "330799201809011044", CHEN]))["affected"]
    assert (found["records"], len(found["digests"])) == (2, 2)
    assert found["persons"] == [LI, CHEN]
    assert CHEN not in stored_log(watched.home)
    with pytest.raises(ServerRefusedError) as refused:
        await control.ask(AFFECTED, s=asked, p=["12"])
    assert refused.value.entry["extensions"]["code"] == "SEARCH_REFUSED"


SEATS = (
    "app-one",
    "clerk-housing",
    "reviewer-big-data",
    "security-administrator",
    "audit-administrator",
    "system-administrator",
    "operator",
    "",
)


@pytest.mark.parametrize("seat", SEATS)
@pytest.mark.parametrize(
    ("document", "holder"),
    [
        ("{ alerts { behind } }", "security-administrator"),
        ('{ alertRecords(receipt: "x") { behind } }', "security-administrator"),
        ('{ affected(search: {client: "x"}, persons: []) { records } }', "audit-administrator"),
        ('mutation { suspendGrant(id: "none") }', "security-administrator"),
        ('mutation { resumeGrant(id: "none") }', "security-administrator"),
    ],
)
async def test_each_question_about_alerts_has_one_seat(
    watched: Living, seat: str, document: str, holder: str
) -> None:
    control = await watched.control(seat)
    try:
        await control.ask(document)
        code = ""
    except ServerRefusedError as refused:
        code = refused.entry["extensions"]["code"]
    assert (code == "ROLE_NOT_ALLOWED") is (seat != holder)


async def test_reading_alerts_is_recorded(watched: Living) -> None:
    await raised(watched)
    assert '"event":"alert.read"' in stored_log(watched.home)


@pytest.mark.parametrize("text", ["window: 0", "unknown: 1", "[", "person_limit: many"])
def test_rules_that_break_a_bound_stop_the_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.yaml").write_text(text)
    with pytest.raises(SettingsRefusedError):
        read_rules(tmp_path / "rules.yaml")
    with pytest.raises(SettingsRefusedError):
        read_rules(tmp_path / "missing.yaml")


async def test_an_alert_stands_in_the_inbox_of_the_security_administrator_alone(tmp_path: Path) -> None:
    (tmp_path / "alerts.yaml").write_text("{denial_limit: 1}")
    given = {"alert_rules": tmp_path / "alerts.yaml", "audit_pause": 0.01}
    async with living(tmp_path / "home", **given) as started:
        for _ in range(2):
            await started.ask(f'{{ person(idNo: "{CHEN}") {{ phone }} }}')
        security = await started.control("security-administrator")
        told: list[dict[str, Any]] = []
        with anyio.fail_after(30):
            while not told:
                told = (await security.ask("{ inbox { kind subject text } }"))["inbox"]
        assert (told[0]["kind"], told[0]["subject"]) == ("alert", "app-one")
        assert "denials" in told[0]["text"]
        for other in ("app-one", "clerk-housing", "audit-administrator"):
            assert (await (await started.control(other)).ask("{ inbox { kind } }"))["inbox"] == []
