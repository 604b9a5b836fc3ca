"""Bad input and faults over HTTP: each refused with its own code, recorded, and nothing echoed."""

from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx2
import pytest

from tests.server.living import Living
from tests.server.small_city import CHEN, LI, NAME

pytestmark = pytest.mark.anyio
PERSON = f'{{ person(idNo: "{CHEN}") {{ name }} }}'


def code(response: httpx2.Response) -> str:
    """Return the code of the first error."""
    return str(response.json()["errors"][0]["extensions"]["code"])


async def refused(platform: Living, response: httpx2.Response, expected: str, status: int) -> None:
    """Assert a refusal: code, status, no data, a record that says so, and no identity in it."""
    assert (code(response), response.status_code) == (expected, status)
    assert "data" not in response.json()
    record = await platform.record(response)
    assert record["outcome"] == "refused"
    assert record["codes"] == [expected]
    for secret in (CHEN, LI, NAME):
        assert secret not in response.text


async def test_a_request_without_a_token_is_refused_with_a_challenge(platform: Living) -> None:
    response = await platform.http.post("/graphql", json={"query": PERSON})
    await refused(platform, response, "TOKEN_MISSING", 401)
    assert response.headers["www-authenticate"].startswith("Bearer realm=")


async def test_an_expired_token_is_refused(platform: Living) -> None:
    token = platform.old_token("app-one")
    response = await platform.ask(PERSON, Authorization=f"Bearer {token}")
    await refused(platform, response, "TOKEN_EXPIRED", 401)


async def test_a_token_for_another_audience_is_refused(platform: Living) -> None:
    token = platform.old_token("app-one", audience="elsewhere")
    response = await platform.ask(PERSON, Authorization=f"Bearer {token}")
    await refused(platform, response, "TOKEN_WRONG_AUDIENCE", 401)


async def test_a_token_that_is_none_is_refused_and_not_repeated(platform: Living) -> None:
    response = await platform.ask(PERSON, Authorization=f"Bearer {CHEN}")
    await refused(platform, response, "TOKEN_INVALID", 401)


async def test_a_purpose_that_was_not_granted_is_refused(platform: Living) -> None:
    await refused(platform, await platform.ask(PERSON, Purpose="OTHER"), "PURPOSE_NOT_ALLOWED", 403)


async def test_no_purpose_with_several_is_refused(platform: Living) -> None:
    response = await platform.ask(PERSON, "app-two-purposes", Purpose="")
    await refused(platform, response, "PURPOSE_REQUIRED", 400)


async def test_no_purpose_with_one_is_that_one(platform: Living) -> None:
    response = await platform.ask(PERSON, Purpose="")
    assert response.json()["extensions"]["govgraph"]["purpose"] == "CHECK-ONE"


async def test_a_client_without_a_grant_is_refused(platform: Living) -> None:
    await refused(platform, await platform.ask(PERSON, "app-without-grant"), "NO_GRANT", 403)


OUTSIDE = (
    ("a field that is not granted", "phone", "{{ person(idNo: $id) {{ {name} }} }}"),
    ("an argument", "sort", "{{ person(idNo: $id, {name}: 1) {{ name }} }}"),
    ("a type", "Enterprise", "{{ person(idNo: $id) {{ ... on {name} {{ name }} }} }}"),
    (
        "an enum value",
        "NATIVE",
        "{{ person(idNo: $id) {{ name }} persons(where: {{kind: {{eq: {name}}}}}) {{ nodes {{ name }} }} }}",
    ),
    (
        "an input field",
        "phone",
        '{{ persons(where: {{{name}: {{eq: "1"}}}}) {{ nodes {{ name }} }} person(idNo: $id) {{ name }} }}',
    ),
)


@pytest.mark.parametrize(("what", "name", "template"), OUTSIDE, ids=[case[0] for case in OUTSIDE])
async def test_what_is_unknown_and_what_is_not_granted_get_the_same_answer(
    platform: Living, what: str, name: str, template: str
) -> None:
    del what
    answers = []
    for asked in (name, "x" * len(name)):
        document = "query ($id: IdNumber!) " + template.format(name=asked)
        response = await platform.ask(document, variables={"id": CHEN})
        assert code(response) == "FIELD_NOT_AVAILABLE", response.text
        assert response.status_code == 400
        errors = response.json()["errors"]
        answers.append([{**error, "message": error["message"].replace(asked, "…")} for error in errors])
    assert answers[0] == answers[1]


async def test_a_syntax_error_echoes_nothing(platform: Living) -> None:
    response = await platform.ask(f'{{ person(idNo: "{CHEN}" {{ name }} ')
    await refused(platform, response, "SYNTAX_ERROR", 400)


@pytest.mark.parametrize("value", [[CHEN], {"a": CHEN}, 330799199003071013, f"{CHEN}x", f"{NAME}"])
async def test_a_variable_of_the_wrong_type_echoes_nothing(platform: Living, value: Any) -> None:
    document = "query ($id: IdNumber!) { person(idNo: $id) { name } }"
    response = await platform.ask(document, variables={"id": value})
    await refused(platform, response, "VALUE_NOT_VALID", 400)


async def test_two_operations_need_a_name(platform: Living) -> None:
    response = await platform.ask(f"query A {PERSON} query B {PERSON}")
    await refused(platform, response, "OPERATION_NAME_REQUIRED", 400)


async def test_three_thousand_tokens_are_too_many(platform: Living) -> None:
    response = await platform.ask("{" + " a" * 3000 + " }")
    await refused(platform, response, "LIMIT_EXCEEDED", 400)


