"""A department's REST service that answers one fixed list from memory, at once or late.

Usage: python -m benchmarks.hall PORT [SECONDS]. It costs as little as it can: what asks it is measured.
"""

import asyncio
import json
import sys
from typing import cast

import uvloop

COUNT = 20
END_OF_HEAD = b"\r\n\r\n"
LENGTH = b"content-length:"


def body() -> bytes:
    """Return the list of services."""
    rows = [
        {
            "code": f"SX{n:04}",
            "name": f"第{n:04}号事项",
            "days": n % 10,
            "department": f"D{1 + n % 12:03}",
            "next": f"SX{1 + n % COUNT:04}",
        }
        for n in range(1, COUNT + 1)
    ]
    return json.dumps({"data": rows}, ensure_ascii=False).encode()


class Answering(asyncio.Protocol):
    """Answers each request with the same bytes, whatever it asks for."""

    def __init__(self, answer: bytes, late: float) -> None:
        self._answer, self._late = answer, late
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer as often as was asked."""
        self._received += data
        while END_OF_HEAD in self._received:
            head, rest = self._received.split(END_OF_HEAD, 1)
            lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(LENGTH)]
            length = int(lengths[0][len(LENGTH) :]) if lengths else 0
            if len(rest) < length:
                return
            self._received = rest[length:]
            if self._late:
                asyncio.get_running_loop().call_later(self._late, self._transport.write, self._answer)
            else:
                self._transport.write(self._answer)


async def serve(port: int, late: float) -> None:
    """Serve until stopped."""
    content = body()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    answer = head.encode() + content
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(answer, late), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
