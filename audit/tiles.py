"""The tree in pieces that never change, as C2SP tlog-tiles lays them out: hash tiles and entry bundles.

A tile holds 256 hashes of one level, fewer at the tree's right edge; a partial tile is named by its width
and can be asked for as long as the log lives, also after the tile is full.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from audit.errors import TileUnknownError
from audit.tree import TILE_HEIGHT, TILE_WIDTH, WIDTH

HIGHEST = 63
ENTRIES = "entries"
LENGTH = 2
PATH = re.compile(
    r"(?P<level>0|[1-9]\d?|entries)/(?P<number>(?:x\d{3}/){0,5}\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?",
    re.ASCII,
)


class TreeSource(Protocol):
    """Whatever can show a log's tree: the running log, a copy of its folder, a server elsewhere."""

    async def note(self) -> str:
        """Return the last signed note; empty where there is none."""

    async def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return `count` nodes of a level, all within one tile; fewer where the tree ends before."""

    async def entries(self, first: int, count: int) -> Sequence[bytes]:
        """Return `count` leaves, all within one bundle; fewer where the log ends before."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile, or with `level` None one entry bundle; `width` counts its hashes or entries."""

    level: int | None
    number: int
    width: int = TILE_WIDTH

    @property
    def first(self) -> int:
        """Return the number of its first hash or entry within its level."""
        return self.number * TILE_WIDTH

    @property
    def path(self) -> str:
        """Return where it stands below `/tile/`: 1234067 is written `x001/x234/067`."""
        digits = f"{self.number:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"{ENTRIES if self.level is None else self.level}/{number}{partial}"

    def exists(self, size: int) -> bool:
        """Return whether a tree of `size` leaves fills it to its width."""
        height = TILE_HEIGHT * (self.level or 0)
        return self.first + self.width <= size >> height


def read_path(path: str) -> Tile:
    """Return the tile of a path below `/tile/`. Raises `TileUnknownError` where it is written another way."""
    found = PATH.fullmatch(path)
    if found is None:
        raise TileUnknownError("The address is not one of a tile")
    level = None if found["level"] == ENTRIES else int(found["level"])
    width = TILE_WIDTH if found["width"] is None else int(found["width"])
    tile = Tile(level, int(found["number"].replace("x", "").replace("/", "")), width)
    if tile.path != path or width > TILE_WIDTH or (level or 0) > HIGHEST:
        raise TileUnknownError("The address is not one of a tile")
    return tile


async def tile_bytes(tile: Tile, size: int, source: TreeSource) -> bytes:
    """Return what is served for a tile in a tree of `size`. Raises `TileUnknownError` where it is beyond."""
    if not tile.exists(size):
        raise TileUnknownError("The log has no such tile yet")
    if tile.level is None:
        entries = await source.entries(tile.first, tile.width)
        if not all(entries):
            raise TileUnknownError("The records of this bundle were pruned; its hashes are there")
        return written_bundle(entries)
    return b"".join(await source.hashes(tile.level, tile.first, tile.width))


def read_hashes(content: bytes) -> list[bytes]:
    """Return the hashes of a tile; none where it is not made of whole hashes."""
    if len(content) % WIDTH:
        return []
    return [content[at : at + WIDTH] for at in range(0, len(content), WIDTH)]


def written_bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries one after another, each behind its length in two bytes, the higher one first."""
    return b"".join(len(entry).to_bytes(LENGTH) + entry for entry in entries)


def read_bundle(content: bytes) -> list[bytes]:
    """Return the entries of a bundle; what is cut off at its end is left out."""
    found, at = [], 0
    while at + LENGTH <= len(content):
        end = at + LENGTH + int.from_bytes(content[at : at + LENGTH])
        if end > len(content):
            break
        found.append(content[at + LENGTH : end])
        at = end
    return found


def covering(size: int, level: int | None = 0) -> list[Tile]:
    """Return every tile or bundle of one level for a tree of `size`, the partial one last."""
    count = size >> (TILE_HEIGHT * (level or 0))
    whole, rest = divmod(count, TILE_WIDTH)
    return [
        *(Tile(level, number) for number in range(whole)),
        *([Tile(level, whole, rest)] if rest else []),
    ]
