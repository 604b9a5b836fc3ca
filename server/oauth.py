"""`/oauth/token` and the two `.well-known` pages: HTTP in front of `auth.authorization_server`."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audit.record import Outcome
from auth.authorization_server import SCOPE, TokenAnswer, named_client
from auth.principal import Principal
from govgraph.errors import CallerError, GovGraphError
from server.body import BoundedBody
from server.control.records import Change, Recorder
from server.entrance import address_of, closed
from server.parts import Platform
from server.responses import json_response, refusal

FORM_LIMIT = 16_384
GIVEN = 200
FIELDS = 50
FORM = "application/x-www-form-urlencoded"
UNREADABLE: Mapping[str, str] = {
    "error": "invalid_request",
    "error_description": f"The form cannot be read, or holds more than {FIELDS} fields",
}
PUBLIC: Mapping[str, str] = {"Cache-Control": "public, max-age=300"}


def routes(platform: Platform) -> list[Route]:
    """Return the addresses of the authorization server."""
    endpoint = platform.authorization_server

    async def token(request: Request) -> Response:
        body = BoundedBody(request.receive, FORM_LIMIT, platform.settings.body_timeout)
        try:
            form = await _form(request, body)
        except HTTPException:  # the library's own words would be no answer of RFC 6749
            await body.drain()
            return closed(json_response(UNREADABLE, 400), body)
        except CallerError as error:
            await body.drain()
            return closed(refusal(error), body)
        answer = await endpoint.token(request.method, str(request.url), dict(request.headers), form)
        try:
            await _record(platform, request, answer)
        except GovGraphError as lost:
            return refusal(lost)
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


async def _record(platform: Platform, request: Request, answer: TokenAnswer) -> None:
    """Return once it is recorded that a token is given out, or was refused and to whom.

    A client that there is none of is not named: anything may stand in its place. Of the refusals to one
    address so many a minute are recorded; the others would only fill the disk.
    """
    address = address_of(request)
    named = named_client(request.headers)
    client = await platform.auth.client(named) if named else None
    recorder = Recorder(platform.log, platform.clock, request.state.request_id, address)
    if answer.status == GIVEN and client is not None:
        known = Principal(client.id, client.title, client.role, client.department)
        detail = {"purpose": str(answer.body.get("scope", "")).removeprefix(SCOPE)}
        change = Change("token.issue", client.id, {part: value for part, value in detail.items() if value})
        await replace(recorder, principal=known).note(change, Outcome.ANSWERED)
    elif await platform.entrance.strangers.is_recorded(address):
        change = Change("token.refuse", client.id if client else "", {"code": str(answer.body["error"])})
        await recorder.note(change, Outcome.REFUSED)


async def _form(request: Request, body: BoundedBody) -> list[tuple[str, str]]:
    """Return the pairs of the form; nothing where the body is of another kind."""
    if not request.headers.get("content-type", "").lower().startswith(FORM):
        return []
    fields = (await Request(request.scope, body).form(max_fields=FIELDS, max_files=0)).multi_items()
    return [(name, value) for name, value in fields if isinstance(value, str)]
