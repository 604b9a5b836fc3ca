"""Asks a REST source and reads its answers: bounded, JSON only, no redirects, checked addresses."""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import httpx2
import orjson

from connectors.coalescing import Coalescing
from connectors.errors import (
    SourceCredentialsError,
    SourceQuotaError,
    SourceTimeoutError,
    SourceUnavailableError,
)
from connectors.rest.settings import RestSettings
from govgraph.egress import Egress

PORTS: Mapping[str, int] = {"http": 80, "https": 443}


class CheckedTransport(httpx2.AsyncBaseTransport):
    """Connects to an address that the egress guard has checked, under the name that was asked for."""

    def __init__(self, egress: Egress, inner: httpx2.AsyncBaseTransport) -> None:
        self._egress = egress
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request to the first checked address; TLS still proves the host's name."""
        url = request.url
        port = url.port or PORTS.get(url.scheme, 0)
        addresses = await self._egress.addresses(url.scheme, url.host, port)
        request.extensions = {**request.extensions, "sni_hostname": url.host}
        request.url = url.copy_with(host=addresses[0])
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class RestClient:
    """A client of one REST source; `observe` is told method and path of each request."""

    def __init__(
        self, settings: RestSettings, key: Callable[[], str], egress: Egress, observe: Callable[[str], None]
    ) -> None:
        self._settings = settings
        self._key = key
        self._observe = observe
        self._coalescing: Coalescing[Any] = Coalescing()
        limits = httpx2.Limits(
            max_connections=settings.max_connections, max_keepalive_connections=settings.max_connections
        )
        self._client = httpx2.AsyncClient(
            base_url=settings.url.rstrip("/"),
            transport=CheckedTransport(egress, httpx2.AsyncHTTPTransport(limits=limits, trust_env=False)),
            timeout=settings.timeout,
            follow_redirects=False,
            trust_env=False,
        )

    async def get(self, path: str, query: Mapping[str, str | int]) -> Any:
        """Return the JSON that the source answers to GET."""
        return await self._ask("GET", path, query, None)

    async def post(self, path: str, body: object) -> Any:
        """Return the JSON that the source answers to POST."""
        return await self._ask("POST", path, {}, body)

    async def _ask(self, method: str, path: str, query: Mapping[str, str | int], body: object) -> Any:
        """Return the JSON of an answer; all who ask the same at once share it, and nobody may change it."""
        same = (method, path, tuple(query.items()), orjson.dumps(body))
        return await self._coalescing.answer(same, lambda: self._asked(method, path, query, body))

    async def _asked(self, method: str, path: str, query: Mapping[str, str | int], body: object) -> Any:
        self._observe(f"{method} {path}")
        headers = {"Accept": "application/json"}
        if self._settings.secret:
            headers[self._settings.api_key_header] = self._key()
        request = self._client.build_request(
            method, self._url(path), params=query or None, json=body, headers=headers
        )
        try:
            return _parsed(await self._answer(request))
        except httpx2.TimeoutException:
            raise SourceTimeoutError("The source did not answer in time") from None
        except httpx2.HTTPError:
            raise SourceUnavailableError("The source cannot be reached") from None

    def _url(self, path: str) -> str:
        return self._settings.url.rstrip("/") + path

    async def _answer(self, request: httpx2.Request) -> bytes:
        response = await self._client.send(request, stream=True)
        try:
            _check_status(response.status_code)
            if "json" not in response.headers.get("content-type", ""):
                raise SourceUnavailableError("The source answered something other than JSON")
            return await self._body(response)
        finally:
            await response.aclose()

    async def _body(self, response: httpx2.Response) -> bytes:
        """Return the body, never holding more than the bound, decompressed bytes counted."""
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > self._settings.max_answer_bytes:
                raise SourceUnavailableError("The source's answer is larger than `maxAnswerBytes` allows")
        return bytes(body)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _check_status(status: int) -> None:
    if status == 200:
        return
    if status in (401, 403):
        raise SourceCredentialsError("The source refuses the platform's credentials")
    if status == 429:
        raise SourceQuotaError("The source was asked too often")
    if status in (408, 504):
        raise SourceTimeoutError("The source did not answer in time")
    raise SourceUnavailableError(f"The source answered with the HTTP status {status}")


def _parsed(body: bytes) -> Any:
    """Return JSON with exact numbers; deep nesting and not-a-number are refused like any other garbage."""
    try:
        return json.loads(body, parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise SourceUnavailableError("The source answered something other than JSON") from None


def _no_constant(_name: str) -> None:
    raise ValueError


def items(answer: Any, member: str) -> Sequence[Mapping[str, Any]]:
    """Return the rows of an answer. Raises `SourceUnavailableError` where it is built differently."""
    found = answer.get(member) if member and isinstance(answer, dict) else answer
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise SourceUnavailableError("The source's answer is built differently than its settings say")
    return found
