"""The headline question: seven sources, one masked answer, one record."""

import json
from collections import Counter

import pytest

from tests.resolvers.world import CITY, H1, H1_VARIABLES, INSPECTOR, P1, P2, P3, World

pytestmark = pytest.mark.anyio

EXPECTED = json.loads((CITY / "queries" / "h1-no-proof-city.expected.json").read_text(encoding="utf-8"))


async def test_headline_answer_is_the_agreed_one(world: World) -> None:
    assert await world.data(H1, H1_VARIABLES) == EXPECTED


async def test_each_of_seven_sources_is_asked_once_per_depth(world: World) -> None:
    await world.data(H1, H1_VARIABLES)
    assert Counter(world.sources) == {
        "public-security": 3,
        "natural-resources": 2,
        "civil-affairs": 1,
        "human-resources": 1,
        "medical-insurance": 1,
        "housing-fund": 1,
        "big-data": 1,
    }


async def test_record_counts_three_persons_and_holds_no_value(world: World) -> None:
    await world.data(H1, H1_VARIABLES)
    record = world.record
    assert record.subject_total == 3
    assert record.subjects["Person"] == 3
    assert set(world.log.subjects[-1].subjects) == {P1, P2, P3}
    text = repr(record) + world.log.operations[-1]
    for value in (P1, P2, P3, "陈志远", "李秋华", "陈小苗", "330702001008", "PENSION"):
        assert value not in text


async def test_record_tells_asked_masked_matched_and_used_by_policy(world: World) -> None:
    await world.data(H1, H1_VARIABLES)
    fields = world.record.coordinates
    assert "Person.name" in fields.asked
    assert fields.returned == fields.asked
    assert fields.masked["Person.idNo"] == "ID"
    assert set(fields.used_in_predicate) == {"Person.idNo", "Person.name", "SocialInsurance.kind"}
    assert {"Person.hhNo", "Person.birth", "MarriageParty.partnerId"} <= set(fields.used_by_policy)
    assert world.record.level == "L4"
    assert world.record.outcome == "answered"


async def test_answer_tells_its_masks_without_list_indexes(world: World) -> None:
    given = await world.ask(H1, H1_VARIABLES)
    told = given.extensions["govgraph"]
    assert {"path": "person.marriages.since", "mask": "YR"} in told["masks"]
    assert told["receipt"] == world.record.receipt
    assert told["purpose"] == "ZM-HOUSE-BUY"
    fresh = {entry["source"]: entry["asOf"] for entry in told["freshness"]}
    assert set(fresh) == set(world.sources)
    assert fresh["housing-fund"] < world.record.time < fresh["public-security"]


async def test_raw_keys_reach_neither_answer_nor_statements(world: World) -> None:
    given = await world.ask(H1, H1_VARIABLES)
    shown = repr(given)
    for value in (P1, P2, P3, "李秋华", "330702001008"):
        assert value not in shown
        assert all(value not in text for _, text in world.statements)


async def test_wrong_name_does_not_verify_and_unknown_person_is_no_record(world: World) -> None:
    query = "query($id: IdNumber!, $name: String!) { personVerify(idNo: $id, name: $name) { match } }"
    assert await world.data(query, {"id": P1, "name": "陈志"}) == {"personVerify": {"match": False}}
    given = await world.ask(query, {"id": "11010519491231002X", "name": "陈志远"})
    assert json.loads(given.data or b"") == {"personVerify": {"match": None}}
    assert [one["path"] for one in given.extensions["govgraph"]["absent"]] == ["personVerify"]


async def test_dirty_spelling_of_a_key_is_asked_and_answered_in_its_normal_form(world: World) -> None:
    spelled = {
        "idNo": " 330799199003071013 ".translate({ord(str(n)): 0xFF10 + n for n in range(10)}),
        "name": "陈志远",
    }
    assert await world.data(H1, spelled) == EXPECTED


async def test_an_inspector_reads_what_changed_in_the_register_of_enterprises(world: World) -> None:
    query = "query($s: DateTime!) { enterprises(changedSince: $s, first: 1) { nodes { uscc changedAt } } }"
    given = await world.data(query, {"s": "2026-06-29T17:15:00Z"}, INSPECTOR)
    assert [one["changedAt"] for one in given["enterprises"]["nodes"]] == ["2026-06-30T01:15:00+08:00"]
    later = await world.data(query, {"s": "2026-06-29T17:15:01Z"}, INSPECTOR)
    assert later == {"enterprises": {"nodes": []}}
