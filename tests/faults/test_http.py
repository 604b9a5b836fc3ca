"""What HTTP services do wrong: another kind of answer, far too much, no address, an old certificate."""

import asyncio
import ssl
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import SourceUnavailableError
from connectors.guard import guarded
from connectors.model import Keys, Output, Read, Surroundings
from connectors.registry import open_connector
from govgraph.egress import Address, Egress, HostUnknownError, networks
from govgraph.expressions.terms import Column
from tests.faults.certificates import authority

pytestmark = pytest.mark.anyio
LARGEST = 1_000_000
GIGABYTE = 1_000_000_000
HEAD = "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nConnection: close\r\n\r\n"
READ = Read("rows", (Output("state", Column("state")),), keys=Keys((Column("idNo"),), "keys"))
Write = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(write: Write, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Yield the port of a service that answers every request with what `write` writes."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            await write(writer)
            writer.close()
            await writer.wait_closed()
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def asked(port: int, egress: Egress, scheme: str = "http", **settings: Any) -> Any:
    """Return what a look-up at that service gives."""
    lookup = {"path": "/batch", "key": "idNo", "body": "ids", "items": "data"}
    entity = {"columns": {"idNo": "text", "state": "text"}, "lookup": lookup}
    given = {"url": f"{scheme}://fund.example:{port}", "entities": {"rows": entity}, **settings}
    around = Surroundings("housing-fund", lambda _: "", egress=egress)
    connector = guarded(await open_connector("rest", given, around, {}), "housing-fund", 20, 1)
    try:
        return await connector.prepare(READ).rows({"keys": [("1",)]})
    finally:
        await connector.aclose()


def here() -> Egress:
    """Return the guard of a city where every name is this machine."""

    async def resolve(_host: str, _port: int) -> Sequence[Address]:
        return (ip_address("127.0.0.1"),)

    return Egress(networks("127.0.0.0/8"), resolve=resolve)


async def test_a_page_where_data_was_asked_for_is_no_answer() -> None:
    async def page(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD.format("text/html").encode() + b"<html>330799199003071013</html>")
        await writer.drain()

    async with listening(page) as port:
        with pytest.raises(SourceUnavailableError) as caught:
            await asked(port, here())
    assert "330799" not in caught.value.text


async def test_an_answer_of_a_gigabyte_is_left_at_its_bound_and_never_held() -> None:
    sent: list[int] = []

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD.format("application/json").encode() + b'{"data": [')
        block = b" " * 65_536
        while sum(sent) < GIGABYTE:
            writer.write(block)
            await writer.drain()
            sent.append(len(block))

    tracemalloc.start()
    try:
        async with listening(endless) as port:
            with pytest.raises(SourceUnavailableError, match="maxAnswerBytes"):
                await asked(port, here(), maxAnswerBytes=LARGEST)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(sent) < GIGABYTE // 10
    assert most < 20 * LARGEST


async def test_a_name_without_an_address_is_a_source_that_is_away() -> None:
    async def nowhere(_host: str, _port: int) -> Sequence[Address]:
        return ()

    with pytest.raises(HostUnknownError) as caught:
        await asked(1234, Egress(resolve=nowhere))
    assert (caught.value.code, caught.value.where) == ("SOURCE_UNAVAILABLE", "housing-fund")
    assert "fund.example" not in caught.value.text


async def answered(writer: asyncio.StreamWriter) -> None:
    """Answer the look-up."""
    writer.write(HEAD.format("application/json").encode() + b'{"data": [{"idNo": "1", "state": "PAYING"}]}')
    await writer.drain()


async def test_a_certificate_for_the_name_that_was_asked_for_is_taken(tmp_path: Path) -> None:
    trusted = authority(tmp_path)
    async with listening(answered, trusted.server("fund.example", timedelta(days=1))) as port:
        rows = await asked(port, here(), "https", authority=trusted.file.read_text())
    assert [*map(list, rows)] == [["PAYING"]]


@pytest.mark.parametrize(("name", "days"), [("fund.example", -1), ("other.example", 1)])
async def test_an_expired_certificate_or_anothers_is_a_source_that_is_away(
    tmp_path: Path, name: str, days: int
) -> None:
    trusted = authority(tmp_path)
    async with listening(answered, trusted.server(name, timedelta(days=days))) as port:
        with pytest.raises(SourceUnavailableError) as caught:
            await asked(port, here(), "https", authority=trusted.file.read_text())
    assert "certificate" not in repr(caught.value)
