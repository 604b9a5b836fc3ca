"""Registered operations: asked by digest, by POST and by GET, with the same rights, record and limits."""

import json
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx2
import pytest

from server.cli.connection import Connection
from server.errors import ServerRefusedError
from server.query_string import LONGEST
from tests.server.living import Living, living, stored_log
from tests.server.small_city import CHEN, DIVISION_GRANT, DIVISIONS, grants
from tests.server.test_control import PUBLISH, PUT, code_of
from tests.server.test_faults import code, refused

pytestmark = pytest.mark.anyio
TEXT = "query Kind($id: IdNumber!) { person(idNo: $id) { name kind } }"
DIGEST = sha256(TEXT.encode()).hexdigest()
NAMES = "query Names { divisions(first: 1) { nodes { name } } }"
VARIABLES = {"id": CHEN}
REGISTER = "mutation ($o: OperationDraft!) { registerOperation(operation: $o) { digest client title } }"
REMOVE = "mutation ($d: String!, $c: String) { removeOperation(digest: $d, client: $c) }"
LIST = "query ($c: String) { operations(client: $c) { digest client title text registeredBy } }"
SET = "mutation ($i: String!, $s: ClientSettingsDraft!) { setClient(id: $i, settings: $s) { id } }"


@pytest.fixture(scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Living]:
    """A platform on which TEXT is registered for `app-one` and NAMES for everybody."""
    async with living(tmp_path_factory.mktemp("home")) as platform:
        await open_lists(platform)
        security = await platform.control("security-administrator")
        await register(security, TEXT, "app-one")
        await register(security, NAMES)
        yield platform


async def open_lists(platform: Living) -> None:
    """Publish the divisions of the city, no persons among them, and let both applications list them."""
    folder = platform.home / "sources" / "big-data"
    folder.mkdir(parents=True)
    (folder / "divisions.csv").write_text("code,name\n01,越城\n02,柯桥\n03,上虞\n", encoding="utf-8")
    control = await platform.control()
    await control.ask(PUBLISH, f=[{"name": "divisions.yaml", "text": DIVISIONS}])
    clients = ("app-one", "app-two-purposes")
    files = [{"name": client, "text": DIVISION_GRANT.format(client=client)} for client in clients]
    await control.ask(PUT, f=files)


async def register(control: Connection, text: str, client: str | None = None) -> str:
    """Register an operation and return its digest."""
    made = await control.ask(REGISTER, o={"text": text, "client": client, "title": "测试"})
    return str(made["registerOperation"]["digest"])


async def headers_of(platform: Living, client: str = "app-one") -> dict[str, str]:
    return {"Authorization": f"Bearer {await platform.token(client)}", "Purpose": "CHECK-ONE"}


async def post(platform: Living, body: dict[str, Any], client: str = "app-one") -> httpx2.Response:
    return await platform.http.post("/graphql", json=body, headers=await headers_of(platform, client))


async def get(platform: Living, client: str = "app-one", **parameters: str) -> httpx2.Response:
    return await platform.http.get("/graphql", params=parameters, headers=await headers_of(platform, client))


BODIES = (
    {"documentId": DIGEST},
    {"documentId": f"sha256:{DIGEST}"},
    {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": DIGEST}}},
    {"documentId": DIGEST, "query": TEXT},
    {"documentId": DIGEST, "query": None, "operationName": "Kind"},
)


@pytest.mark.parametrize("body", BODIES, ids=["id", "prefixed", "extension", "with its text", "null text"])
async def test_a_registered_operation_is_answered_as_its_text_is(city: Living, body: dict[str, Any]) -> None:
    by_text = await city.ask(TEXT, variables=VARIABLES)
    by_digest = await post(city, {**body, "variables": VARIABLES})
    assert by_digest.json()["data"] == by_text.json()["data"] == {"person": {"name": "陈**", "kind": "LOCAL"}}
    records = [await city.record(response) for response in (by_text, by_digest)]
    for name in ("operation", "coordinates", "grants", "purpose", "level", "rows", "outcome", "policy"):
        assert records[0][name] == records[1][name], name


async def test_what_is_registered_for_everybody_is_asked_by_anybody(city: Living) -> None:
    for client in ("app-one", "app-two-purposes"):
        response = await post(city, {"documentId": sha256(NAMES.encode()).hexdigest()}, client)
        assert response.json().get("data") == {"divisions": {"nodes": [{"name": "越城"}]}}, response.text


async def test_anothers_operation_and_none_get_the_same_refusal(city: Living) -> None:
    answers = []
    for digest in (DIGEST, "0" * 64):
        response = await post(city, {"documentId": digest, "variables": VARIABLES}, "app-two-purposes")
        await refused(city, response, "OPERATION_NOT_REGISTERED", 400)
        answers.append(response.json()["errors"])
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": "x"},
        {"documentId": 1},
        {"documentId": DIGEST, "query": TEXT + " "},
        {"documentId": DIGEST, "extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}},
        {"extensions": {"persistedQuery": {"sha256Hash": f"{CHEN}"}}},
        {"extensions": {"persistedQuery": [DIGEST]}},
    ],
)
async def test_a_digest_that_is_none_or_not_that_of_the_text_is_refused(
    city: Living, body: dict[str, Any]
) -> None:
    await refused(city, await post(city, body), "BODY_NOT_A_REQUEST", 400)


