"""Large answers over real HTTP: bounded memory, and no connection of a source is held for nobody."""

import asyncio
import gc
import os
import socket
import tracemalloc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import orjson
import pytest

from tests.server.living import Living, living
from tests.server.test_control import PUBLISH, PUT
from tests.server.test_leaving import until
from tests.server.test_operations import SET

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]
COUNT = 200_000 if os.environ.get("GOVGRAPH_PROVE") == "1" else 20_000
MEGABYTE = 1_000_000
VIEW = f"""CREATE VIEW meter AS
SELECT lpad(n::text, 6, '0') AS id, 'p' || n AS owner, 'street ' || n AS street, md5(n::text) AS mark,
  n % 100 AS used, repeat('x', 2000) AS note FROM generate_series(1, {COUNT}) AS n"""
MANIFEST = """
manifest: 1
department: {key: big-data, code: 11330799T00001127R, title: 大数据局}
source: {kind: sql, url: "URL"}
resources:
  Meter:
    table: meter
    title: 水表
    class: {lei: 3, xiang: 12, mu: 009}
    summary: 测试
    share: {type: CONDITIONAL, scope: 行政机关, purposes: [CHECK-ONE]}
    open: NOT_OPEN
    cycle: DAILY
    key: [id]
    subject: owner
    fields:
      id: {column: id, title: 编号, level: L1, rights: [read, match]}
      owner: {column: owner, title: 户主, level: L2}
      street: {column: street, title: 街道, level: L1}
      mark: {column: mark, title: 标记, level: L1}
      used: {column: used, title: 用量, type: Int, level: L1}
      note: {column: note, title: 备注, level: L1}
"""
GRANT = """
grants: 1
client: app-one
purpose: CHECK-ONE
legalBasis: 测试
agreement: 测试
valid: {from: 2020-01-01, to: 2099-12-31}
items:
  - id: M-1
    resource: big-data.Meter
    bulk: true
    fields: {id: [read, match], owner: [read], street: [read], mark: [read], used: [read], note: [read]}
"""
NARROW = "query($n: Int) { meters(first: $n) { nodes { id street mark used } pageInfo { hasNextPage } } }"
WIDE = "query($n: Int) { meters(first: $n) { nodes { id note } } }"
OURS = """SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND application_name = 'govgraph' AND state <> 'idle'"""


