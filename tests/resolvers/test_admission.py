"""Who is admitted: purposes, headers, quotas and grants as they stand now."""

import pytest

from tests.resolvers.world import CITIZEN, H1, H1_VARIABLES, HALL, P1, PUBLIC, World

pytestmark = pytest.mark.anyio

PURPOSES = [
    ("PURPOSE_NOT_ALLOWED", (HALL[0], "KK-SCREEN")),
    ("PURPOSE_NOT_ALLOWED", (HALL[0], "no-such-purpose")),
    ("HEADER_NOT_VALID", (HALL[0], "购房")),
    ("HEADER_NOT_VALID", (HALL[0], "x" * 65)),
    ("NO_GRANT", ("nobody", "ZM-HOUSE-BUY")),
    ("NO_GRANT", ("nobody", "")),
]


@pytest.mark.parametrize(("code", "who"), PURPOSES)
async def test_purpose_that_is_not_granted_is_refused(world: World, code: str, who: tuple[str, str]) -> None:
    assert await world.code(H1, H1_VARIABLES, who) == code


async def test_single_purpose_need_not_be_named(world: World) -> None:
    await world.data(H1, H1_VARIABLES, (HALL[0], ""))
    assert world.record.purpose == "ZM-HOUSE-BUY"


async def test_end_user_is_a_staff_number_and_recorded_as_stated(world: World) -> None:
    await world.ask("{ __typename }", end_user="YW-0412", case_number="2026/06/30-1")
    assert (world.record.end_user, world.record.assurance) == ("YW-0412", "stated")
    assert world.record.case_number == "2026/06/30-1"
    assert await world.code("{ __typename }", end_user=P1) == "HEADER_NOT_VALID"
    assert await world.code("{ __typename }", end_user="张三") == "HEADER_NOT_VALID"
    assert P1 not in repr(world.log)


@pytest.mark.parametrize(
    "number",
    [P1, f"S{P1}", "330799-19900307-1013", "3307.9919/9003_07-1013", "330799900307101"],
)
@pytest.mark.parametrize("header", ["case_number", "end_user"])
async def test_header_that_holds_a_persons_number_is_refused_and_not_kept(
    world: World, header: str, number: str
) -> None:
    assert await world.code("{ __typename }", **{header: number}) == "HEADER_NOT_VALID"
    assert number not in repr(world.log)
    assert world.record.client == HALL[0]


async def test_case_number_of_digits_alone_is_taken(world: World) -> None:
    await world.ask("{ __typename }", case_number="330782202606300001")
    assert world.record.case_number == "330782202606300001"


async def test_outline_in_the_log_keeps_no_digits_of_the_callers_own_names(world: World) -> None:
    await world.ask("query a33079_91990_03071_013 { b33079_91990_03071_013: __typename }")
    assert "33079" not in world.log.operations[-1]
    assert "__typename" in world.log.operations[-1]


async def test_lookups_are_charged_before_a_source_is_asked(world: World) -> None:
    query = "query($id: IdNumber!) { person(idNo: $id) { status } }"
    for _ in range(200):
        await world.data(query, {"id": P1}, CITIZEN)
    assert await world.code(query, {"id": P1}, CITIZEN) == "LOOKUP_QUOTA_EXCEEDED"


async def test_each_caller_sees_its_own_schema(world: World) -> None:
    query = "{ __schema { types { name fields { name } } } }"
    hall = repr(await world.data(query))
    public = repr(await world.data(query, None, PUBLIC))
    assert "MarriageParty" in hall
    assert "MarriageParty" not in public
    assert "photo" not in hall
    assert "'Person'" not in public
    assert world.record.coordinates.asked == ("__schema",)


async def test_revoked_grant_is_gone_with_the_next_question(world: World) -> None:
    await world.data(H1, H1_VARIABLES)
    gone = next(one for one in world.grants if one.client == HALL[0] and one.resource == "MarriageParty")
    world.grants.remove(gone)
    assert await world.code(H1, H1_VARIABLES) == "FIELD_NOT_AVAILABLE"
    world.grants.append(gone)
    await world.data(H1, H1_VARIABLES)