async def test_a_registered_operation_is_answered_by_get(city: Living) -> None:
    text = "query ($names: [String!]) { divisions(where: {name: {in: $names}}, first: 1) { nodes { name } } }"
    digest = await register(await city.control("security-administrator"), text, "app-one")
    persisted = json.dumps({"persistedQuery": {"version": 1, "sha256Hash": digest}})
    variables = json.dumps({"names": ["越城"]})
    for named in ({"documentId": digest}, {"extensions": persisted}):
        response = await get(city, variables=variables, **named)
        assert response.status_code == 200, response.text
        assert response.json()["data"] == {"divisions": {"nodes": [{"name": "越城"}]}}
        assert response.headers["cache-control"] == "no-store"
        assert (await city.record(response))["outcome"] == "answered"


@pytest.mark.parametrize(
    ("parameters", "expected", "status"),
    [
        ({}, "METHOD_NOT_ALLOWED", 405),
        ({"query": "{ __typename }"}, "METHOD_NOT_ALLOWED", 405),
        ({"query": TEXT, "documentId": DIGEST}, "METHOD_NOT_ALLOWED", 405),
        ({"documentId": "0" * 64}, "OPERATION_NOT_REGISTERED", 400),
        ({"documentId": "x"}, "BODY_NOT_A_REQUEST", 400),
        ({"documentId": DIGEST, "variables": "{"}, "QUERY_STRING_REFUSED", 400),
        ({"documentId": DIGEST, "variables": "[]"}, "BODY_NOT_A_REQUEST", 400),
        ({"documentId": DIGEST, "variables": json.dumps(VARIABLES)}, "QUERY_STRING_REFUSED", 400),
        ({"documentId": DIGEST, "operationName": CHEN}, "QUERY_STRING_REFUSED", 400),
        ({"documentId": DIGEST, "variables": " " * LONGEST + "{}"}, "QUERY_STRING_TOO_LONG", 414),
    ],
)
async def test_get_answers_registered_operations_and_nothing_else(
    city: Living, parameters: dict[str, str], expected: str, status: int
) -> None:
    response = await get(city, **parameters)
    await refused(city, response, expected, status)
    assert (response.headers.get("allow") == "GET, POST") == (status == 405)


@pytest.mark.parametrize(
    "query", ["documentId=a&documentId=b", "documentId=%ff", "a=1&" * 60, "variables=%E"]
)
async def test_a_query_string_that_is_none_is_refused(city: Living, query: str) -> None:
    response = await city.http.get(f"/graphql?{query}", headers=await headers_of(city))
    assert response.status_code in {400, 405}
    assert (await city.record(response))["outcome"] == "refused"


async def test_other_methods_are_refused(city: Living) -> None:
    for method in ("PUT", "DELETE", "HEAD", "PATCH"):
        response = await city.http.request(method, "/graphql", headers=await headers_of(city))
        assert response.status_code == 405
        assert response.headers["allow"] == "GET, POST"


async def test_a_client_that_asks_registered_operations_only_is_refused_everything_else(city: Living) -> None:
    security = await city.control("security-administrator")
    text = "{ divisions(first: 1) { nodes { code } } }"
    digest = await register(security, text, "app-two-purposes")
    other = {"documentId": sha256(TEXT.encode()).hexdigest(), "query": TEXT, "variables": VARIABLES}
    assert (await post(city, other, "app-two-purposes")).json()["data"]
    await security.ask(SET, i="app-two-purposes", s={"onlyPersisted": True})
    try:
        for free in (text, "{ __schema { queryType { name } } }", "{"):
            await refused(city, await post(city, {"query": free}, "app-two-purposes"), "ONLY_PERSISTED", 400)
        refusal = await post(city, other, "app-two-purposes")
        await refused(city, refusal, "OPERATION_NOT_REGISTERED", 400)
        for body in ({"documentId": digest}, {"documentId": digest, "query": text}):
            assert (await post(city, body, "app-two-purposes")).json()["data"]
    finally:
        await security.ask(SET, i="app-two-purposes", s={})
    assert (await post(city, {"query": text}, "app-two-purposes")).json()["data"]


