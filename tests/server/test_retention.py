"""Holds, pruning and erased lists by the control graph: who may, what is recorded, what is left."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from audit.errors import RetentionTooShortError
from audit.log import Log
from audit.pruning import Plan, lists_of, plan_pruning
from audit.record import AccessRecord, Outcome, SubjectList
from audit.verify import verify
from govgraph.clock import system_clock
from govgraph.settings import Settings
from server.app import build
from server.cli.connection import Connection
from server.control import retention
from tests.server.living import Living, living, stored_log
from tests.server.small_city import CHEN
from tests.server.test_control import code_of

pytestmark = pytest.mark.anyio
CREATE = "mutation ($c: ClientDraft!) { createClient(client: $c) { clientSecret } }"
HOLD = "mutation ($h: HoldDraft!) { holdRecords(hold: $h) }"
LIFT = "mutation ($n: String!) { liftHold(name: $n) }"
APPROVE_LIFT = "mutation ($n: String!) { approveLift(number: $n) }"
HOLDS = "{ holds { name reason caseNumber } }"
PRUNE = "mutation ($d: Boolean!) { pruneLog(dryRun: $d) { records empty done kept { reason tiles } } }"
ERASE = "mutation ($r: String!) { eraseSubjects(receipt: $r) }"
APPROVE = "mutation ($n: String!) { approveErasure(number: $n) }"
COURT = {"name": "court-7", "reason": "order 7", "caseNumber": "case-7"}


@pytest.fixture
async def city(tmp_path: Path) -> AsyncIterator[Living]:
    """A platform of its own whose log begins with old records."""
    (tmp_path / "home").mkdir()
    async with living(tmp_path / "home") as started:
        for number in range(600):
            case = "case-7" if number == 300 else ""
            old = AccessRecord(
                f"old-{number}", "2020-01-01T00:00:00.000000Z", "q", Outcome.ANSWERED, case_number=case
            )
            await started.platform.log.append(old, SubjectList((CHEN,)))
        yield started


async def deputy(city: Living) -> Connection:
    """Return a second audit administrator, made where there is none yet."""
    if "deputy-auditor" not in city.secrets:
        draft = {"id": "deputy-auditor", "title": "deputy", "role": "audit-administrator"}
        made = await (await city.control()).ask(CREATE, c=draft)
        city.secrets["deputy-auditor"] = made["createClient"]["clientSecret"]
    return await city.control("deputy-auditor")


async def lifted(city: Living, name: str) -> None:
    """Have two audit administrators lift a hold."""
    number = (await (await city.control("audit-administrator")).ask(LIFT, n=name))["liftHold"]
    assert (await (await deputy(city)).ask(APPROVE_LIFT, n=number))["approveLift"]


async def recorded(city: Living, event: str) -> list[dict[str, Any]]:
    """Return the records of an event, without intents."""
    log = city.platform.log
    leaves = [orjson.loads(row.leaf) for row in await log.range(0, log.size)]
    return [leaf for leaf in leaves if leaf.get("event") == event and leaf["phase"] == "outcome"]


async def test_records_whose_time_is_over_are_emptied_but_for_those_on_hold(city: Living) -> None:
    auditor = await city.control("audit-administrator")
    assert (await auditor.ask(HOLD, h=COURT))["holdRecords"]
    assert (await auditor.ask(HOLDS))["holds"] == [
        {"name": "court-7", "reason": "order 7", "caseNumber": "case-7"}
    ]
    told = (await auditor.ask(PRUNE, d=True))["pruneLog"]
    assert not told["done"]
    assert {kept["reason"] for kept in told["kept"]} >= {"hold"}
    await lifted(city, "court-7")
    assert await code_of(auditor, LIFT, n="court-7") == "HOLD_UNKNOWN"
    done = (await auditor.ask(PRUNE, d=False))["pruneLog"]
    assert done["done"]
    assert done["records"] > told["records"]
    assert await city.platform.log.find("old-300") is None
    assert verify(city.home / "audit", (city.home / "audit.vkey").read_text()).ok
    search = "{ records(search: {}, first: 500) { records } }"
    assert (await auditor.ask(search))["records"]["records"]
    written = b"".join(await city.platform.log.entries(600, city.platform.log.size - 600))
    assert b'"event":"retention.prune"' in written
    assert b'"personal":"1096"' in written


async def test_two_seats_erase_a_list_of_persons(city: Living) -> None:
    auditor, security = (
        await city.control("audit-administrator"),
        await city.control("security-administrator"),
    )
    number = (await auditor.ask(ERASE, r="old-599"))["eraseSubjects"]
    assert await code_of(auditor, APPROVE, n=number) == "ROLE_NOT_ALLOWED"
    assert (await city.platform.log.rows("old-599"))[0].sealed is not None
    assert (await security.ask(APPROVE, n=number))["approveErasure"] == 1
    assert (await city.platform.log.rows("old-599"))[0].sealed is None
    assert await code_of(security, APPROVE, n=number) == "PROPOSAL_UNKNOWN"
    assert await code_of(auditor, ERASE, r="old-599") == "RECEIPT_UNKNOWN"
    assert verify(city.home / "audit", (city.home / "audit.vkey").read_text()).ok


async def test_a_hold_set_meanwhile_keeps_a_list_that_was_to_be_erased(city: Living) -> None:
    auditor, security = (
        await city.control("audit-administrator"),
        await city.control("security-administrator"),
    )
    number = (await auditor.ask(ERASE, r="old-300"))["eraseSubjects"]
    await auditor.ask(HOLD, h=COURT)
    assert await code_of(security, APPROVE, n=number) == "RECORD_HELD"
    assert (await city.platform.log.rows("old-300"))[0].sealed is not None
    assert await code_of(auditor, ERASE, r="old-300") == "RECORD_HELD"


async def test_a_hold_is_lifted_by_two_audit_administrators_and_not_by_one(city: Living) -> None:
    auditor = await city.control("audit-administrator")
    await auditor.ask(HOLD, h=COURT)
    number = (await auditor.ask(LIFT, n="court-7"))["liftHold"]
    assert await code_of(auditor, APPROVE_LIFT, n=number) == "SECOND_PERSON_NEEDED"
    security = await city.control("security-administrator")
    assert await code_of(security, APPROVE_LIFT, n=number) == "ROLE_NOT_ALLOWED"
    assert len((await auditor.ask(HOLDS))["holds"]) == 1
    waiting = (await auditor.ask("{ proposals { number act target askedBy } }"))["proposals"]
    assert waiting == [
        {"number": number, "act": "retention.lift", "target": "court-7", "askedBy": "audit-administrator"}
    ]
    second = await deputy(city)
    assert (await second.ask(APPROVE_LIFT, n=number))["approveLift"]
    assert (await auditor.ask(HOLDS))["holds"] == []
    assert await code_of(second, APPROVE_LIFT, n=number) == "PROPOSAL_UNKNOWN"
    (lift,) = await recorded(city, "retention.lift")
    assert (lift["client"], lift["subject"]) == ("deputy-auditor", "court-7")
    assert lift["detail"] == {"proposal": number, "asked by": "audit-administrator"}
    (asked,) = await recorded(city, "retention.propose_lift")
    assert asked["subject"] == "court-7"


async def test_a_hold_is_not_replaced_by_one_of_its_name(city: Living) -> None:
    auditor = await city.control("audit-administrator")
    await auditor.ask(HOLD, h=COURT)
    assert await code_of(auditor, HOLD, h={"name": "court-7", "client": "nobody"}) == "HOLD_REFUSED"
    (hold,) = (await auditor.ask(HOLDS))["holds"]
    assert hold["caseNumber"] == "case-7"


async def test_what_was_asked_of_an_earlier_hold_lifts_no_later_one_of_its_name(city: Living) -> None:
    auditor = await city.control("audit-administrator")
    await auditor.ask(HOLD, h=COURT)
    number = (await auditor.ask(LIFT, n="court-7"))["liftHold"]
    await lifted(city, "court-7")
    await auditor.ask(HOLD, h={**COURT, "reason": "order 8"})
    assert await code_of(await deputy(city), APPROVE_LIFT, n=number) == "HOLD_UNKNOWN"
    assert len((await auditor.ask(HOLDS))["holds"]) == 1


async def test_a_hold_set_while_pruning_is_being_ordered_keeps_its_records(
    city: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor = await city.control("audit-administrator")

    async def held_meanwhile(*given: Any) -> Plan:
        plan = await plan_pruning(*given)
        await auditor.ask(HOLD, h=COURT)
        return plan

    with monkeypatch.context() as patch:
        patch.setattr(retention, "plan_pruning", held_meanwhile)
        assert await code_of(auditor, PRUNE, d=False) == "RECORD_HELD"
    (ended,) = await recorded(city, "retention.prune")
    assert (ended["outcome"], ended["detail"]["code"]) == ("refused", "RECORD_HELD")
    assert await city.platform.log.find("old-300")
    told = (await auditor.ask(PRUNE, d=False))["pruneLog"]
    assert not told["done"], "what is on hold stays"
    await lifted(city, "court-7")
    assert (await auditor.ask(PRUNE, d=False))["pruneLog"]["done"]
    assert await city.platform.log.find("old-300") is None
    assert verify(city.home / "audit", (city.home / "audit.vkey").read_text()).ok


async def test_a_hold_set_while_an_erasure_is_being_ordered_keeps_the_list(
    city: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor, security = (
        await city.control("audit-administrator"),
        await city.control("security-administrator"),
    )
    number = (await auditor.ask(ERASE, r="old-300"))["eraseSubjects"]

    async def held_meanwhile(log: Log, receipt: str) -> Sequence[int]:
        positions = await lists_of(log, receipt)
        await auditor.ask(HOLD, h=COURT)
        return positions

    monkeypatch.setattr(retention, "lists_of", held_meanwhile)
    assert await code_of(security, APPROVE, n=number) == "RECORD_HELD"
    assert (await city.platform.log.rows("old-300"))[0].sealed is not None
    (ended,) = await recorded(city, "retention.erase")
    assert ended["outcome"] == "refused"


async def test_a_hold_keeps_what_stands_in_its_time_whatever_zone_that_is_written_in(city: Living) -> None:
    auditor = await city.control("audit-administrator")
    day = {"name": "day", "since": "2020-01-01T07:00:00+08:00", "until": "2020-01-01T09:00:00+08:00"}
    assert (await auditor.ask(HOLD, h=day))["holdRecords"]
    assert await code_of(auditor, ERASE, r="old-1") == "RECORD_HELD"


@pytest.mark.parametrize(
    "given",
    [
        {"name": ""},
        {"name": " "},
        {"name": "court-7", "since": "yesterday"},
        {"name": "court-7", "until": "2026-06-30"},
        {"name": "court-7", "client": "x" * 201},
        {"name": "court-7", "reason": f"against {CHEN}"},
        {"name": CHEN},
    ],
)
async def test_a_hold_that_would_keep_nothing_or_name_a_person_is_refused(
    platform: Living, given: dict[str, str]
) -> None:
    auditor = await platform.control("audit-administrator")
    assert await code_of(auditor, HOLD, h=given) == "HOLD_REFUSED"
    assert CHEN not in stored_log(platform.home)


@pytest.mark.parametrize(
    "client", ["system-administrator", "security-administrator", "operator", "app-one", ""]
)
async def test_nobody_but_the_audit_administrator_holds_prunes_or_asks_for_erasing(
    platform: Living, client: str
) -> None:
    control = await platform.control(client)
    for document, given in (
        (HOLD, {"h": COURT}),
        (LIFT, {"n": "court-7"}),
        (APPROVE_LIFT, {"n": "1"}),
        (HOLDS, {}),
        (PRUNE, {"d": True}),
        (ERASE, {"r": "old-1"}),
    ):
        assert await code_of(control, document, **given) == "ROLE_NOT_ALLOWED"


@pytest.mark.parametrize(("name", "days"), [("retention_days", 1095), ("retention_days_others", 183)])
async def test_a_time_shorter_than_the_law_does_not_start(tmp_path: Path, name: str, days: int) -> None:
    settings = Settings.model_validate({"home": tmp_path, name: days})
    with pytest.raises(RetentionTooShortError) as refusal:
        async with build(settings, system_clock()):
            pass
    assert refusal.value.where == f"GOVGRAPH_{name.upper()}"
