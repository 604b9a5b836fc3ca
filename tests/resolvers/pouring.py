"""A question asked in pieces, and what came of it."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from connectors.memory import MemoryConnector
from connectors.model import Binds, Read, Row
from connectors.protocol import Connector, PreparedRead
from govgraph.sealing import Sealer
from resolvers.question import Answer, Write
from resolvers.rooms import Streaming
from schema.catalog import Catalog
from tests.resolvers.market import SHOPPER, Market, stalls
from tests.resolvers.world import World

LISTED = "query($n: Int) { stalls(first: $n) { nodes { id } pageInfo { hasNextPage endCursor } } }"
WITH_WORKERS = "query($n: Int) { stalls(first: $n) { nodes { id workers(first: 9) { person trade } } } }"


class PlainSealer(Sealer):
    """Seals nothing, so that equal places of rows have equal cursors."""

    def __init__(self) -> None:
        super().__init__(bytes(32))

    def seal(self, plain: bytes, context: str) -> bytes:
        return context.encode() + plain

    def open(self, sealed: bytes, context: str) -> bytes:
        return sealed.removeprefix(context.encode())


async def nothing(_pieces: list[bytes]) -> None:
    """Do nothing between two pieces."""


def streaming(world: World, **bounds: Any) -> World:
    """Have every list of more than a few rows stream."""
    world.with_rooms(streaming=replace(Streaming(above=2, batch=3), **bounds))
    return world


async def pour(
    world: World,
    query: str,
    variables: Any = None,
    meanwhile: Callable[[list[bytes]], Awaitable[None]] = nothing,
    who: tuple[str, str] = SHOPPER,
) -> tuple[dict[str, Any], list[bytes]]:
    """Return the body of an answer as its client reads it, and the pieces of its data.

    `meanwhile` happens each time that the client has taken a piece.
    """
    given = await world.ask(query, variables, who, in_pieces=True)
    pieces: list[bytes] = []

    async def write(piece: bytes) -> None:
        pieces.append(piece)
        await meanwhile(pieces)

    return await taken(given, pieces, write), pieces


async def taken(given: Answer, pieces: list[bytes], write: Write) -> dict[str, Any]:
    """Return the body of an answer, poured where it is one of pieces."""
    rest = given if given.flow is None else await given.flow(write)
    text = b"".join(pieces) if pieces else rest.data
    body: dict[str, Any] = {"extensions": rest.extensions["govgraph"]}
    if text is not None:
        body["data"] = orjson.loads(text)
    if rest.errors:
        body["errors"] = [*rest.errors]
    return body


def told(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an answer tells, without what differs each time it is asked.

    Dirt of rows below the list counts in each batch that shows them.
    """
    extensions = {**body["extensions"], "receipt": ""}
    extensions["quality"] = [one["field"] for one in extensions.get("quality", ())]
    extensions["freshness"] = [one["source"] for one in extensions["freshness"]]
    return {**body, "extensions": extensions}


def workers(count: int, stalls_: int) -> list[list[Any]]:
    """Return workers who go round through the stalls, some of them in two places."""
    ids = [stall[0] for stall in stalls(max(stalls_, 1), 3)]
    return [[f"w{n}", f"person-{n % 7}", ids[n * 7 % len(ids)], "trade", n] for n in range(count)]


def market(count: int, working: int = 0) -> Market:
    return Market({"stall": stalls(count, 3), "worker": workers(working, count)})


def small(catalog: Catalog, count: int, working: int = 0) -> World:
    """Return a market in memory whose lists stream in batches of three."""
    made = market(count, working)
    made.made = catalog
    return streaming(made.world(Path(), made.memory()))


class Waiting(MemoryConnector):
    """A source whose list gives each batch after the first only when it is told to, and then fails."""

    def __init__(self, connector: MemoryConnector, act: Any) -> None:
        self.connector = connector
        self.act = act
        self.open = 0

    capabilities = property(lambda self: self.connector.capabilities)  # type: ignore[assignment]

    def prepare(self, read: Read) -> PreparedRead:
        return WaitingRead(self, self.connector.prepare(read))


class WaitingRead:
    """A read of such a source."""

    statement = ""

    def __init__(self, source: Waiting, prepared: PreparedRead) -> None:
        self.source = source
        self.rows = prepared.rows
        self.json = prepared.json
        self.prepared = prepared

    async def stream(self, binds: Binds, size: int) -> AsyncGenerator[Sequence[Row], None]:
        self.source.open += 1
        try:
            number = 0
            async for batch in self.prepared.stream(binds, size):
                await self.source.act(number)
                yield batch
                number += 1
        finally:
            self.source.open -= 1


def acting(catalog: Catalog, act: Any) -> tuple[World, Waiting]:
    made = market(20, 30)
    made.made = catalog
    source = Waiting(made.memory(), act)
    connector: Connector = source
    return streaming(made.world(Path(), connector)), source
