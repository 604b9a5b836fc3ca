"""`/audit/log/checkpoint`: the signed size and root of the log, for anyone who keeps one (C2SP)."""

from typing import Protocol

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


class Checkpoints(Protocol):
    """The part of the log that is shown here."""

    def checkpoint(self) -> str:
        """Return the signed note."""


def routes(log: Checkpoints) -> list[Route]:
    """Return the address of the checkpoint."""

    async def checkpoint(_request: Request) -> Response:
        return PlainTextResponse(log.checkpoint())

    return [Route("/audit/log/checkpoint", checkpoint, methods=["GET"])]