async def test_a_cycle_of_fragments_is_refused(platform: Living) -> None:
    document = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"
    response = await platform.ask(document)
    assert response.status_code == 400
    assert (await platform.record(response))["outcome"] == "refused"


async def test_a_mutation_is_not_offered(platform: Living) -> None:
    await refused(platform, await platform.ask("mutation { a }"), "OPERATION_NOT_OFFERED", 400)


async def test_a_declared_body_of_twenty_megabytes_is_too_large(platform: Living) -> None:
    response = await platform.http.post(
        "/graphql", content=b"x" * 20_000_000, headers={"Content-Type": "application/json"}
    )
    await refused(platform, response, "BODY_TOO_LARGE", 413)


async def test_a_chunked_body_of_twenty_megabytes_is_too_large(platform: Living) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(200):
            yield b"x" * 100_000

    response = await platform.http.post(
        "/graphql", content=pieces(), headers={"Content-Type": "application/json"}
    )
    await refused(platform, response, "BODY_TOO_LARGE", 413)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "BODY_NOT_JSON"),
        (b'{"query": "' + CHEN.encode(), "BODY_NOT_JSON"),
        (b"\xff\xfe", "BODY_NOT_JSON"),
        (b"", "BODY_NOT_JSON"),
        (b'[{"query": "{ a }"}]', "BODY_NOT_A_REQUEST"),
        (b'"text"', "BODY_NOT_A_REQUEST"),
        (b'{"query": 1}', "BODY_NOT_A_REQUEST"),
        (b'{"query": "{ a }", "variables": [1]}', "BODY_NOT_A_REQUEST"),
        (b'{"query": "{ a }", "operationName": {}}', "BODY_NOT_A_REQUEST"),
    ],
)
async def test_a_body_that_is_no_request_is_refused(platform: Living, body: bytes, expected: str) -> None:
    response = await platform.http.post(
        "/graphql", content=body, headers={"Content-Type": "application/json"}
    )
    await refused(platform, response, expected, 400)


async def test_a_request_without_a_document_is_refused(platform: Living) -> None:
    await refused(platform, await platform.ask(None), "DOCUMENT_MISSING", 400)


async def test_another_kind_of_body_is_refused(platform: Living) -> None:
    for kind in ("text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        response = await platform.http.post("/graphql", content=b"{}", headers={"Content-Type": kind})
        await refused(platform, response, "CONTENT_TYPE_NOT_SUPPORTED", 415)


async def test_a_query_by_get_is_refused(platform: Living) -> None:
    response = await platform.http.get("/graphql", params={"query": PERSON})
    await refused(platform, response, "METHOD_NOT_ALLOWED", 405)
    assert response.headers["allow"] == "GET, POST"


async def test_a_web_socket_is_not_opened(platform: Living) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
    }
    response = await platform.http.get("/graphql", headers=headers)
    assert response.status_code in {403, 405}


async def test_an_end_user_stated_by_an_identity_number_is_refused(platform: Living) -> None:
    headers = {"End-User": CHEN}
    await refused(platform, await platform.ask(PERSON, **headers), "HEADER_NOT_VALID", 400)


async def test_the_media_type_decides_the_status_of_a_refused_document(platform: Living) -> None:
    for accept, status in (
        ("application/json", 200),
        ("application/graphql-response+json", 400),
        ("*/*", 400),
        ("application/json;q=0.5, application/graphql-response+json", 400),
        ("application/graphql-response+json;q=0.1, application/json", 200),
    ):
        response = await platform.ask("{ nothing }", Accept=accept)
        assert response.status_code == status, accept
        wanted = "application/json" if status == 200 else "application/graphql-response+json"
        assert response.headers["content-type"] == wanted


async def test_a_dirty_date_is_null_and_counted_never_echoed(platform: Living) -> None:
    response = await platform.ask(f'{{ person(idNo: "{LI}") {{ since kind name }} }}')
    body = response.json()
    assert body["data"]["person"] == {"since": None, "kind": None, "name": "李**"}
    counted = {entry["field"]: entry["count"] for entry in body["extensions"]["govgraph"]["quality"]}
    assert counted["Person.since"] == 1
    assert "not a date" not in response.text


BOTH = f'{{ person(idNo: "{CHEN}") {{ name housingFund {{ state }} medicalInsurance {{ state }} }} }}'


async def test_everybody_answers_where_all_sources_do(platform: Living) -> None:
    response = await platform.ask(BOTH)
    assert response.json()["data"]["person"] == {
        "name": "陈**",
        "housingFund": {"state": "PAYING"},
        "medicalInsurance": {"state": "PAYING"},
    }
    assert "errors" not in response.json()


async def test_a_hanging_source_is_null_with_its_code_and_the_others_answer(platform: Living) -> None:
    platform.housing.hang()
    try:
        with anyio.fail_after(5):
            response = await platform.ask(BOTH)
    finally:
        platform.housing.release()
    body = response.json()
    assert response.status_code == 200
    assert body["data"]["person"] == {
        "name": "陈**",
        "housingFund": None,
        "medicalInsurance": {"state": "PAYING"},
    }
    [error] = body["errors"]
    assert error["extensions"]["code"] == "SOURCE_TIMEOUT"
    assert error["path"] == ["person", "housingFund"]
    record = await platform.record(response)
    assert record["outcome"] == "partial"
    assert record["sources"]["housing-fund"] == "SOURCE_TIMEOUT"


async def test_a_clients_own_shorter_deadline_counts(platform: Living) -> None:
    platform.housing.hang()
    try:
        with anyio.fail_after(2):
            response = await platform.ask(BOTH, **{"Request-Timeout": "0.2"})
    finally:
        platform.housing.release()
    assert response.json()["data"]["person"]["housingFund"] is None
