"""Asking from the page as a client of the demonstration: its own token, the pipeline, the record."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx2
import pytest
from graphql import build_client_schema, get_introspection_query

from server.app import application
from server.console.demonstration import Asker, Demonstration
from tests.server.living import Living
from tests.server.small_city import CHEN, LI

pytestmark = pytest.mark.anyio

QUERY = "query ($idNo: IdNumber!) { person(idNo: $idNo) { name } }"


@pytest.fixture
async def page(platform: Living) -> AsyncIterator[httpx2.AsyncClient]:
    """A browser at a demonstration whose visitors may ask as one client."""
    demo = Demonstration((), (Asker("app-one", "应用一", "CHECK-ONE"),), platform.secrets.__getitem__)
    transport = httpx2.ASGITransport(application(platform.platform, demo))
    async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield http


async def outcome(
    page: httpx2.AsyncClient,
    body: Any = None,
    client: str = "app-one",
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return what the page is told."""
    sent = body if body is not None else {"query": QUERY, "variables": {"idNo": CHEN}}
    told: dict[str, Any] = (await page.post(f"/demo/ask/{client}", json=sent, headers=headers)).json()
    return told


def size_of_log(platform: Living) -> int:
    """Return how many records the log holds, as its checkpoint says."""
    return int(platform.platform.log.checkpoint().splitlines()[1])


def code(told: Mapping[str, Any]) -> str:
    """Return the code of the first error."""
    return str(told.get("answer", told)["errors"][0]["extensions"]["code"])


async def test_a_question_is_answered_and_recorded_as_the_chosen_clients(page: httpx2.AsyncClient) -> None:
    told = await outcome(page)
    assert "errors" not in told["answer"]
    assert told["answer"]["data"]["person"]["name"]
    record = told["record"]
    assert (record["client"], record["purpose"], record["outcome"]) == ("app-one", "CHECK-ONE", "answered")
    assert record["receipt"] == told["answer"]["extensions"]["govgraph"]["receipt"]


async def test_nothing_but_the_document_travels_with_a_question(page: httpx2.AsyncClient) -> None:
    sent = {
        "Authorization": "Bearer stolen",
        "Purpose": "CHECK-TWO",
        "Case-Number": "C-1",
        "End-User": "E-1",
        "Request-Timeout": "0.001",
    }
    record = (await outcome(page, headers=sent))["record"]
    assert record["outcome"] == "answered"
    assert record["purpose"] == "CHECK-ONE"
    assert "C-1" not in str(record)
    assert "E-1" not in str(record)


async def test_a_field_that_is_not_granted_is_refused_and_recorded(page: httpx2.AsyncClient) -> None:
    told = await outcome(page, {"query": "{ persons { nodes { photo } } }"})
    assert code(told) == "FIELD_NOT_AVAILABLE"
    assert told["record"]["outcome"] == "refused"


async def test_the_schema_is_the_one_of_the_chosen_client(page: httpx2.AsyncClient, platform: Living) -> None:
    query = get_introspection_query(input_value_deprecation=True)
    described = (await outcome(page, {"query": query}))["answer"]["data"]
    own = (await platform.ask(query)).json()["data"]
    assert described == own
    assert build_client_schema(described).query_type


async def test_the_record_stays_unread_where_the_page_does_not_want_it(
    page: httpx2.AsyncClient, platform: Living
) -> None:
    size = size_of_log(platform)
    told = (await page.post("/demo/ask/app-one?record=no", json={"query": "{ __typename }"})).json()
    assert told["record"] is None
    assert size_of_log(platform) == size + 1
    await outcome(page)
    assert size_of_log(platform) == size + 3


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"{", "application/json", "BODY_NOT_JSON"),
        (b'{"query": 1}', "application/json", "BODY_NOT_A_REQUEST"),
        (b'{"query": "{ __typename }"}', "text/plain", "CONTENT_TYPE_NOT_SUPPORTED"),
        (b" " * 3_000_000, "application/json", "BODY_TOO_LARGE"),
    ],
)
async def test_a_body_that_is_no_question_is_refused_and_recorded(
    page: httpx2.AsyncClient, platform: Living, body: bytes, kind: str, expected: str
) -> None:
    answered = await page.post("/demo/ask/app-one", content=body, headers={"Content-Type": kind})
    assert code(answered.json()) == expected
    receipt = answered.json()["answer"]["extensions"]["govgraph"]["receipt"]
    record = await platform.platform.log.find(receipt)
    assert record is not None
    assert record["outcome"] == "refused"


@pytest.mark.parametrize("client", ["app-two-purposes", "security-administrator", "operator", "nobody"])
async def test_only_the_demonstrations_askers_can_be_asked_as(
    page: httpx2.AsyncClient, platform: Living, client: str
) -> None:
    size = size_of_log(platform)
    assert code(await outcome(page, client=client)) == "ADDRESS_NOT_FOUND"
    assert size_of_log(platform) == size


async def test_another_page_cannot_ask(page: httpx2.AsyncClient) -> None:
    for site in ("cross-site", "same-site"):
        assert code(await outcome(page, headers={"Sec-Fetch-Site": site})) == "REQUEST_FROM_ELSEWHERE"


async def test_no_secret_and_no_token_reaches_the_page(page: httpx2.AsyncClient, platform: Living) -> None:
    shown = (await page.get("/")).text + str(await outcome(page))
    assert "app-one" in shown
    for secret in platform.secrets.values():
        assert secret not in shown
    assert "eyJ" not in shown
    for number in (CHEN, LI):
        assert number not in shown
