"""The bare Starlette route: the bytes of an answer from memory, what HTTP alone costs.

Usage: python -m benchmarks.floors.route FOLDER PORT. FOLDER holds one file of bytes per address.
"""

import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def application(answers: Path) -> Starlette:
    """Return one address per file; each reads the question and answers its bytes."""

    def answering(content: bytes) -> Route:
        async def answer(request: Request) -> Response:
            await request.body()
            return Response(content, media_type="application/json")

        return answer

    return Starlette(
        routes=[
            Route(f"/{path.stem}", answering(path.read_bytes()), methods=["POST"])
            for path in sorted(answers.glob("*.json"))
        ]
    )


def main(answers: str, port: str) -> None:
    """Serve until stopped, by the same server as the product."""
    uvicorn.run(
        application(Path(answers)),
        port=int(port),
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
