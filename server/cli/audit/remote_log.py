"""A log on a server elsewhere, read through its tiles; nothing it says is believed here."""

from collections.abc import Sequence

import httpx2
import orjson

from audit.tiles import Tile, read_bundle, read_hashes
from audit.tree import TILE_HEIGHT, TILE_WIDTH
from server.errors import ServerRefusedError, ServerUnreachableError

KEPT = 64


class RemoteLog:
    """The addresses under `/audit/log/` as a source of the tree. Raises `ServerUnreachableError` and
    `ServerRefusedError`; `token` is needed for entries only.
    """

    def __init__(self, http: httpx2.AsyncClient, token: str = "") -> None:
        self._http = http
        self._token = token
        self._size = 0
        self._kept: dict[str, bytes] = {}

    async def note(self) -> str:
        """Return the signed note of now; later calls read tiles of this size."""
        note = (await self._content("checkpoint")).decode("utf-8", errors="replace")
        size = (*note.split("\n"), "", "")[1]
        self._size = int(size) if size.isascii() and size.isdecimal() and len(size) < 19 else 0
        return note

    async def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return `count` nodes of a level, cut out of the widest tile there is."""
        at = first % TILE_WIDTH
        tile = self._widest(level, first)
        return read_hashes(await self._content(f"tile/{tile.path}"))[at : at + count]

    async def entries(self, first: int, count: int) -> Sequence[bytes]:
        """Return `count` leaves, cut out of the widest bundle there is."""
        at = first % TILE_WIDTH
        tile = self._widest(None, first)
        return read_bundle(await self._content(f"tile/{tile.path}"))[at : at + count]

    def _widest(self, level: int | None, first: int) -> Tile:
        number = first // TILE_WIDTH
        there = (self._size >> (TILE_HEIGHT * (level or 0))) - number * TILE_WIDTH
        return Tile(level, number, max(1, min(there, TILE_WIDTH)))

    async def _content(self, path: str) -> bytes:
        if path in self._kept:
            return self._kept[path]
        found = await content(self._http, path, self._token)
        if path != "checkpoint":
            self._kept = {**dict(list(self._kept.items())[-KEPT:]), path: found}
        return found


async def content(http: httpx2.AsyncClient, path: str, token: str = "") -> bytes:
    """Return what stands at an address below `/audit/log/`. Raises coded errors where nothing does."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        response = await http.get(f"/audit/log/{path}", headers=headers)
    except httpx2.TransportError as error:
        raise ServerUnreachableError("No server answers", where=str(http.base_url)) from error
    if response.status_code != 200:
        raise _refused(response)
    return response.content


def _refused(response: httpx2.Response) -> ServerRefusedError | ServerUnreachableError:
    try:
        return ServerRefusedError(orjson.loads(response.content)["errors"][0])
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        return ServerUnreachableError("What answers is no GovGraph server")