async def test_when_rights_change_the_request_is_refused_as_its_text_would_be(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        digest = await register(await platform.control("security-administrator"), TEXT, "app-one")
        narrower = grants("app-one", "CHECK-ONE", 1).replace("      kind: [read, match]\n", "")
        await (await platform.control()).ask(PUT, f=[{"name": "less.yaml", "text": narrower}])
        response = await post(platform, {"documentId": digest, "variables": VARIABLES})
        await refused(platform, response, "FIELD_NOT_AVAILABLE", 400)


@pytest.mark.parametrize(
    ("text", "client", "where"),
    [
        ("{ person(", "app-one", "SYNTAX_ERROR"),
        ("{ nothing }", "app-one", "FIELD_NOT_AVAILABLE"),
        ('{ person(idNo: "x") { phone } }', "app-one", "FIELD_NOT_AVAILABLE"),
        ("mutation { a }", "app-one", "OPERATION_NOT_OFFERED"),
        ("query A { __typename } query B { __typename }", "app-one", "OPERATION_NAME_REQUIRED"),
        ("{" + " a" * 3000 + " }", None, "LIMIT_EXCEEDED"),
        ("{ person(", None, "SYNTAX_ERROR"),
        ("", None, "DOCUMENT_MISSING"),
    ],
)
async def test_what_would_be_refused_when_asked_is_not_registered(
    city: Living, text: str, client: str | None, where: str
) -> None:
    security = await city.control("security-administrator")
    with pytest.raises(ServerRefusedError) as caught:
        await security.ask(REGISTER, o={"text": text, "client": client})
    assert caught.value.entry["extensions"]["code"] == "OPERATION_REFUSED"
    assert caught.value.entry["extensions"]["where"] == where


async def test_an_operation_fits_one_of_its_clients_purposes_and_a_client_without_any_has_none(
    city: Living,
) -> None:
    security = await city.control("security-administrator")
    assert await register(security, NAMES, "app-two-purposes")
    assert await code_of(security, REGISTER, o={"text": NAMES, "client": "app-without-grant"}) == "NO_GRANT"
    assert await code_of(security, REGISTER, o={"text": NAMES, "client": "nobody"}) == "CLIENT_UNKNOWN"
    titled = {"text": NAMES, "title": "a\nb"}
    assert await code_of(security, REGISTER, o=titled) == "OPERATION_TITLE"


async def test_a_removed_operation_is_refused_at_once_and_leaves_its_records(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        security = await platform.control("security-administrator")
        digest = await register(security, TEXT, "app-one")
        body = {"documentId": digest, "variables": VARIABLES}
        assert (await post(platform, body)).json()["data"]
        assert await code_of(security, REMOVE, d=digest) == "OPERATION_NOT_REGISTERED"
        assert await code_of(security, REMOVE, d=CHEN, c="app-one") == "OPERATION_NOT_REGISTERED"
        await security.ask(REMOVE, d=digest, c="app-one")
        assert code(await post(platform, body)) == "OPERATION_NOT_REGISTERED"
        assert (await security.ask(LIST))["operations"] == []
    stored = stored_log(tmp_path)
    for event in ("operation.register", "operation.remove"):
        assert f'"event":"{event}"' in stored
    assert CHEN not in stored


async def test_a_client_sees_its_own_operations_and_nobody_elses(city: Living) -> None:
    own = (await (await city.control("app-one")).ask(LIST, c="app-one"))["operations"]
    assert DIGEST in [one["digest"] for one in own]
    assert {one["client"] for one in own} == {"app-one", None}
    app = await city.control("app-one")
    assert await code_of(app, LIST, c="app-two-purposes") == "ROLE_NOT_ALLOWED"
    assert await code_of(app, LIST) == "ROLE_NOT_ALLOWED"
    every = (await (await city.control("audit-administrator")).ask(LIST))["operations"]
    assert {"app-one", None} <= {one["client"] for one in every}


@pytest.mark.parametrize("client", ["app-one", "system-administrator", "audit-administrator", "operator"])
async def test_only_the_security_administrator_registers_and_sets(city: Living, client: str) -> None:
    control = await city.control(client)
    for document, given in (
        (REGISTER, {"o": {"text": NAMES}}),
        (REMOVE, {"d": DIGEST}),
        (SET, {"i": "app-one", "s": {"onlyPersisted": True}}),
    ):
        assert await code_of(control, document, **given) == "ROLE_NOT_ALLOWED"
