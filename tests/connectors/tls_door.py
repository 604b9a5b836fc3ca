"""TLS before a real PostgreSQL, whose own build has none: the first bytes of its protocol, then TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

ASKED = (8).to_bytes(4) + (80877103).to_bytes(4)
"""The message with which a client asks for TLS (PostgreSQL, "SSL Session Encryption")."""


@dataclass
class TlsDoor:
    """Shows the certificate of `shown` (None: offers no TLS) and passes on to the socket."""

    socket: str
    shown: ssl.SSLContext | None = None
    port: int = 0
    heard: bytearray = field(default_factory=bytearray)
    served: set[asyncio.Task[None] | None] = field(default_factory=set)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        self.served.add(task := asyncio.current_task())
        try:
            with suppress(OSError, asyncio.IncompleteReadError):
                await self._passed(reader, writer)
        finally:
            writer.transport.abort()
            self.served.discard(task)

    async def _passed(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.readexactly(8) == ASKED
        writer.write(b"N" if self.shown is None else b"S")
        if self.shown is not None:
            await writer.start_tls(self.shown)
        far_reader, far_writer = await asyncio.open_unix_connection(self.socket)
        back = asyncio.create_task(self._pass(far_reader, writer))
        try:
            await self._pass(reader, far_writer, self.heard)
        finally:
            far_writer.transport.abort()
            back.cancel()
            await asyncio.wait([back])

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, heard: bytearray | None = None
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(65_536):
                if heard is not None:
                    heard += piece
                writer.write(piece)
                await writer.drain()


@asynccontextmanager
async def tls_door(socket: str) -> AsyncIterator[TlsDoor]:
    """Open the door on a free port of this machine."""
    door = TlsDoor(socket)
    async with await asyncio.start_server(door.take, "127.0.0.1", 0) as server:
        door.port = server.sockets[0].getsockname()[1]
        yield door
        for task in tuple(door.served):
            assert task is not None
            task.cancel()
            await asyncio.wait([task])
        await asyncio.sleep(0)  # what was aborted is closed in the loop's next turn
