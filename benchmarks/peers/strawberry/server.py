"""The idiomatic Python server: Strawberry, SQLAlchemy's asynchronous sessions, data loaders.

Usage: python -m benchmarks.peers.strawberry.server PORT. Its parser and validation caches are on.
"""

import os
import sys
from typing import Any

import httpx2
import strawberry
import uvicorn
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from benchmarks.peers.strawberry.graph import Context, Query
from benchmarks.peers.strawberry.loaders import Sessions, loaders

CONNECTIONS = 16


class View(GraphQL[Context, None]):
    """Strawberry's view, with the sessions and loaders of a request as its context."""

    def __init__(self, schema: strawberry.Schema, city: Sessions, insurance: Sessions) -> None:
        super().__init__(schema)
        self._city, self._insurance = city, insurance
        self._http = httpx2.AsyncClient(trust_env=False)

    async def get_context(self, request: Any, response: Any) -> Context:
        """Return new loaders beside what all requests share."""
        made = loaders(self._city, self._insurance)
        return Context(self._city, self._http, os.environ["HALL_URL"], made)


def sessions(database: str) -> Sessions:
    """Return what makes sessions on a database."""
    url = f"postgresql+asyncpg://postgres@/{database}?host={os.environ['POSTGRESQL_FOLDER']}"
    engine = create_async_engine(url, pool_size=CONNECTIONS, max_overflow=0)
    return async_sessionmaker(engine, expire_on_commit=False)


def main(port: str) -> None:
    """Serve until stopped."""
    schema = strawberry.Schema(Query, extensions=[ParserCache, ValidationCache])
    city, insurance = sessions(os.environ["CITY_DATABASE"]), sessions(os.environ["INSURANCE_DATABASE"])
    uvicorn.run(
        View(schema, city, insurance),
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
