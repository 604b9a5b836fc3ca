"""Limits of single clients: stricter or looser than everybody's, never above the platform's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest

from auth.client_settings import BOUNDS
from tests.server.living import Living, living, stored_log
from tests.server.small_city import CHEN
from tests.server.test_control import code_of
from tests.server.test_faults import refused
from tests.server.test_operations import SET, open_lists

pytestmark = pytest.mark.anyio
LISTED = "query ($n: Int) { divisions(first: $n) { nodes { name } } }"
PERSON = f'{{ person(idNo: "{CHEN}") {{ name housingFund {{ state }} }} }}'


@pytest.fixture(scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Living]:
    """A platform of this module's own, with narrow limits for everybody."""
    given = {"body_limit": 4_096, "page_limit": 50}
    async with living(tmp_path_factory.mktemp("home"), **given) as platform:
        await open_lists(platform)
        yield platform


async def limited(platform: Living, **settings: Any) -> None:
    """Set what holds for `app-one`, in the place of what held before."""
    await (await platform.control("security-administrator")).ask(SET, i="app-one", s=settings)


def answered(response: httpx2.Response) -> bool:
    """Return whether a question was answered."""
    return "data" in response.json()


def padded(size: int) -> str:
    """Return a document with one long comment."""
    return "{ __typename } #" + "x" * size


async def test_a_stricter_body_is_refused_and_others_are_not(city: Living) -> None:
    await limited(city, body=1_024)
    await refused(city, await city.ask(padded(2_000)), "BODY_TOO_LARGE", 413)
    assert answered(await city.ask(padded(2_000), "app-two-purposes"))


async def test_a_looser_body_is_read_and_others_stay_bounded(city: Living) -> None:
    await limited(city, body=20_000)
    assert answered(await city.ask(padded(10_000)))
    await refused(city, await city.ask(padded(10_000), "app-two-purposes"), "BODY_TOO_LARGE", 413)
    await refused(city, await city.ask(padded(21_000)), "BODY_TOO_LARGE", 413)


async def test_tokens_fields_and_depth_are_the_clients_own(city: Living) -> None:
    for name, least, document in (
        ("tokens", 10, "{ a: __typename b: __typename c: __typename d: __typename }"),
        ("fields", 3, "{ a: __typename b: __typename c: __typename d: __typename }"),
        ("depth", 2, "{ divisions { nodes { name } } }"),
    ):
        await limited(city)
        assert answered(await city.ask(document)), name
        await limited(city, **{name: least})
        await refused(city, await city.ask(document), "LIMIT_EXCEEDED", 400)
        assert answered(await city.ask(document, "app-two-purposes")), name


async def test_a_client_may_be_given_more_fields_than_others(city: Living) -> None:
    document = "{" + " ".join(f"f{n}: __typename" for n in range(600)) + "}"
    wide = (
        "query { ...A ...A }fragment A on Query {" + " ".join(f"f{n}: __typename" for n in range(300)) + "}"
    )
    await limited(city, body=100_000)
    await refused(city, await city.ask(wide), "LIMIT_EXCEEDED", 400)
    await limited(city, body=100_000, fields=700, tokens=5_000)
    assert answered(await city.ask(document))
    assert answered(await city.ask(wide))


async def test_a_page_is_the_clients_own(city: Living) -> None:
    await limited(city, page=2)
    assert answered(await city.ask(LISTED, variables={"n": 2}))
    await refused(city, await city.ask(LISTED, variables={"n": 3}), "PAGE_TOO_LARGE", 400)
    assert answered(await city.ask(LISTED, "app-two-purposes", variables={"n": 50}))
    await limited(city, page=100)
    assert answered(await city.ask(LISTED, variables={"n": 100}))
    await refused(
        city, await city.ask(LISTED, "app-two-purposes", variables={"n": 51}), "PAGE_TOO_LARGE", 400
    )


async def test_a_deadline_is_the_clients_own_and_its_header_only_shortens_it(city: Living) -> None:
    await limited(city, deadline=0.2)
    city.housing.hang()
    try:
        with anyio.fail_after(20):
            response = await city.ask(PERSON, **{"Request-Timeout": "100"})
    finally:
        city.housing.release()
    body = response.json()
    assert body["data"]["person"] == {"name": "陈**", "housingFund": None}
    assert body["errors"][0]["message"].startswith("The source did not answer within the deadline")
    record = await city.record(response)
    assert (record["outcome"], record["codes"]) == ("partial", ["SOURCE_TIMEOUT"])


@pytest.mark.parametrize("name", BOUNDS)
async def test_no_limit_goes_beyond_what_the_platform_allows(city: Living, name: str) -> None:
    control = await city.control("security-administrator")
    bound = BOUNDS[name]
    whole = name != "deadline"
    for beyond in (bound.most + 1, bound.least - (1 if whole else 0.05)):
        given = {name: int(beyond) if whole else beyond}
        assert await code_of(control, SET, i="app-one", s=given) == "CLIENT_REFUSED"
    for within in (bound.most, bound.least):
        await control.ask(SET, i="app-one", s={name: int(within) if whole else within})


async def test_settings_are_shown_recorded_and_undone(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        await limited(platform, onlyPersisted=True, depth=4)
        security = await platform.control("security-administrator")
        shown = "{ clients { id settings { onlyPersisted depth page } } }"
        found = {one["id"]: one["settings"] for one in (await security.ask(shown))["clients"]}
        assert found["app-one"] == {"onlyPersisted": True, "depth": 4, "page": None}
        assert found["app-two-purposes"] == {"onlyPersisted": False, "depth": None, "page": None}
        await limited(platform)
        assert answered(await platform.ask("{ __typename }"))
        assert await code_of(security, SET, i="nobody", s={}) == "CLIENT_UNKNOWN"
    assert '"event":"client.set"' in stored_log(tmp_path)
