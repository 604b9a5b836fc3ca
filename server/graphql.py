"""`/graphql`: request in, answer out; every refusal goes through the pipeline and is recorded.

GraphQL over HTTP, spoken directly: POST with JSON, GET for registered operations; no batches, no
uploads, no page, no sockets.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from govgraph.deadlines import Timer
from govgraph.errors import GovGraphError
from resolvers.question import Answer, Question
from server.attendance import UNWATCHED, Attendance
from server.body import JSON_TYPES, Asked, BoundedBody, graphql_body, read_json
from server.entrance import Entrance
from server.errors import ContentTypeNotSupportedError, MethodNotAllowedError
from server.headers import Headers, caller_address, question_of, read_headers
from server.pouring import poured
from server.query_string import asked_by_get
from server.responses import refusal, response_of
from server.tables.shown import as_table

UNAUTHENTICATED = 401
MOMENT: Final = 0.5
"""Seconds that a body may take to arrive before it is asked again who sends it, and whether it still may."""
METHODS = "GET, POST"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The two ways through the pipeline: a question is answered, or a request refused and recorded."""

    answer: Callable[[Question], Awaitable[Answer]]
    refuse: Callable[[Question, GovGraphError], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: its scope, the headers that are looked at, its body, and whether its client stays."""

    scope: Scope
    headers: Headers
    body: BoundedBody
    attendance: Attendance


class DataView:
    """The data graph over HTTP. It looks at media types and bodies; what is asked is the pipeline's."""

    def __init__(self, pipeline: Pipeline, entrance: Entrance, moment: float = MOMENT) -> None:
        self._pipeline = pipeline
        self._entrance = entrance
        self._moment = moment
        self._unwatched = Timer(UNWATCHED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a refusal on the way is recorded like any other. Nobody there, no answer."""
        if scope["type"] != "http":
            await WebSocket(scope, receive, send).close(code=1008)
            return
        attendance = Attendance(receive, self._unwatched)
        visit = Visit(scope, read_headers(scope["headers"]), self._entrance.body(receive), attendance)
        try:
            answer = await self._answered(visit)
        except GovGraphError as error:
            await visit.body.drain()
            unrecorded = await self._entrance.unrecorded(caller_address(scope), error)
            if unrecorded:
                await refusal(error)(scope, receive, send)
                return
            answer = await self._refused(visit, error)
        if answer is not None and answer.flow is not None:
            await visit.attendance.of(poured(answer.flow, visit.headers.get(b"accept", ""), send))
        elif answer is not None:
            await _sent(answer, visit, send)

    async def _answered(self, visit: Visit) -> Answer | None:
        address, loop = caller_address(visit.scope), asyncio.get_running_loop()
        caller = await self._entrance.caller(address, visit.headers.get(b"authorization", ""))
        visit.body.limit, known = self._entrance.limit(caller), loop.time()
        asked = await _asked(visit)
        still_known = caller if loop.time() - known < self._moment else None
        question = question_of(visit.scope, visit.headers, asked, still_known)
        answer = await visit.attendance.of(self._pipeline.answer(question))
        if answer is not None and answer.status == UNAUTHENTICATED:
            await self._entrance.strangers.refused(address)
        return answer

    async def _refused(self, visit: Visit, error: GovGraphError) -> Answer:
        answer = await self._pipeline.refuse(question_of(visit.scope, visit.headers), error)
        if isinstance(error, MethodNotAllowedError):
            return replace(answer, headers={**answer.headers, "Allow": METHODS})
        return answer


async def _asked(visit: Visit) -> Asked:
    """Return what is asked, in the query string or in the body. Raises a coded refusal for all else."""
    method = visit.scope["method"]
    if method == "GET":
        return asked_by_get(visit.scope["query_string"])
    if method != "POST":
        raise MethodNotAllowedError("This address answers POST, and GET for registered operations")
    if JSON_TYPES.match(visit.headers.get(b"content-type", "")) is None:
        raise ContentTypeNotSupportedError("The kind of the body is not read here")
    return graphql_body(read_json(await visit.body.whole()))


class Shortcut:
    """Leads one address straight to its app, past the routing of all others: a third of what HTTP costs."""

    def __init__(self, app: ASGIApp, path: str, target: ASGIApp) -> None:
        self._app = app
        self._path = path
        self._target = target

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        app = self._target if scope.get("path") == self._path else self._app
        await app(scope, receive, send)


async def _sent(answer: Answer, visit: Visit, send: Send) -> None:
    """Send an answer with the status that its media type asks for."""
    accept = visit.headers.get(b"accept", "")
    shown = answer if answer.sheet is None else await as_table(answer, accept)
    status, headers, content = response_of(shown, accept) if isinstance(shown, Answer) else shown
    if visit.body.unread:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
