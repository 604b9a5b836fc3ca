"""The authorization server: OAuth 2.0 client credentials (RFC 6749 section 4.4) with client_secret_basic.

Authlib answers; this file tells it of our clients and tokens, and rebuilds every text that goes out.
Authlib is synchronous, our store is not: the exchange runs in a worker thread and calls back into
the event loop.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import anyio.from_thread
import anyio.to_thread
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer as Protocol
from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload

from auth.clients import Client, secret_digest, secret_fits
from auth.errors import REALM
from auth.grants import PURPOSE
from auth.store import AuthStore
from auth.tokens import TokenIssuer

GRANT_TYPE = "client_credentials"
METHOD = "client_secret_basic"
SCOPE = "purpose:"
HEADERS: Mapping[str, str] = {"Cache-Control": "no-store", "Pragma": "no-cache"}

DESCRIPTIONS: Mapping[str, str] = {
    "invalid_client": "The client is unknown or revoked, or its secret is wrong. "
    "Send client id and secret with HTTP Basic authentication.",
    "invalid_request": "A parameter is missing, repeated or malformed. "
    "Send grant_type=client_credentials as a form, and purpose at most once.",
    "invalid_scope": "The scope is unknown. Leave it out, or send purpose:CODE with one purpose.",
    "insecure_transport": "Tokens are given over https only, or over http on the loopback address.",
    "unsupported_grant_type": "Only grant_type=client_credentials is supported.",
    "unauthorized_client": "The client may not use this grant type.",
}
"""The texts that go out, by error code of RFC 6749 section 5.2; nothing that was sent is repeated."""


class TokenAnswer(NamedTuple):
    """What the token endpoint answers: HTTP status, JSON body, headers."""

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AuthorizationServer:
    """Gives access tokens to registered clients."""

    store: AuthStore
    issuer: TokenIssuer

    async def token(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        form: Mapping[str, str] | Sequence[tuple[str, str]],
    ) -> TokenAnswer:
        """Return the answer to one request at the token endpoint.

        `url` carries the scheme the client used (the forwarded one behind a trusted proxy). `form`
        as pairs, so that a repeated parameter is seen. Raises only what the store raises.
        """
        pairs = list(form.items() if isinstance(form, Mapping) else form)
        if method != "POST":
            return _refusal(405, "invalid_request", {"Allow": "POST"})
        if any(count > 1 for count in Counter(name for name, _ in pairs).values()):
            return _refusal(400, "invalid_request")
        # A parameter without a value counts as left out (RFC 6749 section 3.2).
        asked = _Asked(url, _authorization(headers), {name: value for name, value in pairs if value})
        if "grant_type" not in asked.form:
            return _refusal(400, "invalid_request")
        if asked.form["grant_type"] != GRANT_TYPE:
            return _refusal(400, "unsupported_grant_type")
        return await anyio.to_thread.run_sync(self._answer, asked)

    def metadata(self) -> dict[str, Any]:
        """Return the document at `/.well-known/oauth-authorization-server` (RFC 8414)."""
        issuer = self.issuer.realm.issuer
        return {
            "issuer": issuer,
            "token_endpoint": f"{issuer}/oauth/token",
            "jwks_uri": f"{issuer}/.well-known/jwks.json",
            "grant_types_supported": [GRANT_TYPE],
            "response_types_supported": [],
            "token_endpoint_auth_methods_supported": [METHOD],
        }

    def key_set(self) -> dict[str, Any]:
        """Return the document at `/.well-known/jwks.json` (RFC 7517)."""
        return self.issuer.realm.keys.published()

    def _answer(self, asked: "_Asked") -> TokenAnswer:
        """Run the exchange; called in a worker thread."""
        protocol = _Protocol(self.store, self.issuer)
        protocol.register_grant(_Grant)
        try:
            answer: TokenAnswer = protocol.create_token_response(asked)
        except OAuth2Error as error:  # plain http is refused before Authlib catches anything
            return _refusal(400, str(error.error))
        return answer


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request at the token endpoint, repeated parameters already refused."""

    url: str
    authorization: str
    form: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Known:
    """A client as Authlib asks about it."""

    client: Client | None
    digest: str

    def check_client_secret(self, secret: str) -> bool:
        """Return whether the secret fits; the same work is done for a client that does not exist."""
        return secret_fits(secret, self.digest) and self.client is not None

    def check_endpoint_auth_method(self, method: str, _: str) -> bool:
        """Return whether the client may show itself in this way."""
        return method == METHOD

    def check_grant_type(self, grant_type: str) -> bool:
        """Return whether the client may use this grant type."""
        return grant_type == GRANT_TYPE


