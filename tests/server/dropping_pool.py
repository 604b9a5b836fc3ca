"""A pool before a real PostgreSQL that hands none of a session's settings on, as some in the field do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

DROPPED = frozenset({b"default_transaction_read_only", b"statement_timeout"})


def without_settings(startup: bytes) -> bytes:
    """Return a startup message (PostgreSQL, "Message Formats") without the settings that are dropped."""
    words = startup[8:].rstrip(b"\0").split(b"\0")
    kept = [pair for pair in zip(words[::2], words[1::2], strict=True) if pair[0] not in DROPPED]
    body = startup[4:8] + b"".join(name + b"\0" + value + b"\0" for name, value in kept) + b"\0"
    return (len(body) + 4).to_bytes(4) + body


async def passed(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes until nothing does."""
    while piece := await reader.read(65_536):
        writer.write(piece)
        await writer.drain()
    writer.close()


@asynccontextmanager
async def dropping_pool(socket: str) -> AsyncIterator[int]:
    """Open the pool before a socket, and yield its port."""
    writers: list[asyncio.StreamWriter] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        length = await reader.readexactly(4)
        startup = length + await reader.readexactly(int.from_bytes(length) - 4)
        far_reader, far_writer = await asyncio.open_unix_connection(socket)
        writers.append(far_writer)
        far_writer.write(without_settings(startup))
        await asyncio.gather(passed(reader, far_writer), passed(far_reader, writer), return_exceptions=True)

    async with await asyncio.start_server(take, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0.05)  # handlers see the end of what they read
