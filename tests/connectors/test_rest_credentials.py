"""A REST source is shown who asks in the style that its settings name; what it refuses is a typed error."""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

import httpx2
import pytest
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.errors import SourceCredentialsError, SourceSettingsError, SourceUnavailableError
from connectors.model import Keys, Read
from connectors.registry import open_connector
from connectors.rest.credential_settings import OAuthSettings, SignatureSettings
from connectors.rest.credentials import ClientCredentials
from connectors.rest.signing import Signed, Signer
from govgraph.errors import GovGraphError
from govgraph.expressions.terms import Column
from tests.connectors.rest_city import KEY, READ, RestCity, believing

pytestmark = pytest.mark.anyio
SECRET = "canary-密钥 &%+"


STYLES: dict[str, tuple[Any, Callable[[Request], bool]]] = {
    "a key in a header": (
        {"style": "apiKey", "header": "X-Token"},
        lambda request: request.headers.get("x-token") == KEY,
    ),
    "a key in the query": (
        {"style": "apiKey", "query": "key"},
        lambda request: (
            request.query_params.get("key") == KEY
            and request.query_params["b"] == "2"
            and request.query_params["a"] == "1 2"
        ),
    ),
    "user and password": (
        {"style": "basic", "user": "reader"},
        lambda request: (
            b64decode(request.headers.get("authorization", "").removeprefix("Basic "))
            == f"reader:{KEY}".encode()
        ),
    ),
    "a token": (
        {"style": "bearer"},
        lambda request: request.headers.get("authorization") == f"Bearer {KEY}",
    ),
}


@pytest.mark.parametrize("style", STYLES)
async def test_whoever_brings_the_proof_is_answered(city: RestCity, ask: Any, style: str) -> None:
    credentials, proof = STYLES[style]
    city.answer = believing(proof)
    assert await ask(city.url, credentials=credentials) == [["k"]]
    with pytest.raises(SourceCredentialsError) as refused:
        await ask(city.url, "another-canary", credentials=credentials)
    assert "canary" not in refused.value.text
    assert len(city.asked) == 2


async def test_a_secret_stands_in_no_statement_setting_or_error(
    city: RestCity, ask: Any, statements: Any, caplog: pytest.LogCaptureFixture
) -> None:
    city.answer = believing(lambda _: False)
    caplog.set_level("DEBUG")
    for credentials, _ in STYLES.values():
        with pytest.raises(GovGraphError) as refused:
            await ask(city.url, credentials=credentials)
        assert "canary" not in repr(refused.value) + refused.value.text
    assert "canary" not in " ".join(statements.texts)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("govgraph")]
    assert "canary" not in " ".join(ours)


class Tokens:
    """Gives tokens, and answers whoever brings one that was not taken back."""

    def __init__(self, lives: float = 3600) -> None:
        self.lives = lives
        self.given: list[dict[str, list[str]]] = []
        self.headers: list[str] = []
        self.status = 200
        self.taken_back: set[str] = set()
        self.body: Any = None

    async def answer(self, request: Request) -> Response:
        if request.url.path == "/token":
            self.given.append(parse_qs((await request.body()).decode()))
            self.headers.append(request.headers.get("authorization", ""))
            token = {"access_token": f"t{len(self.given)}", "token_type": "Bearer", "expires_in": self.lives}
            return JSONResponse(self.body or token, self.status)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        known = token in {f"t{number + 1}" for number in range(len(self.given))} - self.taken_back
        return JSONResponse([{"a": "k"}] if known else {}, 200 if known else 401)


def oauth(city: RestCity, **more: str) -> dict[str, str]:
    return {"style": "oauth", "tokenUrl": f"{city.url}/token", "clientId": "city:1", **more}


async def test_a_token_is_got_once_and_used_until_it_is_refused(city: RestCity, statements: Any) -> None:
    tokens = Tokens()
    city.answer = tokens.answer
    entity = {"columns": {"a": "text"}, "list": {"path": "/list"}}
    settings = {
        "url": city.url,
        "secret": "x/main",
        "credentials": oauth(city, scope="read more"),
        "entities": {"e": entity},
    }
    connector = await open_connector("rest", settings, statements.surroundings(SECRET), {})
    read = connector.prepare(READ)
    assert [await read.rows({}), await read.rows({})] == [[["k"]], [["k"]]]
    assert tokens.given == [{"grant_type": ["client_credentials"], "scope": ["read more"]}]
    told = b64decode(tokens.headers[0].removeprefix("Basic ")).decode()
    assert told == "city%3A1:canary-%E5%AF%86%E9%92%A5+%26%25%2B"
    tokens.taken_back.add("t1")
    assert await read.rows({}) == [["k"]]
    assert len(tokens.given) == 2
    tokens.taken_back |= {"t2", "t3"}
    with pytest.raises(SourceCredentialsError):
        await read.rows({})
    assert len(tokens.given) == 3
    assert statements.texts.count("POST /token") == 3
    await connector.aclose()


