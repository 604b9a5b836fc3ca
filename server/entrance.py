"""What stands before a graph: how much of a body is read, for how long, and from whom."""

from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive

from auth.principal import Principal
from govgraph.deadlines import Deadlines
from govgraph.errors import GovGraphError
from server.body import BoundedBody
from server.errors import TooManyRequestsError
from server.strangers import Strangers


@dataclass(frozen=True, slots=True)
class Entrance:
    """Bytes and seconds of one body, and the count of what is refused to nobody in particular."""

    body_limit: int
    body_timeout: float
    strangers: Strangers
    deadlines: Deadlines = field(default_factory=Deadlines)

    def body(self, receive: Receive) -> BoundedBody:
        """Return the body of a request, bounded."""
        return BoundedBody(receive, self.body_limit, self.body_timeout, self.deadlines)

    async def caller(self, address: str, authorization: str) -> Principal | None:
        """Return who asks; None for a stranger whose request may be looked at. Raises `TOO_MANY_REQUESTS`."""
        return await self.strangers.admit(address, authorization)

    def limit(self, caller: Principal | None) -> int:
        """Return the most bytes that the body of a caller may hold."""
        return (caller.settings.body if caller else None) or self.body_limit

    async def admit(self, address: str, authorization: str) -> int:
        """Return the most bytes that the body may hold. Raises `TOO_MANY_REQUESTS`."""
        return self.limit(await self.caller(address, authorization))

    async def unrecorded(self, address: str, error: GovGraphError) -> bool:
        """Return whether this refusal leaves no record: the first of a minute does, others fill the disk."""
        if isinstance(error, TooManyRequestsError) and not await self.strangers.is_news(address):
            return True
        await self.strangers.refused(address)
        return False


def address_of(request: Request) -> str:
    """Return the network address of whoever asks; empty where there is none."""
    return request.client.host if request.client else ""


def closed(response: Response, body: BoundedBody) -> Response:
    """Return the response, ending the connection where the client may still send what nobody reads."""
    if body.unread:
        response.headers["Connection"] = "close"
    return response
