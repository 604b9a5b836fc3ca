"""What every request passes on its way in and out: request id, security headers, the last safety net."""

import logging
import re
import traceback
from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Final, Protocol, TypeAlias

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from govgraph.errors import GovGraphError
from govgraph.randomness import Identifiers
from govgraph.settings import Settings
from resolvers.errors import InternalError
from schema.types import names_a_person
from server.responses import refusal

REQUEST_ID: Final = re.compile(r"^[A-Za-z0-9._-]{1,64}$")
TRACEPARENT: Final = re.compile(r"^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$")
API_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
CALLER_HEADERS: Final = (
    "Authorization",
    "Content-Type",
    "Purpose",
    "Case-Number",
    "End-User",
    "Request-Timeout",
    "X-Request-Id",
    "traceparent",
)
Header: TypeAlias = tuple[bytes, bytes]
UNLESS_SAID: Final[tuple[Header, ...]] = (
    (b"content-security-policy", API_POLICY.encode()),
    (b"cache-control", b"no-store"),
)
"""Headers of every answer that does not set them itself."""
ALWAYS: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""Headers that keep a browser from doing what nobody asked for."""


class Counter(Protocol):
    """Counts requests (`server.metrics.traffic.Traffic`)."""

    def begun(self) -> None:
        """Take note of a request."""

    def ended(self, path: str, status: int, seconds: float) -> None:
        """Take note of how it ended."""


def middleware(settings: Settings, counter: Counter) -> list[Middleware]:
    """Return the layers, outermost first; `counter` is told of each request."""
    layers = [Middleware(Doorway, counter=counter)]
    if settings.trusted_proxies:
        layers.append(Middleware(ProxyHeadersMiddleware, trusted_hosts=_listed(settings.trusted_proxies)))
    if settings.cors_origins:
        layers.append(
            Middleware(
                CORSMiddleware,
                allow_origins=_listed(settings.cors_origins),
                allow_methods=["GET", "POST"],
                allow_headers=list(CALLER_HEADERS),
                expose_headers=["X-Request-Id", "traceparent"],
            )
        )
    layers.append(Middleware(SafetyNet))
    return layers


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class Doorway:
    """Gives every request its id, every answer its headers of safety, the log its line, its count.

    A well-formed request id and trace parent are accepted and returned, what is missing is made. A
    request id that could be an ID number is replaced: it would go into the record.
    """

    def __init__(self, app: ASGIApp, counter: Counter) -> None:
        self._app = app
        self._counter = counter
        self._log = logging.getLogger("govgraph.access")
        self._identifiers = Identifiers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put `request_id`, `traceparent` and later `status` into the state of the request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        state = scope.setdefault("state", {})
        state["request_id"], state["traceparent"] = _marks(scope["headers"], self._identifiers)
        state["status"] = 0

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                state["status"] = message["status"]
                message["headers"] = _dressed(message.get("headers", ()), state)
            await send(message)

        self._counter.begun()
        try:
            await self._app(scope, receive, answer)
        finally:
            seconds = perf_counter() - started
            self._counter.ended(
                scope["path"].removeprefix(scope.get("root_path", "")), state["status"], seconds
            )
        if self._log.isEnabledFor(logging.INFO):
            self._line(scope, round(seconds * 1000, 1))

    def _line(self, scope: Scope, milliseconds: float) -> None:
        """Write the line of a request; `Logger.info` would look for the line of code, at twice the time."""
        record = logging.LogRecord(self._log.name, logging.INFO, "", 0, "request", None, None)
        record.__dict__.update(
            request=scope["state"]["request_id"],
            method=scope["method"],
            status=scope["state"]["status"],
            milliseconds=milliseconds,
        )
        self._log.handle(record)


def _marks(headers: Iterable[Header], identifiers: Identifiers) -> tuple[str, str]:
    """Return the request id and the trace parent, the latter empty where none is well-formed."""
    request_id = trace = ""
    for name, value in headers:
        if name == b"x-request-id":
            request_id = value.decode("latin-1")
        elif name == b"traceparent":
            trace = value.decode("latin-1")
    if not request_id or REQUEST_ID.match(request_id) is None or names_a_person(request_id):
        request_id = identifiers()
    return request_id, trace if TRACEPARENT.match(trace) else ""


def _dressed(headers: Iterable[Header], state: Mapping[str, str]) -> list[Header]:
    """Return the headers of an answer with those of safety; a page's own content policy stays."""
    dressed = list(headers)
    said = {name for name, _ in dressed}
    dressed += [header for header in UNLESS_SAID if header[0] not in said]
    dressed += ALWAYS
    dressed.append((b"x-request-id", state["request_id"].encode()))
    if state["traceparent"]:
        dressed.append((b"traceparent", state["traceparent"].encode()))
    return dressed


class SafetyNet:
    """Turns whatever escapes into a coded refusal; the log gets the place, never the text.

    Messages of libraries print values, so neither caller nor log may see them.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or refuse with the error's own code, or with `INTERNAL`."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        except GovGraphError as error:
            await _refuse(error, scope, receive, send)
        except Exception as error:  # noqa: BLE001 the last net: nothing may pass it unrebuilt
            log_place(error, scope["state"]["request_id"])
            await _refuse(InternalError("The platform failed"), scope, receive, send)


async def _refuse(error: GovGraphError, scope: Scope, receive: Receive, send: Send) -> None:
    if not scope["state"]["status"]:
        await refusal(error)(scope, receive, send)


def log_place(error: BaseException, request: str) -> None:
    """Log the kind of an error and where it arose: file and line, no message and no values."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    logging.getLogger("govgraph").error(
        "failure",
        extra={"request": request, "failure": type(error).__name__, "place": place},
    )
