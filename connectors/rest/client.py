"""Asks a REST source and reads its answers: bounded, JSON only, no redirects, at the source's pace."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from connectors.coalescing import Coalescing
from connectors.errors import (
    SourceCredentialsError,
    SourceQuotaError,
    SourceTimeoutError,
    SourceUnavailableError,
)
from connectors.model import Surroundings
from connectors.pace import Pace
from connectors.rest.bodies import charset_of, next_link, parsed
from connectors.rest.conditional import Kept, KeptAnswers, kept_of
from connectors.rest.credentials import credentials_of
from connectors.rest.pace import RequestPace, seconds_of
from connectors.rest.questions import Answer, Question
from connectors.rest.settings import RestSettings
from connectors.rest.transport import tls_context, transport

RESTS = 2  # times that a request is sent again after the source asked for a rest
MOST_TOKEN_BYTES = 65_536


class _AgainError(Exception):
    """The source asked for a rest before the request may come again."""


class _UnprovenError(Exception):
    """The source did not believe who asks."""


class RestClient:
    """A client of one REST source, which tells its statement log method and path of each request."""

    def __init__(self, settings: RestSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._observe = surroundings.observe
        self._coalescing: Coalescing[Answer] = Coalescing()
        self._kept = KeptAnswers()
        self._pace = RequestPace(Pace(settings.requests_per_second), settings.timeout)
        self._places = asyncio.Semaphore(settings.max_connections)
        self._credentials = credentials_of(
            settings, lambda: surroundings.secret(settings.secret), self._exchanged
        )
        certificate = surroundings.secret(settings.certificate.secret) if settings.certificate else ""
        tls = tls_context(surroundings.source, settings.authority, certificate)
        self._client = httpx2.AsyncClient(
            transport=transport(surroundings.egress, tls, settings.max_connections + 1),
            timeout=settings.timeout,
            follow_redirects=False,
            trust_env=False,
        )

    async def ask(self, question: Question) -> Answer:
        """Return the answer; all who ask the same at once share it, and nobody may change it."""
        return await self._coalescing.answer(question, lambda: self._answered(question))

    async def _answered(self, question: Question) -> Answer:
        """Return the answer, asked again after a rest that the source names, and once with new proof."""
        rests, proven = 0, False
        while True:
            await self._pace.turn()
            try:
                async with self._places:
                    return await self._asked(question)
            except _AgainError:
                rests += 1
                if rests > RESTS:
                    raise SourceQuotaError("The source was asked too often") from None
            except _UnprovenError:
                if proven:
                    raise SourceCredentialsError("The source refuses the platform's credentials") from None
                proven = True

    async def _asked(self, question: Question) -> Answer:
        self._observe(f"{question.method} {question.statement}")
        kept = self._kept.of(question) if question.keep else None
        request = self._request(question, kept)
        await self._credentials.prove(request)
        with _told():
            response = await self._client.send(request, stream=True)
            try:
                self._check_proof(response, request)
                self._check_pace(response)
                if response.status_code in question.absent:
                    return Answer(None, absent=True)
                if kept is None or response.status_code != 304:
                    kept = await self._received(question, response)
            finally:
                await response.aclose()
        return Answer(await parsed(kept.body, kept.charset), kept.link)

    def _request(self, question: Question, kept: Kept | None) -> httpx2.Request:
        headers = dict(question.headers) | {"Accept": "application/json"}
        headers |= {"Content-Type": "application/json"} if question.body is not None else {}
        headers |= kept.conditions if kept is not None else {}
        url = httpx2.URL(question.url)
        if question.query:
            url = url.copy_with(params=[*url.params.multi_items(), *question.query])
        return self._client.build_request(question.method, url, content=question.body, headers=headers)

    def _check_proof(self, response: httpx2.Response, request: httpx2.Request) -> None:
        if response.status_code == 401 and self._credentials.refused(request):
            raise _UnprovenError

    def _check_pace(self, response: httpx2.Response) -> None:
        """Rest where the source names a time to come again that is near enough to wait for."""
        if response.status_code not in (429, 503):
            return
        seconds = seconds_of(response.headers.get("retry-after", ""))
        if seconds is not None:
            self._pace.rest(seconds)
            raise _AgainError

    async def _received(self, question: Question, response: httpx2.Response) -> Kept:
        """Return an answer as it came, and keep it where that is allowed."""
        _check_status(response.status_code)
        if "json" not in response.headers.get("content-type", "").lower():
            raise SourceUnavailableError("The source answered something other than JSON")
        body = await _body(response, self._settings.max_answer_bytes)
        link = next_link(response.headers.get_list("link"), str(question.url))
        received = kept_of(body, charset_of(response.headers["content-type"]), link, response.headers)
        if question.keep:
            self._kept.keep(question, received)
        return received

    async def _exchanged(self, request: httpx2.Request) -> tuple[int, bytes]:
        """Return status and body of an answer to a request for a token."""
        self._observe(f"{request.method} {request.url.path}")
        with _told():
            response = await self._client.send(request, stream=True)
            try:
                return response.status_code, await _body(response, MOST_TOKEN_BYTES)
            finally:
                await response.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


@contextmanager
def _told() -> Iterator[None]:
    """Tell what failed on the way in the platform's own errors; the client library's name addresses."""
    try:
        yield
    except httpx2.TimeoutException:
        raise SourceTimeoutError("The source did not answer in time") from None
    except (httpx2.HTTPError, httpx2.InvalidURL):
        raise SourceUnavailableError("The source cannot be reached") from None


async def _body(response: httpx2.Response, most: int) -> bytes:
    """Return the body, never holding more than the bound, decompressed bytes counted."""
    body = bytearray()
    async for part in response.aiter_bytes():
        body += part
        if len(body) > most:
            raise SourceUnavailableError("The source's answer is larger than `maxAnswerBytes` allows")
    return bytes(body)


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
