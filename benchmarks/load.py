"""Asks one question over and over from many connections, and counts.

Usage: python benchmarks/load.py request.json. Prints one JSON object. Runs in a process of its own, so that
counting costs the server nothing.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """A POST of `body` to `url`, for `seconds`, from `connections`; `expect` must be in each answer."""

    url: str
    headers: Mapping[str, str]
    body: str
    expect: str
    connections: int
    seconds: float
    core: int | None = None


@dataclass(slots=True)
class Tally:
    """What came back; `latencies` in seconds, those of the warm-up left out."""

    latencies: list[float] = field(default_factory=list)
    wrong: int = 0


def wire(request: Request) -> bytes:
    """Return the request as HTTP/1.1 sends it."""
    address = urlsplit(request.url)
    body = request.body.encode()
    headers = {"Host": address.netloc, "Content-Length": str(len(body)), **request.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {address.path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def answer(reader: asyncio.StreamReader) -> bytes:
    """Read one answer to its end and return status line and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next(int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:"))
    return lines[0] + b"\n" + await reader.readexactly(length)


async def connection(request: Request, tally: Tally, begin: float, end: float) -> None:
    """Ask on one connection until `end`; count what was asked after `begin`."""
    address = urlsplit(request.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    sent, expected = wire(request), request.expect.encode()
    while (asked := time.perf_counter()) < end:
        writer.write(sent)
        received = await answer(reader)
        if asked >= begin:
            tally.latencies.append(time.perf_counter() - asked)
            tally.wrong += expected not in received
    writer.close()
    await writer.wait_closed()


async def measure(request: Request) -> Mapping[str, float]:
    """Warm up for a fifth of the time, then count, and return the figures; latencies in milliseconds."""
    tally, now = Tally(), time.perf_counter()
    begin, end = now + request.seconds / 5, now + request.seconds * 6 / 5
    async with asyncio.TaskGroup() as group:
        for _ in range(request.connections):
            group.create_task(connection(request, tally, begin, end))
    return {
        "rate": len(tally.latencies) / request.seconds,
        "p50": percentile(tally.latencies, 50),
        "p99": percentile(tally.latencies, 99),
        "wrong": tally.wrong,
    }


def percentile(latencies: Sequence[float], of: int) -> float:
    """Return a percentile in milliseconds; 0 where too little was counted to say."""
    return statistics.quantiles(latencies, n=100)[of - 1] * 1000 if len(latencies) > 1 else 0.0


def main() -> None:
    """Measure what the file named on the command line asks for."""
    request = Request(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    if request.core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {request.core})
    print(json.dumps(asyncio.run(measure(request))))


if __name__ == "__main__":
    main()
