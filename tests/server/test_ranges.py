"""Where a department's sources may stand is the system administrator's word, department by department."""

from pathlib import Path

import pytest

from connectors.errors import RangesBusyError
from connectors.store import RangeStore
from govgraph.database import Database
from govgraph.egress import RangeRefusedError
from server.errors import ServerRefusedError
from tests.server.living import Living, living
from tests.server.small_city import CHEN

pytestmark = pytest.mark.anyio
ASKED = f'{{ person(idNo: "{CHEN}") {{ housingFund {{ state }} medicalInsurance {{ state }} }} }}'
ADD = "mutation ($source: SourceWish!) { addSource(source: $source) { entities } }"
ALLOW = 'mutation { allowEgress(department: "housing-fund", range: "127.0.0.0/8") }'
WITHDRAW = 'mutation { withdrawEgress(department: "housing-fund", range: "127.0.0.0/8") }'


async def states(city: Living) -> list[bool]:
    """Return whether the housing fund and the medical insurance answer."""
    person = (await city.ask(ASKED)).json()["data"]["person"]
    return [person["housingFund"] is not None, person["medicalInsurance"] is not None]


async def test_a_range_opens_one_department_s_source_and_no_other_s(tmp_path: Path) -> None:
    async with living(tmp_path, egress="") as city:
        control = await city.control()
        assert await states(city) == [False, False]
        refused = (await city.ask(ASKED)).text
        assert "127.0.0.0/8" not in refused
        assert await control.ask(ALLOW) == {"allowEgress": "127.0.0.0/8"}
        assert await states(city) == [True, False]
        listed = await control.ask("{ egressRanges { department ranges } }")
        assert listed["egressRanges"] == [{"department": "housing-fund", "ranges": ["127.0.0.0/8"]}]
        await control.ask(WITHDRAW)
        assert await states(city) == [False, False]


async def test_a_clerk_who_names_a_private_address_is_told_the_command_that_allows_it(tmp_path: Path) -> None:
    async with living(tmp_path, egress="") as city:
        clerk, administrator = await city.control("clerk-housing"), await city.control()
        await city.housing.stop()
        url = f"postgresql://reader@127.0.0.1:{city.housing.port}/fund"
        wish = {"department": "housing-fund", "kind": "sql", "settings": f"url: {url}"}

        async def refusal() -> dict[str, str]:
            with pytest.raises(ServerRefusedError) as caught:
                await clerk.ask(ADD, source=wish)
            return {"code": "", "remedy": "", **caught.value.entry["extensions"]}

        told = await refusal()
        assert told["code"] == "EGRESS_NOT_ALLOWED"
        command = told["remedy"].partition("`")[2].partition("`")[0].split()
        assert command[:3] == ["govgraph", "egress", "allow"]
        await administrator.ask(
            "mutation ($d: String!, $r: String!) { allowEgress(department: $d, range: $r) }",
            d=command[3],
            r=command[4],
        )
        assert (await refusal())["code"] == "SOURCE_UNAVAILABLE"  # the address is tried, and nobody listens


@pytest.mark.parametrize(
    "client", ["clerk-housing", "reviewer-big-data", "security-administrator", "operator", "app-one"]
)
async def test_nobody_else_allows_a_range(platform: Living, client: str) -> None:
    control = await platform.control(client)
    with pytest.raises(ServerRefusedError) as caught:
        await control.ask(ALLOW)
    assert caught.value.entry["extensions"]["code"] == "ROLE_NOT_ALLOWED"
    assert not await platform.platform.ranges.all()


async def test_a_range_is_kept_once_in_versions_that_replicas_compare(database: Database) -> None:
    store = RangeStore(database)
    assert await store.versions() == {}
    for _ in range(2):
        await store.allow("housing-fund", "10.1.0.0/16")
    await store.allow("housing-fund", "fd12::/16")
    assert [str(one) for one in await store.of("housing-fund")] == ["10.1.0.0/16", "fd12::/16"]
    await store.withdraw("housing-fund", "10.1.0.0/16")
    assert [str(one) for one in await store.of("housing-fund")] == ["fd12::/16"]
    assert await store.versions() == {"housing-fund": 4}
    assert await store.of("medical-insurance") == ()


@pytest.mark.parametrize(
    ("department", "text"),
    [
        ("housing-fund", "8.8.8.0/24"),
        ("housing-fund", "no range"),
        ("Housing", "10.0.0.0/8"),
        ("", "10.0.0.0/8"),
    ],
)
async def test_what_is_no_private_range_or_no_department_is_refused(
    database: Database, department: str, text: str
) -> None:
    with pytest.raises(RangeRefusedError):
        await RangeStore(database).allow(department, text)
    with pytest.raises(RangeRefusedError):
        await RangeStore(database).withdraw(department, text)


async def test_changes_that_never_come_first_end_in_a_code(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RangeStore(database)
    await store.allow("housing-fund", "10.1.0.0/16")

    async def stale(*_: object) -> tuple[int, tuple[()]]:
        return 0, ()

    monkeypatch.setattr("connectors.store._newest", stale)
    with pytest.raises(RangesBusyError):
        await store.allow("housing-fund", "10.2.0.0/16")
