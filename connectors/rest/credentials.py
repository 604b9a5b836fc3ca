"""How the platform proves to a REST source who it is: a key, a password, a token or a signature."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Protocol
from urllib.parse import quote_plus, urlencode

import httpx2
import orjson

from connectors.errors import SourceCredentialsError, SourceUnavailableError
from connectors.rest.credential_settings import (
    ApiKeySettings,
    BasicSettings,
    BearerSettings,
    OAuthSettings,
    SignatureSettings,
)
from connectors.rest.settings import RestSettings
from connectors.rest.signing import Signed, Signer

Secret = Callable[[], str]
Exchange = Callable[[httpx2.Request], Awaitable[tuple[int, bytes]]]
EARLY = 30.0  # seconds before its end that a token is renewed, or a tenth of its life if that is less
LIFE = 300.0  # seconds of a token that does not say when it ends
LONGEST_LIFE = 86_400.0
TOKEN = 8192  # most characters


class Credentials(Protocol):
    """Adds to a request what proves who asks."""

    async def prove(self, request: httpx2.Request) -> None:
        """Add the proof. Called last, when nothing else of the request changes any more."""

    def refused(self, request: httpx2.Request) -> bool:
        """Take note that the source did not believe; return whether another proof may be believed."""


class _Fixed:
    """A proof that is the same for every request."""

    def refused(self, request: httpx2.Request) -> bool:
        """Return false: the next would be the same."""
        return False


class Nothing(_Fixed):
    """No proof: the source is open, or a certificate is proof enough."""

    async def prove(self, request: httpx2.Request) -> None:
        """Leave the request as it is."""


class InHeader(_Fixed):
    """A header made of the secret."""

    def __init__(self, header: str, value: Secret) -> None:
        self._header = header
        self._value = value

    async def prove(self, request: httpx2.Request) -> None:
        """Add the header."""
        request.headers[self._header] = self._value()


class InQuery(_Fixed):
    """A query parameter that is the secret."""

    def __init__(self, parameter: str, value: Secret) -> None:
        self._parameter = parameter
        self._value = value

    async def prove(self, request: httpx2.Request) -> None:
        """Add the parameter."""
        request.url = request.url.copy_merge_params({self._parameter: self._value()})


class BySignature(_Fixed):
    """A signature over the request."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    async def prove(self, request: httpx2.Request) -> None:
        """Add the four headers."""
        path, _, query = request.url.raw_path.decode().partition("?")
        request.headers.update(
            self._signer.headers(Signed(request.method, path, query, bytes(request.content)))
        )


class ClientCredentials:
    """A token by client credentials (RFC 6749, section 4.4), kept until shortly before its end."""

    def __init__(
        self,
        settings: OAuthSettings,
        secret: Secret,
        exchange: Exchange,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._settings = settings
        self._secret = secret
        self._exchange = exchange
        self._now = now
        self._turn = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def prove(self, request: httpx2.Request) -> None:
        """Add the token; all who need a new one at the same time wait for one exchange."""
        async with self._turn:
            if not self._token or self._now() >= self._until:
                await self._renew()
            request.headers["Authorization"] = f"Bearer {self._token}"

    def refused(self, request: httpx2.Request) -> bool:
        """Forget the token that was refused, unless another has taken its place; return true."""
        if request.headers.get("Authorization") == f"Bearer {self._token}":
            self._token = ""
        return True

    async def _renew(self) -> None:
        status, body = await self._exchange(self._request())
        if status in (400, 401, 403):
            raise SourceCredentialsError("The source gives the platform no token")
        token, life = _granted(body) if status == 200 else ("", 0.0)
        if not token:
            raise SourceUnavailableError("The source's address for tokens answered something else")
        self._token, self._until = token, self._now() + life - min(EARLY, life / 10)

    def _request(self) -> httpx2.Request:
        settings = self._settings
        form = {"grant_type": "client_credentials", **({"scope": settings.scope} if settings.scope else {})}
        headers = {"Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded"}
        if settings.client_in == "body":
            form |= {"client_id": settings.client_id, "client_secret": self._secret()}
        else:  # RFC 6749, section 2.3.1: both are form-encoded before they are joined
            headers["Authorization"] = _basic(quote_plus(settings.client_id), quote_plus(self._secret()))
        return httpx2.Request("POST", settings.token_url, headers=headers, content=urlencode(form).encode())


def credentials_of(settings: RestSettings, secret: Secret, exchange: Exchange) -> Credentials:
    """Return how a source is shown who asks, as its settings say."""
    match settings.credentials:
        case ApiKeySettings(header=header, query=query):
            return InQuery(query, secret) if query else InHeader(header, secret)
        case BasicSettings(user=user):
            return InHeader("Authorization", lambda: _basic(user, secret()))
        case BearerSettings():
            return InHeader("Authorization", lambda: f"Bearer {secret()}")
        case OAuthSettings() as oauth:
            return ClientCredentials(oauth, secret, exchange)
        case SignatureSettings() as signature:
            return BySignature(Signer(signature, secret))
        case None:
            return InHeader(settings.api_key_header, secret) if settings.secret else Nothing()


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _granted(body: bytes) -> tuple[str, float]:
    """Return a token and the seconds it lives (section 5.1); an empty one where the answer holds none."""
    try:
        given = orjson.loads(body)
    except ValueError:
        return "", 0.0
    token = given.get("access_token") if isinstance(given, dict) else None
    usable = isinstance(token, str) and len(token) <= TOKEN and token.isascii() and token.isprintable()
    if not usable or str(given.get("token_type", "bearer")).lower() != "bearer":
        return "", 0.0
    life = given.get("expires_in")
    number = float(life) if isinstance(life, int | float) and not isinstance(life, bool) else LIFE
    return str(token), max(0.0, min(number, LONGEST_LIFE))
