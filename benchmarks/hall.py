"""A department's REST service that answers one fixed list from memory.

Usage: python -m benchmarks.hall PORT. It costs as little as it can, so that what asks it is measured.
"""

import asyncio
import json
import sys
from typing import cast

import uvloop

COUNT = 20


def body() -> bytes:
    """Return the list of services."""
    rows = [
        {"code": f"SX{n:04}", "name": f"第{n:04}号事项", "days": n % 10, "department": f"D{1 + n % 12:03}"}
        for n in range(1, COUNT + 1)
    ]
    return json.dumps({"data": rows}, ensure_ascii=False).encode()


class Answering(asyncio.Protocol):
    """Answers each request that ends with an empty line; none has a body."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer as often as was asked."""
        *asked, self._head = (self._head + data).split(b"\r\n\r\n")
        self._transport.write(self._answer * len(asked))


async def serve(port: int) -> None:
    """Serve until stopped."""
    content = body()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    answer = head.encode() + content
    server = await asyncio.get_running_loop().create_server(lambda: Answering(answer), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1])))