class _Grant(ClientCredentialsGrant):  # type: ignore[misc] # Authlib carries no types
    """Client credentials; Authlib's own answer would write the token into its debug log."""

    TOKEN_ENDPOINT_AUTH_METHODS = (METHOD,)

    def create_token_response(self) -> tuple[int, Mapping[str, Any], Sequence[tuple[str, str]]]:
        """Return status, body and headers of the answer."""
        return 200, self.generate_token(scope=_purpose(self.request.payload.data)), ()


class _Protocol(Protocol):  # type: ignore[misc] # Authlib carries no types
    """Authlib's authorization server over our store and our tokens; made for one request."""

    def __init__(self, store: AuthStore, issuer: TokenIssuer) -> None:
        super().__init__()
        self.store = store
        self.issuer = issuer

    def query_client(self, client_id: str) -> _Known:
        """Return the client, or one that nothing fits: an answer must not tell which names exist."""
        found = anyio.from_thread.run(self.store.credentials, client_id)
        return _Known(None, secret_digest("")) if found is None else _Known(*found)

    def generate_token(
        self, grant_type: str, client: _Known, *, scope: str | None = None, **_: Any
    ) -> Mapping[str, Any]:
        """Return the body of a good answer."""
        assert client.client is not None, f"{grant_type} without a client"  # noqa: S101 - for the type checker
        token = self.issuer.issue(client.client, scope)
        body = {"access_token": token, "token_type": "Bearer", "expires_in": self.issuer.lifetime}
        return body | ({"scope": f"{SCOPE}{scope}"} if scope else {})

    def create_oauth2_request(self, request: _Asked) -> OAuth2Request:
        """Return the request in Authlib's terms. Raises `insecure_transport` for http beyond loopback."""
        made = OAuth2Request("POST", request.url, headers={"Authorization": request.authorization})
        made.payload = BasicOAuth2Payload(dict(request.form))
        return made

    def handle_response(self, status: int, body: Mapping[str, Any], _: Any) -> TokenAnswer:
        """Return the answer; an error keeps its code and nothing else."""
        return _refusal(status, str(body["error"])) if "error" in body else TokenAnswer(status, body, HEADERS)

    def send_signal(self, name: str, *_: Any, **__: Any) -> None:
        """Nobody listens."""


def named_client(headers: Mapping[str, str]) -> str:
    """Return the client that a request for a token says it is; empty where it says none."""
    return _credentials(_authorization(headers)).partition(":")[0]


def _authorization(headers: Mapping[str, str]) -> str:
    """Return the header `Authorization` if it is HTTP Basic that can be read, else nothing."""
    found = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    return found if _credentials(found) else ""


def _credentials(authorization: str) -> str:
    """Return what HTTP Basic carries; empty where it is none, or cannot be read."""
    scheme, _, credentials = authorization.partition(" ")
    try:
        found = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return found if scheme.lower() == "basic" else ""


def _purpose(form: Mapping[str, str]) -> str | None:
    """Return the purpose asked for, as parameter `purpose` or as scope `purpose:CODE`."""
    scope = form.get("scope")
    stated = form.get("purpose")
    if scope is not None:
        scope = scope.removeprefix(SCOPE)
        if not PURPOSE.fullmatch(scope):
            raise InvalidScopeError
    if stated is not None and (not PURPOSE.fullmatch(stated) or scope not in (None, stated)):
        raise InvalidRequestError
    return stated or scope


def _refusal(status: int, error: str, headers: Mapping[str, str] | None = None) -> TokenAnswer:
    challenge = {"WWW-Authenticate": f'Basic realm="{REALM}"'} if status == 401 else {}
    body = {"error": error, "error_description": DESCRIPTIONS.get(error, "The request was refused.")}
    return TokenAnswer(status, body, {**HEADERS, **challenge, **(headers or {})})
