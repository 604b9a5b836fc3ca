"""What stands before a graph: how much of a body is read, for how long, and from whom."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive

from govgraph.errors import GovGraphError
from server.body import BoundedBody
from server.errors import TooManyRequestsError
from server.responses import refusal
from server.strangers import Strangers


@dataclass(frozen=True, slots=True)
class Entrance:
    """Bytes and seconds of one body, and the count of what is refused to nobody in particular."""

    body_limit: int
    body_timeout: float
    strangers: Strangers

    def body(self, receive: Receive) -> BoundedBody:
        """Return the body of a request, bounded."""
        return BoundedBody(receive, self.body_limit, self.body_timeout)

    async def admit(self, request: Request) -> None:
        """Return where the request may be looked at. Raises `TOO_MANY_REQUESTS`."""
        await self.strangers.admit(address_of(request), request.headers.get("authorization", ""))

    async def unrecorded(self, request: Request, error: GovGraphError) -> Response | None:
        """Return the refusal that leaves no record, or None where this one has to be recorded.

        The first of a minute is recorded, the others would fill the disk.
        """
        address = address_of(request)
        if isinstance(error, TooManyRequestsError) and not await self.strangers.is_news(address):
            return refusal(error)
        await self.strangers.refused(address)
        return None


def address_of(request: Request) -> str:
    """Return the network address of whoever asks; empty where there is none."""
    return request.client.host if request.client else ""


def closed(response: Response, body: BoundedBody) -> Response:
    """Return the response, ending the connection where the client may still send what nobody reads."""
    if body.unread:
        response.headers["Connection"] = "close"
    return response
