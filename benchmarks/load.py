"""Asks a server over and over from many connections, and counts.

Usage: python -m benchmarks.load request.json. Prints one JSON object. Runs in a process of its own, so that
counting costs the server nothing. What answers hold was compared before; here their status and size are.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import psutil
import uvloop

from benchmarks.children import seconds_of

WARM_UP = 0.2
LEAST = 48
PATIENCE = 5
TOLERANCE = 0.05
END_OF_HEAD, END_OF_CHUNKS = b"\r\n\r\n", b"0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Request:
    """POSTs of `bodies`, one after the other, to `url` for `seconds`, from `connections`.

    An answer is about `length` bytes long, or it is counted as wrong. Where fewer than 48 answers came, the
    time is lengthened, five times at most. `watched` are processes whose time is told, by name.
    """

    url: str
    headers: Mapping[str, str]
    bodies: Sequence[str]
    length: int
    connections: int
    seconds: float
    watched: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What came back from `begin` on, latencies in seconds; `over` is when counting stopped."""

    begin: float
    seconds: float
    latencies: list[float] = field(default_factory=list)
    wrong: int = 0
    over: float = 0.0

    def count(self, asked: float, now: float, right: bool) -> None:
        """Count an answer, and stop where it is enough."""
        if self.over or now < self.begin:
            return
        self.latencies.append(now - asked)
        self.wrong += not right
        passed = now - self.begin
        if passed >= self.seconds * PATIENCE or (passed >= self.seconds and len(self.latencies) >= LEAST):
            self.over = now


class Asking(asyncio.Protocol):
    """One connection: the next question is sent when the last byte of an answer has come."""

    def __init__(self, sent: Sequence[bytes], first: int, length: int, tally: Tally) -> None:
        self._sent, self._next, self._length, self._tally = sent, first, length, tally
        self._head = b""
        self._left = -1
        self._received = 0
        self._right = False
        self._asked = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to ask."""
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        """End; an answer that was cut off is wrong."""
        if not self.done.done():
            self._tally.wrong += 1
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer."""
        if self._left == -1:
            self._head += data
            if END_OF_HEAD not in self._head:
                return
            head, data = self._head.split(END_OF_HEAD, 1)
            self._begin(head)
        self._received += len(data)
        if self._left >= 0:
            complete = self._received >= self._left
        else:
            self._head = (self._head + data)[-len(END_OF_CHUNKS) :]
            complete = self._head == END_OF_CHUNKS
        if complete:
            self._finish()

    def _begin(self, head: bytes) -> None:
        lines = head.lower().split(b"\r\n")
        lengths = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
        self._left = lengths[0] if lengths else -2
        self._right = b" 200 " in lines[0] + b" "
        self._head = b""
        self._received = 0

    def _finish(self) -> None:
        near = abs(self._received - self._length) <= self._length * TOLERANCE
        self._tally.count(self._asked, time.perf_counter(), near and self._right)
        if self._tally.over:
            self.done.set_result(None)
            self._transport.close()
        else:
            self._ask()

    def _ask(self) -> None:
        self._head, self._left = b"", -1
        self._asked = time.perf_counter()
        self._transport.write(self._sent[self._next])
        self._next = (self._next + 1) % len(self._sent)


def wire(request: Request, body: str) -> bytes:
    """Return a request as HTTP/1.1 sends it."""
    address = urlsplit(request.url)
    content = body.encode()
    headers = {"Host": address.netloc, "Content-Length": str(len(content)), **request.headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {address.path} HTTP/1.1\r\n{head}\r\n".encode() + content


async def measure(request: Request) -> Mapping[str, float]:
    """Warm up, then count, and return the figures; latencies in milliseconds.

    Every answer still on its way at the end is awaited, so that the next server finds the core free.
    """
    address = urlsplit(request.url)
    sent = [wire(request, body) for body in request.bodies]
    tally = Tally(time.perf_counter() + request.seconds * WARM_UP, request.seconds)
    loop = asyncio.get_running_loop()
    asking = []
    for number in range(request.connections):
        first = number * len(sent) // request.connections
        _, protocol = await loop.create_connection(
            lambda first=first: Asking(sent, first, request.length, tally), address.hostname, address.port
        )
        asking.append(protocol.done)
    await asyncio.sleep(tally.begin - time.perf_counter())
    watched = {name: psutil.Process(pid) for name, pid in request.watched.items()}
    before = {name: seconds_of(running) for name, running in watched.items()}
    tally.begin = began = time.perf_counter()
    await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    used = {name: seconds_of(running) - before[name] for name, running in watched.items()}
    lasted = (tally.over or time.perf_counter()) - began
    await asyncio.wait(asking)
    return {
        "rate": len(tally.latencies) / lasted,
        "p50": percentile(tally.latencies, 50),
        "p99": percentile(tally.latencies, 99),
        "count": len(tally.latencies),
        "wrong": tally.wrong,
        **{name: seconds * 1e6 / max(1, len(tally.latencies)) for name, seconds in used.items()},
    }


def percentile(latencies: Sequence[float], of: int) -> float:
    """Return a percentile in milliseconds; 0 where too little was counted to say."""
    return statistics.quantiles(latencies, n=100)[of - 1] * 1000 if len(latencies) > 1 else 0.0


def main() -> None:
    """Measure what the file named on the command line asks for."""
    request = Request(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(measure(request))))


if __name__ == "__main__":
    main()