@dataclass(frozen=True, slots=True)
class Meters:
    """A platform whose application may list all meters, and a connection that watches their database."""

    platform: Living
    database: Any

    async def let_go(self) -> bool:
        """Return whether the platform holds no statement and no transaction open."""
        return not await self.database.fetchval(OURS)

    async def records(self, request: str) -> list[dict[str, Any]]:
        """Return the records of a request in their order."""
        log = self.platform.platform.log
        leaves: list[dict[str, Any]] = []
        while len(leaves) < log.size:
            place = len(leaves)
            found = await log.entries(place, min(256 - place % 256, log.size - place))
            leaves += [orjson.loads(leaf) for leaf in found]
        return [leaf for leaf in leaves if leaf.get("request") == request]

    async def ended(self, request: str) -> dict[str, Any]:
        """Return the end record of a request, once it is there."""
        found: list[dict[str, Any]] = []

        async def written() -> bool:
            found[:] = [one for one in await self.records(request) if one.get("part") == "end"]
            return bool(found)

        await until(written)
        [record] = found
        return record

    @asynccontextmanager
    async def asking(self, query: str, request: str) -> AsyncIterator[asyncio.StreamReader]:
        """Ask for all meters over a socket that takes little at a time, and yield what is to be read."""
        host, port = self.platform.url.removeprefix("http://").split(":")
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        narrow.setblocking(False)
        await asyncio.get_running_loop().sock_connect(narrow, (host, int(port)))
        reader, writer = await asyncio.open_connection(sock=narrow, limit=4096)
        body = orjson.dumps({"query": query, "variables": {"n": COUNT}})
        head = (
            f"POST /graphql HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {await self.platform.token('app-one')}\r\nPurpose: CHECK-ONE\r\n"
            f"X-Request-Id: {request}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        try:
            yield reader
        finally:
            writer.transport.abort()


@pytest.fixture
async def opened(
    request: pytest.FixtureRequest, tmp_path: Any, new_postgresql_database: Callable[[], str]
) -> AsyncIterator[Meters]:
    url = new_postgresql_database()
    database = await asyncpg.connect(url)
    await database.execute(VIEW)
    bounds = {"source_timeout": 60, "deadline": 60, **getattr(request, "param", {})}
    async with living(tmp_path, **bounds) as platform:
        control = await platform.control()
        manifest = MANIFEST.replace("URL", url.replace("postgres:@", "postgres@"))
        await control.ask(PUBLISH, f=[{"name": "meters.yaml", "text": manifest}])
        await control.ask(PUT, f=[{"name": "meters.yaml", "text": GRANT}])
        security = await platform.control("security-administrator")
        await security.ask(SET, i="app-one", s={"page": COUNT})
        yield Meters(platform, database)
    await database.close()


async def read_all(meters: Meters, query: str, request: str) -> tuple[int, bytes]:
    """Return the bytes of an answer, and the last of them; the others are not kept."""
    sent = {"Authorization": f"Bearer {await meters.platform.token('app-one')}", "Purpose": "CHECK-ONE"}
    body = {"query": query, "variables": {"n": COUNT}}
    total, last = 0, b""
    headers = {**sent, "X-Request-Id": request}
    async with meters.platform.http.stream(
        "POST", "/graphql", json=body, headers=headers, timeout=300
    ) as response:
        assert response.status_code == 200, await response.aread()
        async for chunk in response.aiter_bytes():
            total += len(chunk)
            last = (last + chunk)[-4000:]
    return total, last


async def test_many_rows_stream_in_bounded_memory_with_a_record_before_each_batch(opened: Meters) -> None:
    await read_all(opened, NARROW, "before")  # what is made once is made
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        total, last = await read_all(opened, NARROW, "measured")
        grown = tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()
    assert total > COUNT * 80
    assert grown < 10 * MEGABYTE
    assert b'"hasNextPage":false}}},"extensions":{"govgraph":{"receipt":' in last
    records = await opened.records("measured")
    assert [one.get("part") for one in records] == ["begin", *["part"] * (COUNT // 1000), "end"]
    assert {one["subject_total"] for one in records[1:-1]} == {1000}
    assert records[-1]["rows"] == {"Meter": COUNT}
    assert records[-1]["bulk"] == ["M-1"]
    assert await opened.let_go()


@pytest.mark.parametrize("opened", [{"stream_wait": 0.3}], indirect=True)
async def test_a_client_that_reads_no_further_holds_no_connection_of_the_source(opened: Meters) -> None:
    async with opened.asking(WIDE, "stuck") as reader:
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        end = await opened.ended("stuck")
        await until(opened.let_go)
    assert (end["outcome"], end["codes"]) == ("failed", ["STREAM_TOO_SLOW"])
    assert 0 < end["rows"]["Meter"] < COUNT


async def test_a_client_that_goes_away_takes_its_cursor_along(opened: Meters) -> None:
    async with opened.asking(WIDE, "gone") as reader:
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    end = await opened.ended("gone")
    await until(opened.let_go)
    assert (end["outcome"], end["codes"]) == ("failed", ["CLIENT_GONE"])
    assert 0 < end["rows"]["Meter"] < COUNT


@pytest.mark.parametrize(
    ("mutation", "code"),
    [
        ('revokeGrant(id: "M-1")', "RIGHTS_CHANGED"),
        ('suspendGrant(id: "M-1")', "RIGHTS_CHANGED"),
        ('revokeClient(id: "app-one")', "CLIENT_REVOKED"),
    ],
)
async def test_a_revocation_ends_an_open_stream(opened: Meters, mutation: str, code: str) -> None:
    async with opened.asking(WIDE, "revoked") as reader:
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        seat = "security-administrator" if "suspend" in mutation else ""
        await (await opened.platform.control(seat)).ask(f"mutation {{ {mutation} }}")
        last = await _rest(reader)
    assert f'"code":"{code}"'.encode() in last
    end = await opened.ended("revoked")
    assert (end["outcome"], end["codes"]) == ("failed", [code])
    assert end["rows"]["Meter"] < COUNT
    await until(opened.let_go)


async def _rest(reader: asyncio.StreamReader) -> bytes:
    """Return the last bytes of a response."""
    last = b""
    while chunk := await reader.read(65_536):
        last = (last + chunk)[-4000:]
    return last
