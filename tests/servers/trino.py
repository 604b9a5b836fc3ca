"""A small Trino coordinator: its statement protocol over real HTTP, its SQL answered by DuckDB.

It takes `EXECUTE IMMEDIATE … USING …`, gives rows page by page under addresses of its own, cancels on
DELETE and names errors as Trino does. Functions that only Trino has are macros here; what DuckDB takes
for another meaning (integer division, types of lists) is set or spelled anew. It is no Trino: what it
proves is the protocol, the statements' shape and their meaning where the two engines agree.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

IMMEDIATE = re.compile(r"EXECUTE IMMEDIATE '((?:[^']|'')*)' USING (.*)", re.DOTALL)
LISTS = re.compile(r"ARRAY\((\w+)\)")
TABLES = re.compile(r"FROM UNNEST\(((?:CAST\(\? AS \w+\[\]\)(?:, )?)+)\) AS")
PAGE = 7
MACROS = (
    "SET integer_division = true",
    "SET TimeZone = 'UTC'",
    "CREATE MACRO regexp_like(s, p) AS regexp_matches(s, p)",
    "CREATE MACRO padded(s, n, c) AS lpad(s, CAST(n AS INTEGER), c)",
    "CREATE MACRO json_parse(s) AS CAST(s AS JSON)",
    "CREATE MACRO date_format(t, f) AS strftime(t, replace(f, '%i', '%M'))",
    "CREATE MACRO date_add(unit, n, t) AS t + n * INTERVAL 1 MINUTE",
)
TYPES: Mapping[str, str] = {
    "VARCHAR": "varchar",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "BOOLEAN": "boolean",
    "DOUBLE": "double",
    "HUGEINT": "decimal",
}


@dataclass
class Coordinator:
    """What was asked of it, and what it gives instead of an answer."""

    database: duckdb.DuckDBPyConnection
    url: str = ""
    statements: list[tuple[str, list[Any]]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    error: str = ""
    status: int = 200
    elsewhere: str = ""
    silent: bool = False
    recorded: dict[str, Sequence[Sequence[Any]]] = field(default_factory=dict)
    pages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    async def asked(self, request: Request) -> Response:
        """Take a statement; its rows wait under another address."""
        self.headers.append(dict(request.headers))
        if self.status != 200:
            return Response("hidden cause", status_code=self.status)
        text = (await request.body()).decode()
        number = str(len(self.statements))
        values: list[Any] = []
        if immediate := IMMEDIATE.fullmatch(text):
            text = immediate[1].replace("''", "'")
            values = list(self.database.execute(f"SELECT {immediate[2]}").fetchall()[0])
        self.statements.append((text, values))
        self.pages[number] = [] if self.error or self.silent else self._paged(text, values)
        return JSONResponse(self._answer(number, 0, {}))

    async def fetched(self, request: Request) -> Response:
        """Give one page, or cancel what is left."""
        number, place = request.path_params["number"], int(request.path_params["place"])
        if request.method == "DELETE":
            self.cancelled.append(number)
            return Response(status_code=204)
        if self.error or number in self.cancelled:
            return JSONResponse(self._failed(number))
        if self.silent:
            await asyncio.sleep(0.01)
            return JSONResponse(self._answer(number, place + 1, {}))
        pages = self.pages[number]
        following = place + 1 if place + 1 < len(pages) else None
        return JSONResponse(self._answer(number, following, pages[place]))

    def _paged(self, text: str, values: list[Any]) -> list[dict[str, Any]]:
        if text in self.recorded:
            rows: Sequence[Sequence[Any]] = self.recorded[text]
            columns = [_column(f"_col{place}", "varchar") for place in range(len(rows[0]))]
        else:
            result = self.database.execute(as_duckdb_writes(text), values)
            columns = [
                _column(name, TYPES.get(str(kind), str(kind).lower()))
                for name, kind, *_ in result.description
            ]
            rows = [["varbinary" if cell == "blob" else cell for cell in row] for row in result.fetchall()]
        cells = [[str(cell) if isinstance(cell, Decimal) else cell for cell in row] for row in rows]
        cells = [
            [
                str(cell) if column["type"].startswith("decimal") and cell is not None else cell
                for cell, column in zip(row, columns, strict=True)
            ]
            for row in cells
        ]
        chunks = [cells[place : place + PAGE] for place in range(0, len(cells), PAGE)] or [[]]
        return [{"columns": columns, "data": chunk} for chunk in chunks]

    def _answer(self, number: str, following: int | None, page: Mapping[str, Any]) -> dict[str, Any]:
        state = {
            "state": "RUNNING" if following is not None else "FINISHED",
            "queued": False,
            "scheduled": True,
        }
        answer: dict[str, Any] = {"id": number, "infoUri": self.url, "stats": state, "warnings": [], **page}
        if following is not None:
            where = self.elsewhere or self.url
            answer["nextUri"] = f"{where}/v1/statement/executing/{number}/{following}"
        return answer

    def _failed(self, number: str) -> dict[str, Any]:
        error = {
            "errorName": self.error or "USER_CANCELED",
            "errorType": "USER_ERROR",
            "errorCode": 1,
            "message": "hidden cause",
        }
        return {**self._answer(number, None, {}), "error": error}


def as_duckdb_writes(text: str) -> str:
    """Return a statement with the types of lists, and lists as tables, as DuckDB spells them."""
    text = LISTS.sub(r"\1[]", text).replace("lpad(", "padded(").replace("element_at(", "map_extract_value(")
    return TABLES.sub(
        lambda found: f"FROM (SELECT {re.sub('CAST', 'unnest(CAST', found[1]).replace('[])', '[]))')}) AS",
        text,
    )


def _column(name: str, type_: str) -> dict[str, Any]:
    raw = type_.partition("(")[0]
    return {"name": name, "type": type_, "typeSignature": {"rawType": raw, "arguments": []}}


@asynccontextmanager
async def coordinating(*statements: str) -> AsyncIterator[Coordinator]:
    """Serve a coordinator on a free port of this machine, over what the statements made."""
    database = duckdb.connect(":memory:")
    for statement in (*MACROS, *statements):
        database.execute(statement)
    coordinator = Coordinator(database)
    place = "/v1/statement/executing/{number}/{place}"
    routes = [
        Route("/v1/statement", coordinator.asked, methods=["POST"]),
        Route(place, coordinator.fetched, methods=["GET", "DELETE"]),
    ]
    config = uvicorn.Config(Starlette(routes=routes), log_level="error", lifespan="off", access_log=False)
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.bind(("127.0.0.1", 0))
    sock.listen(64)
    coordinator.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve([sock]))
    try:
        yield coordinator
    finally:
        server.should_exit = True
        server.force_exit = True
        await running
        sock.close()
        database.close()
