"""Departments that send back what they were shown: secrets in errors, in garbage, in headers."""

import asyncio
import base64
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

import orjson

from tests.server.small_city import CHEN

GIVEN_TOKEN = "canary-token-59d1f0c7a4"


class Echo(StrEnum):
    """How the HTTP service answers a question."""

    DATA = "200 OK"
    REFUSED = "401 Unauthorized"
    FAILED = "500 Internal Server Error"
    GARBAGE = "garbage"
    REDIRECT = "302 Found"


class EchoingHttp:
    """Gives tokens and data, or everything it was sent, decoded where it was encoded."""

    def __init__(self) -> None:
        self.echo = Echo.DATA
        self.received = ""
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and close."""
        with suppress(asyncio.IncompleteReadError, OSError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.received += head + _decoded(head)
            writer.write(self._answer(head))
            await writer.drain()
        writer.close()

    def _answer(self, head: str) -> bytes:
        echoed = orjson.dumps({"error": head + _decoded(head), "data": []})
        if self.echo is Echo.DATA:
            granted = {"access_token": GIVEN_TOKEN, "token_type": "Bearer", "expires_in": 600}
            token = head.startswith("POST /token")
            rows = {"data": [{"idNo": CHEN, "state": "PAYING"}]}
            return _http("200 OK", orjson.dumps(granted if token else rows))
        if self.echo is Echo.GARBAGE:
            return _http("200 OK", b"<<" + echoed[1:])
        return _http(self.echo.value, echoed, f"Location: /{_decoded(head)[:40]}\r\n")


def _decoded(head: str) -> str:
    """Return what stands behind `Basic`, in the clear."""
    for line in head.split("\r\n"):
        _, found, code = line.partition(" Basic ")
        if found:
            return base64.b64decode(code).decode()
    return ""


def _http(status: str, body: bytes, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}"
    return f"{head}Connection: close\r\n\r\n".encode() + body


class EchoingPostgresql:
    """Asks for the password in the clear, and refuses with an error that holds it."""

    def __init__(self) -> None:
        self.received = ""
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak the protocol (PostgreSQL, chapter 55) as far as the refusal."""
        with suppress(asyncio.IncompleteReadError, OSError):
            started = await _sized(reader)
            if started == struct.pack(">i", 80877103):  # it asks for TLS
                writer.write(b"N")
                await _sized(reader)
            writer.write(b"R" + struct.pack(">ii", 8, 3))
            await reader.readexactly(1)
            password = (await _sized(reader)).rstrip(b"\0").decode()
            self.received += password
            fields = "".join(f"{one}\0" for one in ("SFATAL", "C28P01", f"Mpassword {password} is wrong"))
            body = fields.encode() + b"\0"
            writer.write(b"E" + struct.pack(">i", 4 + len(body)) + body)
            await writer.drain()
        writer.close()


async def _sized(reader: asyncio.StreamReader) -> bytes:
    (size,) = struct.unpack(">i", await reader.readexactly(4))
    return await reader.readexactly(size - 4)


@asynccontextmanager
async def listening(department: EchoingHttp | EchoingPostgresql) -> AsyncIterator[None]:
    """Let a department listen at a free port."""
    server = await asyncio.start_server(department.serve, "127.0.0.1", 0)
    department.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()
