"""`/oauth/token` and the two `.well-known` pages: HTTP in front of `auth.authorization_server`."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from auth.authorization_server import AuthorizationServer
from govgraph.errors import CallerError
from server.body import BoundedBody
from server.entrance import closed
from server.responses import json_response, refusal

FORM_LIMIT = 16_384
FIELDS = 50
FORM = "application/x-www-form-urlencoded"
UNREADABLE: Mapping[str, str] = {
    "error": "invalid_request",
    "error_description": f"The form cannot be read, or holds more than {FIELDS} fields",
}
PUBLIC: Mapping[str, str] = {"Cache-Control": "public, max-age=300"}


def routes(endpoint: AuthorizationServer, body_timeout: float) -> list[Route]:
    """Return the addresses of the authorization server; `body_timeout` in seconds."""

    async def token(request: Request) -> Response:
        body = BoundedBody(request.receive, FORM_LIMIT, body_timeout)
        try:
            form = await _form(request, body)
        except HTTPException:  # the library's own words would be no answer of RFC 6749
            await body.drain()
            return closed(json_response(UNREADABLE, 400), body)
        except CallerError as error:
            await body.drain()
            return closed(refusal(error), body)
        answer = await endpoint.token(request.method, str(request.url), dict(request.headers), form)
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


async def _form(request: Request, body: BoundedBody) -> list[tuple[str, str]]:
    """Return the pairs of the form; nothing where the body is of another kind."""
    if not request.headers.get("content-type", "").lower().startswith(FORM):
        return []
    fields = (await Request(request.scope, body).form(max_fields=FIELDS, max_files=0)).multi_items()
    return [(name, value) for name, value in fields if isinstance(value, str)]
