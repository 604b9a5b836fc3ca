"""`/oauth/token` and the two `.well-known` pages: HTTP in front of `auth.authorization_server`."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.authorization_server import AuthorizationServer
from server.body import BoundedBody
from server.responses import json_response

FORM_LIMIT = 16_384
FORM = "application/x-www-form-urlencoded"
PUBLIC: Mapping[str, str] = {"Cache-Control": "public, max-age=300"}


def routes(endpoint: AuthorizationServer) -> list[Route]:
    """Return the addresses of the authorization server."""

    async def token(request: Request) -> Response:
        answer = await endpoint.token(
            request.method, str(request.url), dict(request.headers), await _form(request)
        )
        return json_response(answer.body, answer.status, answer.headers)

    async def metadata(_request: Request) -> Response:
        return json_response(endpoint.metadata(), headers=PUBLIC)

    async def keys(_request: Request) -> Response:
        return json_response(endpoint.key_set(), headers=PUBLIC)

    return [
        Route("/oauth/token", token, methods=["POST"]),
        Route("/.well-known/oauth-authorization-server", metadata, methods=["GET"]),
        Route("/.well-known/jwks.json", keys, methods=["GET"]),
    ]


async def _form(request: Request) -> list[tuple[str, str]]:
    """Return the pairs of the form; nothing where the body is of another kind."""
    if not request.headers.get("content-type", "").lower().startswith(FORM):
        return []
    bounded = Request(request.scope, BoundedBody(request.receive, FORM_LIMIT))
    fields = (await bounded.form(max_fields=50, max_files=0)).multi_items()
    return [(name, value) for name, value in fields if isinstance(value, str)]
