"""`/oauth/token` and the two `.well-known` pages: HTTP in front of `auth.authorization_server`."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.body import BoundedBody
from server.responses import json_response

FORM_LIMIT = 16_384
FORM = "application/x-www-form-urlencoded"


class TokenEndpoint(Protocol):
    """The part of the authorization server that answers here."""

    async def token(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str]
    ) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        """Return status, body and headers of a token response (RFC 6749)."""

    def metadata(self) -> Mapping[str, Any]:
        """Return the metadata document (RFC 8414)."""

    def jwks(self) -> Mapping[str, Any]:
        """Return the public keys (RFC 7517)."""


def routes(endpoint: Callable[[], TokenEndpoint]) -> list[Route]:
    """Return the addresses of the authorization server."""

    async def token(request: Request) -> Response:
        form = await _form(request)
        if form is None:
            refused = {"error": "invalid_request", "error_description": f"Send one {FORM} body."}
            return json_response(refused, 400)
        status, body, headers = await endpoint().token(
            request.method, str(request.url), dict(request.headers), form
        )
        return json_response(body, status, {**headers, "Cache-Control": "no-store", "Pragma": "no-cache"})

    async def metadata(_request: Request) -> Response:
        return json_response(endpoint().metadata(), headers={"Cache-Control": "public, max-age=300"})

    async def jwks(_request: Request) -> Response:
        return json_response(endpoint().jwks(), headers={"Cache-Control": "public, max-age=300"})

    return [
        Route("/oauth/token", token, methods=["POST"]),
        Route("/.well-known/oauth-authorization-server", metadata, methods=["GET"]),
        Route("/.well-known/jwks.json", jwks, methods=["GET"]),
    ]


async def _form(request: Request) -> dict[str, str] | None:
    if not request.headers.get("content-type", "").lower().startswith(FORM):
        return None
    bounded = Request(request.scope, BoundedBody(request.receive, FORM_LIMIT))
    fields = (await bounded.form(max_fields=50, max_files=0)).multi_items()
    if len({name for name, _ in fields}) < len(fields):
        return None  # RFC 6749 section 3.2: a parameter must not be sent twice
    return {name: value for name, value in fields if isinstance(value, str)}
