"""A streamed answer over HTTP: the data in pieces as they come, errors and extensions last."""

from contextlib import suppress
from dataclasses import dataclass

from starlette.types import Send

from resolvers.errors import StreamTooSlowError
from resolvers.question import Flow
from server.responses import media_type, response_of, rest_bytes


@dataclass(slots=True)
class Pouring:
    """One response, begun with the first piece of its data."""

    accept: str
    send: Send
    begun: bool = False

    async def write(self, piece: bytes) -> None:
        """Send a piece of the data. The server itself waits here until the client has taken those before."""
        if not self.begun:
            self.begun = True
            kind = media_type(self.accept).encode()
            await self.send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]}
            )
            piece = b'{"data":' + piece
        await self.send({"type": "http.response.body", "body": piece, "more_body": True})


async def poured(flow: Flow, accept: str, send: Send) -> None:
    """Send an answer as it is made. One that its client does not take is broken off, not ended."""
    pouring = Pouring(accept, send)
    with suppress(StreamTooSlowError):
        rest = await flow(pouring.write)
        if pouring.begun:
            await send({"type": "http.response.body", "body": rest_bytes(rest)})
            return
        status, headers, content = response_of(rest, accept)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})
