"""What every request passes on its way in and out: request id, security headers, the last safety net."""

import logging
import re
import secrets
import traceback
from time import perf_counter
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from govgraph.errors import GovGraphError
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


def middleware(settings: Settings) -> list[Middleware]:
    """Return the layers, outermost first."""
    layers = [Middleware(RequestIds)]
    if settings.trusted_proxies:
        layers.append(Middleware(ProxyHeadersMiddleware, trusted_hosts=_listed(settings.trusted_proxies)))
    layers.append(Middleware(SecurityHeaders))
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


class RequestIds:
    """Accepts a well-formed request id and trace parent, makes what is missing, and returns them.

    A request id that could be an ID number is replaced: it would go into the record.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put `request_id` and `traceparent` into the state of the request and into the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        request_id = sent.get(b"x-request-id", "")
        if REQUEST_ID.match(request_id) is None or names_a_person(request_id):
            request_id = secrets.token_hex(16)
        trace = sent.get(b"traceparent", "")
        trace = trace if TRACEPARENT.match(trace) else ""
        state = scope.setdefault("state", {})
        state["request_id"], state["traceparent"] = request_id, trace

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                if trace:
                    headers["traceparent"] = trace
            await send(message)

        await self._app(scope, receive, answer)


class SecurityHeaders:
    """Adds the headers that keep a browser from doing what nobody asked for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a strict content policy and without storing."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", API_POLICY)
                headers.setdefault("Cache-Control", "no-store")
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["Referrer-Policy"] = "no-referrer"
                headers["Cross-Origin-Opener-Policy"] = "same-origin"
                headers["Cross-Origin-Resource-Policy"] = "same-origin"
            await send(message)

        await self._app(scope, receive, answer)


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
        started = perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, answer)
        except GovGraphError as error:
            await _refuse(error, status, scope, receive, answer)
        except Exception as error:  # noqa: BLE001 the last net: nothing may pass it unrebuilt
            log_place(error, scope["state"]["request_id"])
            await _refuse(InternalError("The platform failed"), status, scope, receive, answer)
        logging.getLogger("govgraph.access").info(
            "request",
            extra={
                "request": scope["state"]["request_id"],
                "method": scope["method"],
                "status": status,
                "milliseconds": round((perf_counter() - started) * 1000, 1),
            },
        )


async def _refuse(error: GovGraphError, status: int, scope: Scope, receive: Receive, send: Send) -> None:
    if not status:
        await refusal(error)(scope, receive, send)


def log_place(error: BaseException, request: str) -> None:
    """Log the kind of an error and where it arose: file and line, no message and no values."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    logging.getLogger("govgraph").error(
        "failure",
        extra={"request": request, "failure": type(error).__name__, "place": place},
    )
