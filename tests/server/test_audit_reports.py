"""Reports from the log over real requests: counts equal what was asked, a case is told in order."""

from typing import Any

import pytest

from server.errors import ServerRefusedError
from tests.server.living import Living
from tests.server.small_city import CHEN

pytestmark = pytest.mark.anyio
COUNTS = """query ($by: CountedBy!, $u: String = "") {
  counts(by: $by, until: $u) { name calls denials rows persons proofs } }"""
TRACE = "query ($c: String!) { trace(caseNumber: $c) { records more behind } }"
QUESTION = f'{{ person(idNo: "{CHEN}") {{ name housingFund {{ state }} }} }}'
VERIFY = f'{{ personVerify(idNo: "{CHEN}", name: "陈志远") {{ match }} }}'
REFUSED = f'{{ person(idNo: "{CHEN}") {{ phone }} }}'


async def counts(platform: Living, by: str) -> dict[str, dict[str, Any]]:
    control = await platform.control("audit-administrator")
    found = (await control.ask(COUNTS, by=by))["counts"]
    return {row["name"]: row for row in found}


def grown(before: dict[str, Any] | None, after: dict[str, Any]) -> dict[str, int]:
    """Return by how much each count of a row grew."""
    return {key: value - (before or {}).get(key, 0) for key, value in after.items() if key != "name"}


async def test_counts_grow_by_what_was_asked(platform: Living) -> None:
    names = {
        "CLIENT": "app-one",
        "DEPARTMENT": "housing-fund",
        "RESOURCE": "Person",
        "PAIR": "app-one housing-fund",
    }
    before = {by: await counts(platform, by) for by in names}
    for question in (QUESTION, QUESTION, VERIFY, REFUSED):
        await platform.ask(question)
    change = {
        by: grown(before[by].get(name), (await counts(platform, by))[name]) for by, name in names.items()
    }
    assert change["CLIENT"] == {"calls": 4, "denials": 1, "rows": 5, "persons": 3, "proofs": 1}
    assert change["DEPARTMENT"] == {"calls": 2, "denials": 0, "rows": 2, "persons": 2, "proofs": 0}
    assert change["RESOURCE"]["denials"] == 1
    assert change["RESOURCE"]["rows"] == 3
    assert change["PAIR"]["calls"] == 2


async def test_a_day_before_the_first_record_counts_nothing(platform: Living) -> None:
    control = await platform.control("audit-administrator")
    assert (await control.ask(COUNTS, by="DAY", u="2020-01-01"))["counts"] == []
    with pytest.raises(ServerRefusedError) as refused:
        await control.ask(COUNTS, by="DAY", u="yesterday")
    assert refused.value.entry["extensions"]["code"] == "SEARCH_REFUSED"


async def test_a_case_is_told_in_order_across_clients_and_purposes(platform: Living) -> None:
    case = {"Case-Number": "JH-2026-4711"}
    await platform.ask(QUESTION, **case)
    await platform.ask(QUESTION, "app-two-purposes", Purpose="CHECK-TWO", **case)
    await platform.ask(REFUSED, **case)
    await platform.ask(QUESTION)
    control = await platform.control("audit-administrator")
    found = (await control.ask(TRACE, c="JH-2026-4711"))["trace"]
    said = [(one["client"], one["purpose"], one["outcome"]) for one in found["records"]]
    assert said == [
        ("app-one", "CHECK-ONE", "answered"),
        ("app-two-purposes", "CHECK-TWO", "answered"),
        ("app-one", "CHECK-ONE", "refused"),
    ]
    assert [one["index"] for one in found["records"]] == sorted(one["index"] for one in found["records"])
    assert not found["more"]


@pytest.mark.parametrize("client", ["app-one", "clerk-housing", "security-administrator", "operator", ""])
@pytest.mark.parametrize(
    "document", ["{ counts(by: DAY) { calls } }", '{ trace(caseNumber: "JH-2026-1") { more } }']
)
async def test_nobody_but_the_audit_administrator_has_reports(
    platform: Living, client: str, document: str
) -> None:
    with pytest.raises(ServerRefusedError) as refused:
        await (await platform.control(client)).ask(document)
    assert refused.value.entry["extensions"]["code"] == "ROLE_NOT_ALLOWED"


async def test_asking_for_a_report_is_recorded(platform: Living) -> None:
    control = await platform.control("audit-administrator")
    await counts(platform, "PURPOSE")
    await control.ask(TRACE, c="JH-2026-1")
    search = "query ($e: String!) { records(search: {event: $e}, first: 1) { records } }"
    for event, part in (("audit.counts", "by"), ("audit.trace", "case_number")):
        found = (await control.ask(search, e=event))["records"]["records"]
        assert part in found[0]["detail"]
