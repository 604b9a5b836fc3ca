"""`/audit/log/…`: the log as C2SP tlog-tiles, for anyone who keeps watch over it.

Checkpoint and hash tiles are open: hashes of records that hold a random receipt tell nothing. Entry
bundles and evidence packages are shown to the audit administrator only, and each reading is recorded
before the first byte leaves.
"""

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from audit.evidence import build
from audit.tiles import Tile, read_path, tile_bytes
from auth.errors import UnauthenticatedError
from auth.roles import Duty
from govgraph.errors import GovGraphError
from server.control.access import Session
from server.control.records import Change, Recorder
from server.entrance import address_of
from server.errors import ReceiptUnknownError
from server.parts import Platform
from server.responses import refusal

FOREVER: Final = "public, max-age=31536000, immutable"
"""A tile of a given width never changes."""
PRIVATELY: Final = "private, max-age=31536000, immutable"

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]


def routes(platform: Platform) -> list[Route]:
    """Return the addresses of the log."""
    log = platform.log

    async def checkpoint(_request: Request) -> Response:
        return PlainTextResponse(log.checkpoint(), headers={"Cache-Control": "no-cache"})

    async def tile(request: Request) -> Response:
        wanted = read_path(request.path_params["path"])
        if wanted.level is None:
            return await bundle(request, wanted)
        return _bytes(await tile_bytes(wanted, log.size, log), FOREVER)

    async def bundle(request: Request, wanted: Tile) -> Response:
        session = await _session(platform, request, "audit.read_entries")
        async with session.recorder.reading(Change("audit.read_entries")) as read:
            content = await tile_bytes(wanted, log.size, log)
            read.detail["records"] = f"{wanted.first}..{wanted.first + wanted.width - 1}"
        return _bytes(content, PRIVATELY)

    async def evidence(request: Request) -> Response:
        session = await _session(platform, request, "audit.evidence")
        receipt = request.path_params["receipt"]
        async with session.recorder.reading(Change("audit.evidence")) as read:
            package = await build(log, receipt, log.verifier_key)
            if package is None:
                raise ReceiptUnknownError("No record carries this receipt")
            read.subject = receipt
        return Response(package, media_type="application/zip")

    return [
        Route("/audit/log/checkpoint", checkpoint, methods=["GET"]),
        Route("/audit/log/tile/{path:path}", _told(tile), methods=["GET"]),
        Route("/audit/log/evidence/{receipt}", _told(evidence), methods=["GET"]),
    ]


def _told(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with its refusals told in the house's envelope, a challenge for the unknown."""

    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except GovGraphError as error:
            response = refusal(error)
            if isinstance(error, UnauthenticatedError):
                response.headers["WWW-Authenticate"] = error.challenge
            return response

    return answered


async def _session(platform: Platform, request: Request, event: str) -> Session:
    """Return the session of a reader of records. Raises coded errors; a refused attempt is recorded.

    Strangers' attempts are counted like those at the graphs: once there are too many, they fill no disk.
    """
    address, authorization = address_of(request), request.headers.get("authorization", "")
    recorder = Recorder(platform.log, platform.clock, request.state.request_id, address)
    try:
        known = await platform.entrance.caller(address, authorization)
        principal = known or await platform.tokens.principal(authorization)
    except GovGraphError as error:
        if not await platform.entrance.unrecorded(address, error):
            await recorder.refused(event, error)
        raise
    own = Recorder(platform.log, platform.clock, request.state.request_id, address, principal)
    session = Session(platform, principal, own)
    await session.allow(Duty.READ_AUDIT)
    return session


def _bytes(content: bytes, caching: str) -> Response:
    return Response(content, media_type="application/octet-stream", headers={"Cache-Control": caching})
