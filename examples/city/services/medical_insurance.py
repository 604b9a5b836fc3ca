"""The REST service of 医疗保障局 in the demo city: insured persons, listed by pages or by a batch of keys.

    python examples/city/services/medical_insurance.py --data FILE.json --port N --key-file F

`FILE.json` is a list of {idNo, area, state, balance}; F holds the API key that clients send as
`X-Api-Key`. Listens on loopback only and prints one line when it is ready. Port 0 takes a free one.
"""

import argparse
import hmac
import json
import os
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

LARGEST_PAGE = 1000
LARGEST_BATCH = 500

Insured = Mapping[str, Any]


def application(rows: Sequence[Insured], key: str) -> Starlette:
    """Return the service over these rows; every call needs the key."""
    by_number: dict[str, list[Insured]] = {}
    for row in rows:
        by_number.setdefault(str(row["idNo"]), []).append(row)

    async def listed(request: Request) -> Response:
        page = number(request.query_params.get("page", "1"))
        size = number(request.query_params.get("size", "200"))
        if page < 1 or not 1 <= size <= LARGEST_PAGE:
            return problem(400, f"page counts from 1, size is 1 to {LARGEST_PAGE}")
        start = (page - 1) * size
        return JSONResponse({"data": rows[start : start + size], "page": page, "total": len(rows)})

    async def batch(request: Request) -> Response:
        ids = wanted(await request.body())
        if ids is None:
            return problem(400, f'the body is {{"ids": [...]}} with at most {LARGEST_BATCH} texts')
        return JSONResponse({"data": [row for one in dict.fromkeys(ids) for row in by_number.get(one, ())]})

    return Starlette(
        routes=[
            Route("/v1/insured", behind(key, listed), methods=["GET"]),
            Route("/v1/insured/batch", behind(key, batch), methods=["POST"]),
        ]
    )


def behind(key: str, endpoint: Callable[[Request], Any]) -> Callable[[Request], Any]:
    """Return the end point, answering 401 to those who do not hold the key."""

    async def checked(request: Request) -> Response:
        given = request.headers.get("x-api-key", "")
        if not hmac.compare_digest(given.encode(), key.encode()):
            return problem(401, "the header X-Api-Key is missing or wrong")
        answer: Response = await endpoint(request)
        return answer

    return checked


def wanted(body: bytes) -> list[str] | None:
    """Return the ids that a batch asks for, or None where it is no such question."""
    try:
        ids = json.loads(body)["ids"]
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(ids, list) or len(ids) > LARGEST_BATCH:
        return None
    return ids if all(isinstance(one, str) for one in ids) else None


def number(text: str) -> int:
    """Return a page or size; -1 for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1


def problem(status: int, text: str) -> Response:
    """Return a refusal."""
    return JSONResponse({"error": text}, status_code=status)


def main(arguments: Sequence[str]) -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="The REST service of 医疗保障局 in the demo city.")
    parser.add_argument("--data", type=Path, required=True, help="JSON list of insured persons")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--key-file", type=Path, required=True, help="file that holds the API key")
    parser.add_argument("--until-input-ends", action="store_true", help="stop when standard input is closed")
    given = parser.parse_args(arguments)
    rows = json.loads(given.data.read_text(encoding="utf-8"))
    key = given.key_file.read_text(encoding="utf-8").strip()
    if not key:
        parser.error("the key file is empty")
    listener = socket.create_server(("127.0.0.1", given.port))
    print(f"medical insurance on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    config = uvicorn.Config(application(rows, key), log_level="warning", access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    if given.until_input_ends:
        Thread(target=stop_with_input, args=(server,), daemon=True).start()
    server.run(sockets=[listener])


def stop_with_input(server: uvicorn.Server) -> None:
    """Stop the server once whoever started it is gone: the kernel closes the pipe even after a kill."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    server.should_exit = True


if __name__ == "__main__":
    main(sys.argv[1:])
