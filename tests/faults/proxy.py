"""A door before a real source that spoils what the source answers, the way networks and servers do."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

SLOW = 10.0  # seconds
JUNK = b"\xde\xad\xbe\xef" * 16
NO_LINGER = struct.pack("ii", 1, 0)
Dial = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]


class Fault(StrEnum):
    """What becomes of an answer of the source."""

    PASS = "pass"
    SLOW = "slow"  # each part of it comes ten seconds late
    DRIP = "drip"  # one byte a second
    RESET = "reset"  # the connection is reset (TCP RST)
    HALF_OPEN = "half-open"  # nothing comes any more, and nothing says so
    GARBAGE = "garbage"  # bytes that mean nothing
    CUT = "cut"  # half of it, then the end
    REFUSE = "refuse"  # open connections end, and none is accepted


class FaultProxy:
    """Passes everything on to a source, or spoils it: `turn` says how, for open connections too."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial
        self._server: asyncio.Server | None = None
        self._near: set[asyncio.StreamWriter] = set()
        self._ended = asyncio.Condition()
        self.fault = Fault.PASS
        self.port = 0
        self.accepted = 0

    @property
    def open(self) -> int:
        """How many connections the platform holds at the moment."""
        return len(self._near)

    async def turn(self, fault: Fault) -> None:
        """Spoil from now on in another way."""
        self.fault = fault
        if fault is Fault.REFUSE:
            await self._stop()
        elif self._server is None:
            await self.start()

    async def left(self, most: int) -> None:
        """Return once at most so many connections are open."""
        async with self._ended:
            await self._ended.wait_for(lambda: len(self._near) <= most)

    async def start(self) -> None:
        """Listen, at the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._near):
            writer.transport.abort()
        await self.left(0)

    async def aclose(self) -> None:
        """End everything."""
        await self._stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        self._near.add(writer)
        try:
            with suppress(OSError):
                far_reader, far_writer = await self._dial()
                down = asyncio.create_task(self._answers(far_reader, writer))
                try:
                    await self._questions(reader, far_writer)
                finally:
                    down.cancel()
                    await asyncio.wait([down])
                    far_writer.transport.abort()
        finally:
            writer.transport.abort()
            self._near.discard(writer)
            async with self._ended:
                self._ended.notify_all()

    async def _questions(self, reader: asyncio.StreamReader, far: asyncio.StreamWriter) -> None:
        while question := await reader.read(65_536):
            if self.fault is not Fault.HALF_OPEN:
                far.write(question)
                await far.drain()

    async def _answers(self, far: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while answer := await far.read(65_536):
                await self._spoiled(answer, writer)
            if self.fault is not Fault.HALF_OPEN:
                writer.close()

    async def _spoiled(self, answer: bytes, writer: asyncio.StreamWriter) -> None:
        """Send an answer of the source, spoiled as it is said at the moment."""
        match self.fault:
            case Fault.HALF_OPEN:
                return
            case Fault.SLOW:
                await asyncio.sleep(SLOW)
            case Fault.DRIP:
                for byte in answer:
                    writer.write(bytes([byte]))
                    await asyncio.sleep(1)
                return
            case Fault.RESET:
                raw: socket.socket = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
                writer.transport.abort()
                return
            case Fault.GARBAGE:
                answer = JUNK
            case Fault.CUT:
                writer.write(answer[: len(answer) // 2])
                writer.close()
                return
        writer.write(answer)
        await writer.drain()


@asynccontextmanager
async def before(dial: Dial) -> AsyncIterator[FaultProxy]:
    """Yield a proxy before a source, listening on a free port."""
    proxy = FaultProxy(dial)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.aclose()


def at_port(port: int) -> Dial:
    """Reach a source at a port of this machine."""
    return lambda: asyncio.open_connection("127.0.0.1", port)


def at_socket(path: str) -> Dial:
    """Reach a source at a socket of this machine."""
    return lambda: asyncio.open_unix_connection(path)
