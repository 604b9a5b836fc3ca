"""Who presses a button on the demonstration's page: this page only, and nothing it adds is recorded."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from server.app import application
from server.console.demonstration import Asker, Demonstration, StoredQuestion
from server.strangers import VISITS
from tests.server.living import Living, living, stored_log

pytestmark = pytest.mark.anyio
LIMIT = 4
ASKER = Asker("app-one", "应用一", "CHECK-ONE")
STORED = StoredQuestion("one", "一", "one", "app-one", "应用一", "CHECK-ONE", "{ __typename }", "{}")
PLACES = ("/demo/run/one", "/demo/ask/app-one")


@pytest.fixture
async def page(tmp_path: Path) -> AsyncIterator[tuple[Living, httpx2.AsyncClient]]:
    """A demonstration and a browser at its page."""
    async with living(tmp_path, anonymous_limit=LIMIT) as platform:
        shown = Demonstration((STORED,), (ASKER,), platform.secrets.__getitem__)
        transport = httpx2.ASGITransport(application(platform.platform, shown))
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            yield platform, http


async def pressed(http: httpx2.AsyncClient, place: str, **headers: str) -> httpx2.Response:
    """Return what the page is told."""
    return await http.post(place, json={"query": "{ __typename }"}, headers=headers)


async def test_what_the_browser_adds_is_not_recorded(page: tuple[Living, httpx2.AsyncClient]) -> None:
    platform, http = page
    for place in PLACES:
        forged = {"End-User": "FORGED-1", "Case-Number": "FORGED-2", "Purpose": "FORGED-3"}
        told = (await pressed(http, place, **forged)).json()
        assert told["record"]["outcome"] == "answered"
        assert told["record"]["purpose"] == "CHECK-ONE"
    assert "FORGED" not in stored_log(platform.home)


@pytest.mark.parametrize("place", PLACES)
async def test_a_page_or_name_from_elsewhere_is_refused(
    page: tuple[Living, httpx2.AsyncClient], place: str
) -> None:
    platform, http = page
    before = platform.platform.log.checkpoint()
    for headers in (
        {"Host": "rebound.example"},
        {"Host": ""},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ):
        response = await pressed(http, place, **headers)
        assert response.status_code == 403, headers
        assert response.json()["errors"][0]["extensions"]["code"] == "REQUEST_FROM_ELSEWHERE"
    assert platform.platform.log.checkpoint() == before


@pytest.mark.parametrize(
    "headers", [{}, {"Host": "localhost:8000"}, {"Host": "10.1.2.3:8000", "Origin": "http://10.1.2.3:8000"}]
)
async def test_this_page_is_answered_by_name_and_by_address(
    page: tuple[Living, httpx2.AsyncClient], headers: dict[str, str]
) -> None:
    assert (await pressed(page[1], PLACES[0], **headers)).status_code == 200


async def test_buttons_pressed_without_end_do_not_fill_the_disk(
    page: tuple[Living, httpx2.AsyncClient],
) -> None:
    platform, http = page
    for _ in range(LIMIT * VISITS):
        assert (await pressed(http, PLACES[0])).status_code == 200
    before = platform.platform.log.checkpoint()
    assert (await pressed(http, PLACES[0])).status_code == 429
    assert (await pressed(http, PLACES[1])).status_code == 429
    assert platform.platform.log.checkpoint() == before
