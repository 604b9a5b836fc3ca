"""The token endpoint: what it gives, and every way in which it refuses (RFC 6749)."""

import base64
import logging
from collections.abc import Mapping, Sequence

import pytest

from auth.authorization_server import AuthorizationServer, TokenAnswer
from auth.store import AuthStore
from auth.tokens import TokenVerifier
from govgraph.errors import PlatformError
from tests.auth.samples import HALL

pytestmark = pytest.mark.anyio

URL = "http://127.0.0.1:8000/oauth/token"
FORM = {"grant_type": "client_credentials"}
SECRET = "330799199003071013"


def basic(name: str, secret: str) -> dict[str, str]:
    """Return the header that shows a client."""
    return {"authorization": "Basic " + base64.b64encode(f"{name}:{secret}".encode()).decode()}


async def ask(
    server: AuthorizationServer,
    headers: Mapping[str, str],
    form: Mapping[str, str] | Sequence[tuple[str, str]] = FORM,
    url: str = URL,
) -> TokenAnswer:
    return await server.token("POST", url, headers, form)


async def test_a_client_gets_a_token_that_the_verifier_takes(
    server: AuthorizationServer, store: AuthStore, verifier: TokenVerifier
) -> None:
    secret = await store.add_client(HALL)
    status, body, headers = await ask(server, basic(HALL.id, secret))
    assert (status, body["token_type"], body["expires_in"]) == (200, "Bearer", 1800)
    assert headers["Cache-Control"] == "no-store"
    principal = await verifier.principal(f"Bearer {body['access_token']}")
    assert (principal.client, principal.title, principal.purpose) == (HALL.id, HALL.title, None)


@pytest.mark.parametrize(
    "extra", [{"purpose": "KK-SCREEN"}, {"scope": "purpose:KK-SCREEN"}, {"scope": "KK-SCREEN"}]
)
async def test_a_purpose_asked_for_travels_in_the_token(
    server: AuthorizationServer, store: AuthStore, verifier: TokenVerifier, extra: dict[str, str]
) -> None:
    secret = await store.add_client(HALL)
    answer = await ask(server, basic(HALL.id, secret), FORM | extra)
    assert answer.body["scope"] == "purpose:KK-SCREEN"
    assert (await verifier.principal(f"Bearer {answer.body['access_token']}")).purpose == "KK-SCREEN"


async def test_unknown_revoked_and_wrong_secret_get_one_answer(
    server: AuthorizationServer, store: AuthStore
) -> None:
    secret = await store.add_client(HALL)
    wrong = await ask(server, basic(HALL.id, secret + "x"))
    unknown = await ask(server, basic("nobody", secret))
    await store.revoke_client(HALL.id)
    revoked = await ask(server, basic(HALL.id, secret))
    assert wrong == unknown == revoked
    assert (wrong.status, wrong.body["error"]) == (401, "invalid_client")
    assert wrong.headers["WWW-Authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Basic"},
        {"authorization": "Basic !!!"},
        {"authorization": "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode()},
        {"authorization": "Basic " + base64.b64encode(b"no-colon").decode()},
        {"authorization": "Bearer " + SECRET},
    ],
)
async def test_a_client_that_does_not_show_itself_is_refused(
    server: AuthorizationServer, headers: dict[str, str]
) -> None:
    answer = await ask(server, headers)
    assert (answer.status, answer.body["error"]) == (401, "invalid_client")


async def test_the_secret_is_not_taken_from_the_form(server: AuthorizationServer, store: AuthStore) -> None:
    secret = await store.add_client(HALL)
    answer = await ask(server, {}, FORM | {"client_id": HALL.id, "client_secret": secret})
    assert (answer.status, answer.body["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": f'陈志远"{SECRET}'}, "unsupported_grant_type"),
        ([("grant_type", "client_credentials")] * 2, "invalid_request"),
        (FORM | {"scope": f"purpose:{SECRET} two"}, "invalid_scope"),
        (FORM | {"scope": f"read:{SECRET}"}, "invalid_scope"),
        (FORM | {"purpose": f"陈{SECRET}"}, "invalid_request"),
        (FORM | {"purpose": "ONE", "scope": "purpose:TWO"}, "invalid_request"),
    ],
)
async def test_a_request_that_is_not_understood_is_refused_without_echo(
    server: AuthorizationServer,
    store: AuthStore,
    form: Mapping[str, str] | Sequence[tuple[str, str]],
    error: str,
) -> None:
    secret = await store.add_client(HALL)
    answer = await ask(server, basic(HALL.id, secret), form)
    assert (answer.status, answer.body["error"]) == (400, error)
    assert SECRET not in str(answer)
    assert "陈" not in str(answer)


async def test_only_post_is_answered(server: AuthorizationServer) -> None:
    answer = await server.token("GET", URL, {}, FORM)
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("https://data.example.org/oauth/token", 200),
        ("http://localhost:8000/oauth/token", 200),
        ("http://[::1]:8000/oauth/token", 200),
        ("http://data.example.org/oauth/token", 400),
        ("http://127.0.0.1.example.org/oauth/token", 400),
        ("http://10.0.0.7:8000/oauth/token", 400),
    ],
)
async def test_plain_http_is_for_the_loopback_address_only(
    server: AuthorizationServer, store: AuthStore, monkeypatch: pytest.MonkeyPatch, url: str, status: int
) -> None:
    monkeypatch.delenv("AUTHLIB_INSECURE_TRANSPORT", raising=False)
    secret = await store.add_client(HALL)
    answer = await ask(server, basic(HALL.id, secret), url=url)
    assert answer.status == status
    assert status == 200 or answer.body["error"] == "insecure_transport"


async def test_neither_secret_nor_token_is_logged(
    server: AuthorizationServer, store: AuthStore, caplog: pytest.LogCaptureFixture
) -> None:
    secret = await store.add_client(HALL)
    with caplog.at_level(logging.DEBUG):
        answer = await ask(server, basic(HALL.id, secret))
    assert answer.status == 200
    assert secret not in caplog.text
    assert answer.body["access_token"] not in caplog.text


async def test_a_store_that_is_down_is_no_refusal_of_the_client(
    server: AuthorizationServer, store: AuthStore
) -> None:
    async with store.database.write() as connection:
        await connection.exec_driver_sql("DROP TABLE sharing_grant")
        await connection.exec_driver_sql("DROP TABLE client")
    with pytest.raises(PlatformError):
        await ask(server, basic(HALL.id, "secret"))


async def test_the_metadata_names_the_endpoints_of_the_issuer(server: AuthorizationServer) -> None:
    document = server.metadata()
    assert document["issuer"] == "http://127.0.0.1:8000"
    assert document["token_endpoint"] == "http://127.0.0.1:8000/oauth/token"
    assert document["token_endpoint_auth_methods_supported"] == ["client_secret_basic"]
    assert "d" not in server.key_set()["keys"][0]