async def test_client_and_secret_may_stand_in_the_body(city: RestCity, ask: Any) -> None:
    tokens = Tokens()
    city.answer = tokens.answer
    assert await ask(city.url, SECRET, credentials=oauth(city, clientIn="body")) == [["k"]]
    assert tokens.given[0]["client_secret"] == [SECRET]
    assert tokens.headers == [""]


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {}, SourceCredentialsError),
        (400, {"error": "invalid_client"}, SourceCredentialsError),
        (500, {}, SourceUnavailableError),
        (200, {"access_token": "a\nb"}, SourceUnavailableError),
        (200, {"access_token": "a", "token_type": "mac"}, SourceUnavailableError),
        (200, ["a"], SourceUnavailableError),
    ],
)
async def test_an_address_that_gives_no_token_is_a_typed_error(
    city: RestCity, ask: Any, status: int, body: Any, error: type[GovGraphError]
) -> None:
    tokens = Tokens()
    tokens.status, tokens.body = status, body
    city.answer = tokens.answer
    with pytest.raises(error):
        await ask(city.url, credentials=oauth(city))


async def test_a_token_is_renewed_shortly_before_its_end() -> None:
    moment, asked = 0.0, 0

    async def exchange(_request: Any) -> tuple[int, bytes]:
        nonlocal asked
        asked += 1
        return 200, b'{"access_token": "t", "expires_in": 600}'

    settings = OAuthSettings.model_validate(
        {"style": "oauth", "tokenUrl": "https://a.example/t", "clientId": "c"}
    )
    credentials = ClientCredentials(settings, lambda: "s", exchange, lambda: moment)
    counts = []
    for moment in (0.0, 569.0, 571.0, 1000.0):  # noqa: B007 - the clock's hands
        await credentials.prove(httpx2.Request("GET", "https://a.example/x"))
        counts.append(asked)
    assert counts == [1, 1, 2, 2]


def signs(request: Request, body: bytes) -> str:
    """Return the signature that a source computes for itself, from the documentation alone."""
    path, query = request.scope["raw_path"], request.scope["query_string"].decode()
    lines = [
        request.method,
        path.decode(),
        "&".join(sorted(query.split("&"))) if query else "",
        request.headers["x-timestamp"],
        request.headers["x-nonce"],
        sha256(body).hexdigest(),
    ]
    return hmac.new(KEY.encode(), "\n".join(lines).encode(), "sha256").hexdigest()


@pytest.mark.parametrize("keyed", [False, True])
async def test_a_signed_request_is_believed_and_no_nonce_comes_twice(
    city: RestCity, ask: Any, keyed: bool
) -> None:
    nonces: list[str] = []

    async def answer(request: Request) -> Response:
        right = request.headers["x-signature"] == signs(request, await request.body())
        nonces.append(request.headers["x-nonce"])
        return JSONResponse([{"a": "k"}] if right else {}, 200 if right else 401)

    city.answer = answer
    credentials = {"style": "signature", "keyId": "city-1"}
    read = Read("e", READ.outputs, keys=Keys((Column("a"),), "keys")) if keyed else READ
    for _ in range(2):
        assert await ask(city.url, read=read, credentials=credentials) == [["k"]]
    assert city.asked[0].headers["x-key-id"] == "city-1"
    assert len(set(nonces)) == 2


def test_the_signed_text_is_the_documented_one() -> None:
    settings = SignatureSettings.model_validate(
        {
            "style": "signature",
            "keyId": "city-1",
            "algorithm": "HMAC-SM3",
            "encoding": "base64",
            "parts": ["keyId", "timestamp", "query"],
            "timestamp": "milliseconds",
        }
    )
    signer = Signer(settings, lambda: "key", now=lambda: 1.5, nonce=lambda: "n")
    headers = signer.headers(Signed("GET", "/x", "b=2&a=1", b""))
    made = HMAC(b"key", SM3())
    made.update(b"city-1\n1500\na=1&b=2")
    assert headers == {
        "X-Key-Id": "city-1",
        "X-Timestamp": "1500",
        "X-Nonce": "n",
        "X-Signature": b64encode(made.finalize()).decode(),
    }


@pytest.mark.parametrize(
    "credentials",
    [
        {"style": "fax"},
        {"style": "apiKey"},
        {"style": "apiKey", "header": "X", "query": "x"},
        {"style": "basic"},
        {"style": "basic", "user": "a:b"},
        {"style": "oauth", "tokenUrl": "ftp://a.example/t", "clientId": "c"},
        {"style": "oauth", "tokenUrl": "https://u:p@a.example/t", "clientId": "c"},
        {"style": "signature", "keyId": "k", "parts": []},
    ],
)
async def test_credentials_that_contradict_themselves_are_refused(
    city: RestCity, ask: Any, credentials: Any
) -> None:
    with pytest.raises(SourceSettingsError):
        await ask(city.url, credentials=credentials)
