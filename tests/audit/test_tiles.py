"""Tiles of C2SP tlog-tiles: their addresses, their widths, and the same bytes for ever."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit import stored
from audit.embedded import EmbeddedStore
from audit.errors import TileUnknownError
from audit.store import Batch, Head, Row
from audit.tiles import Tile, covering, read_bundle, read_hashes, read_path, tile_bytes, written_bundle
from audit.tree import Frontier, leaf_hash, root

pytestmark = pytest.mark.anyio


def leaf(number: int) -> bytes:
    return b"leaf %d" % number


class Tree:
    """A tree in memory, as a source of tiles."""

    def __init__(self, size: int) -> None:
        self.leaves = [leaf(number) for number in range(size)]
        self.levels = [[leaf_hash(one) for one in self.leaves]]
        while len(self.levels[-1]) >= 256:
            below = self.levels[-1]
            whole = len(below) // 256
            self.levels.append([root(below[256 * at : 256 * at + 256]) for at in range(whole)])

    async def note(self) -> str:
        return ""

    async def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        return self.levels[level][first : first + count]

    async def entries(self, first: int, count: int) -> Sequence[bytes]:
        return self.leaves[first : first + count]


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "0/000"),
        (Tile(1, 1234067), "1/x001/x234/067"),
        (Tile(0, 1000), "0/x001/000"),
        (Tile(2, 7, 1), "2/007.p/1"),
        (Tile(63, 999, 255), "63/999.p/255"),
        (Tile(None, 12, 9), "entries/012.p/9"),
    ],
)
def test_a_tile_has_one_address(tile: Tile, path: str) -> None:
    assert (tile.path, read_path(path)) == (path, tile)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0/0",
        "00/000",
        "64/000",
        "0/x000/001",
        "0/001/000",
        "0/x001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/300",
        "0/000.p/07",
        "0/000.p/",
        "-1/000",
        "0/٠٠٠",
        "entries/../../keys",
        "entry/000",
        "0/000/",
    ],
)
def test_an_address_written_another_way_is_refused(path: str) -> None:
    with pytest.raises(TileUnknownError) as refused:
        read_path(path)
    assert path not in refused.value.text or not path


@given(st.integers(0, 63), st.integers(0, 10**12), st.integers(1, 256))
def test_every_tile_is_read_back_from_its_address(level: int, number: int, width: int) -> None:
    tile = Tile(level, number, width)
    assert read_path(tile.path) == tile


@given(st.lists(st.binary(max_size=70)))
def test_a_bundle_is_read_back(entries: list[bytes]) -> None:
    written = written_bundle(entries)
    assert read_bundle(written) == entries
    assert len(read_bundle(written[:-1])) < max(len(entries), 1)


def test_the_largest_leaf_fits_into_a_bundle() -> None:
    assert read_bundle(written_bundle([b"x" * 65_535])) == [b"x" * 65_535]


def test_a_tile_of_broken_hashes_holds_none() -> None:
    assert read_hashes(b"x" * 33) == []


def test_a_tree_of_70000_has_the_tiles_that_the_standard_names() -> None:
    widths = [[tile.width for tile in covering(70_000, level)] for level in range(4)]
    assert widths == [[256] * 273 + [112], [256, 17], [1], []]
    assert covering(256, 1) == [Tile(1, 0, 1)]


async def test_every_partial_width_is_served_also_after_the_tile_is_full() -> None:
    tree = Tree(600)
    for width in (1, 100, 255):
        assert await tile_bytes(Tile(0, 0, width), 600, tree) == b"".join(tree.levels[0][:width])
        assert (
            read_bundle(await tile_bytes(Tile(None, 1, width), 600, tree)) == tree.leaves[256 : 256 + width]
        )
    assert await tile_bytes(Tile(1, 0, 2), 600, tree) == b"".join(tree.levels[1])


@pytest.mark.parametrize("tile", [Tile(0, 2), Tile(0, 2, 89), Tile(1, 0, 3), Tile(2, 0, 1), Tile(None, 3, 1)])
async def test_what_lies_beyond_the_tree_is_unknown(tile: Tile) -> None:
    with pytest.raises(TileUnknownError):
        await tile_bytes(tile, 600, Tree(600))


SIZE = 70_000


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 70,000 leaves, written in uneven batches."""
    folder = tmp_path_factory.mktemp("filled")
    store = EmbeddedStore(folder)
    frontier, at = Frontier(), 0
    for step in (1, 255, 256, 300, 511, 65_536 - 1323, SIZE):
        end = min(SIZE, at + step)
        leaves = [leaf(number) for number in range(at, end)]
        rows = [Row(at + n, f"r{at + n}", one, leaf_hash(one), None) for n, one in enumerate(leaves)]
        frontier, nodes = frontier.grown(row.hash for row in rows)
        store.write(Batch(rows, (), Head(frontier, "note"), nodes))
        at = end
    store.close()
    return folder


def test_nodes_kept_at_writing_are_the_roots_of_their_leaves(filled: Path) -> None:
    tree = Tree(SIZE)
    with closing(sqlite3.connect(filled / "log.db")) as connection:
        for level in (0, 1, 2):
            for tile in covering(SIZE, level):
                kept = stored.hashes(connection, level, tile.first, tile.width)
                assert kept == tree.levels[level][tile.first : tile.first + tile.width]
        assert connection.execute("SELECT count(*) FROM node").fetchone() == (274,)


def test_a_store_older_than_its_nodes_gives_the_same_tiles(filled: Path, tmp_path: Path) -> None:
    tree = Tree(SIZE)
    (tmp_path / "log.db").write_bytes((filled / "log.db").read_bytes())
    with closing(sqlite3.connect(tmp_path / "log.db")) as connection:
        connection.execute("DELETE FROM node WHERE number % 3 = 0")
        assert stored.hashes(connection, 1, 256, 17) == tree.levels[1][256:]
        connection.execute("DROP TABLE node")
        assert stored.hashes(connection, 1, 0, 256) == tree.levels[1][:256]
        assert stored.hashes(connection, 2, 0, 1) == tree.levels[2]
        assert stored.hashes(connection, 1, 272, 4) == tree.levels[1][272:]
