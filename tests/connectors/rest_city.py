"""A REST source over real HTTP: 43 people in every style of pages and look-ups, or what a test says."""

import asyncio
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.conformance import Truth
from connectors.model import ColumnType, Entity, EntityColumn, Output, Read
from govgraph.expressions.terms import Column

READ = Read("e", (Output("a", Column("a")),))
KEY = "canary-key-&%+"
COLUMNS: Mapping[str, Any] = {
    "idNo": "text",
    "name": {"type": "text", "at": "person.name"},
    "children": "integer",
    "share": "decimal",
    "married": "boolean",
}
NAMES = ("陈志远", "a/b ?&#%", "𠮷田", "", None, "x{idNo}y")
ROWS = [
    {
        "idNo": f"33/07 {number:03}?&%" if number % 5 == 0 else f"3307{number:03}",
        "person": {"name": NAMES[number % len(NAMES)]},
        "children": number % 4 if number % 7 else None,
        "share": number / 8,
        "married": number % 2 == 0,
    }
    for number in range(43)
]
TRUTH = Truth(
    Entity(
        "people",
        tuple(
            EntityColumn(name, ColumnType(one if isinstance(one, str) else one["type"]))
            for name, one in COLUMNS.items()
        ),
        ("idNo",),
    ),
    [
        [row["idNo"], row["person"]["name"], row["children"], Decimal(str(row["share"])), row["married"]]  # type: ignore[index]
        for row in ROWS
    ],
    keys=(("idNo",), ("children", "idNo")),
)
Answer = Callable[[Request], Awaitable[Response]]


@dataclass
class RestCity:
    """The source: where it is, what it was asked, and what it answers in the place of the usual."""

    url: str = ""
    asked: list[Request] = field(default_factory=list)
    answer: Answer | None = None

    async def answered(self, request: Request) -> Response:
        """Return what the test says, or the people."""
        self.asked.append(request)
        await request.body()
        return await self.answer(request) if self.answer is not None else await people(request)


async def people(request: Request) -> Response:
    """Return people, in the style that the path names."""
    style, _, key = request.path_params["path"].partition("/")
    if style == "one":
        return _one(key)
    if style == "batch":
        keys = json.loads(await request.body())["filter"]["ids"]
        return _json({"rows": [row for row in ROWS if row["idNo"] in keys]})
    return STYLES[style](request.query_params) if style in STYLES else _json({"error": "none"}, status=404)


def _page(given: QueryParams) -> Response:
    start, size = (int(given["page"]) - 1) * int(given["size"]), int(given["size"])
    return _json({"data": {"rows": ROWS[start : start + size], "total": len(ROWS)}})


def _capped(given: QueryParams) -> Response:
    """Return fewer rows than were asked for."""
    start = int(given["skip"])
    return _json({"rows": ROWS[start : start + 10], "total": len(ROWS)})


def _offset(given: QueryParams) -> Response:
    return _json(ROWS[int(given["skip"]) : int(given["skip"]) + int(given["take"])])


def _cursor(given: QueryParams) -> Response:
    start = int(given.get("after", "at 0").removeprefix("at "))
    after = f"at {start + 10}" if start + 10 < len(ROWS) else None
    return _json({"rows": ROWS[start : start + 10], "meta": {"after": after}})


def _link(given: QueryParams) -> Response:
    start = int(given.get("from", "0"))
    following = f'<?from={start + 10}>; title="a, b"; rel="last next", </x>; rel=first'
    return _json(ROWS[start : start + 10], {"Link": following} if start + 10 < len(ROWS) else {})


def _named(given: QueryParams) -> Response:
    start = int(given.get("from", "0"))
    link = f"/named?from={start + 10}" if start + 10 < len(ROWS) else None
    return _json({"rows": ROWS[start : start + 10], "next": link})


def _of(keys: Sequence[str]) -> Response:
    return _json([row for row in ROWS if row["idNo"] in keys])


def _one(key: str) -> Response:
    found = [row for row in ROWS if row["idNo"] == key]
    return _json({"row": found[0]}) if found else _json({"error": "none"}, status=404)


def _json(body: object, headers: Mapping[str, str] | None = None, status: int = 200) -> Response:
    return JSONResponse(body, status_code=status, headers=dict(headers or {}))


STYLES: Mapping[str, Callable[[QueryParams], Response]] = {
    "page": _page,
    "capped": _capped,
    "offset": _offset,
    "cursor": _cursor,
    "link": _link,
    "named": _named,
    "all": lambda _: _json(ROWS),
    "several": lambda given: _of(given.getlist("id")),
    "joined": lambda given: _of(given["ids"].split("|")),
    "asked": lambda given: _one(given["id"]),
}


def believing(proof: Callable[[Request], bool]) -> Answer:
    """Return a source that answers whoever brings the proof."""

    async def answer(request: Request) -> Response:
        return JSONResponse([{"a": "k"}] if proof(request) else {}, 200 if proof(request) else 401)

    return answer


class _Server(uvicorn.Server):
    """Uvicorn that leaves signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing."""
        yield


@asynccontextmanager
async def served(tls: ssl.SSLContext | None = None) -> AsyncIterator[RestCity]:
    """Serve the city on a free port of this machine."""
    city = RestCity()
    routes = [Route("/{path:path}", city.answered, methods=["GET", "POST"])]
    config = uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off", access_log=False)
    if tls is not None:
        config.load()
        config.ssl = tls
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    sock.listen(64)
    city.url = f"{'https' if tls else 'http'}://127.0.0.1:{sock.getsockname()[1]}"
    server = _Server(config)
    running = asyncio.create_task(server.serve([sock]))
    try:
        yield city
    finally:
        server.should_exit = True
        server.force_exit = True
        await running
        sock.close()
