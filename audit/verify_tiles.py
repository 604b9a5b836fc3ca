"""Verification from tiles alone: what a server far away shows, held against keys and checkpoints kept here.

Every hash tile is read and the tree computed anew; entry bundles too, where the reader may see them. The
server is not trusted: whatever it shows must lead to the roots that were signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from audit import checkpoint
from audit.checkpoint import Checkpoint
from audit.errors import LogRefusedError
from audit.finding import Finding, FoundError, Outside, Reading, Verification, kept_checkpoints, tile_changed
from audit.note import Verifier, read_verifier
from audit.tiles import Tile, TreeSource, covering
from audit.tree import Node, leaf_hash


@dataclass(frozen=True, slots=True)
class TileCheck:
    """What to verify with: the key, notes kept elsewhere by name, and whether entries are read too."""

    verifier_key: str
    elsewhere: Mapping[str, str]
    entries: bool = False


async def verify_tiles(source: TreeSource, check: TileCheck) -> Verification:
    """Return whether a log shown in tiles is the one that was signed, and if not, what and from where.

    `position` is where confirmed records end: without entries no single record can be named. Raises
    what `source` raises where it does not answer.
    """
    verifier = read_verifier(check.verifier_key)
    done = Reading()
    try:
        outside = list(kept_checkpoints(check.elsewhere, verifier))
        done.compared = tuple(known.checkpoint.size for known in outside)
        done.sizes = frozenset(done.compared)
        signed = _signed(await source.note(), verifier)
        nodes = await _leaves(source, signed.size, done, entries=check.entries)
        _compare(signed, outside, done)
        await _upper(source, signed.size, nodes)
    except FoundError as found:
        return done.verification(found)
    return done.verification()


def _signed(note: str, verifier: Verifier) -> Checkpoint:
    try:
        return checkpoint.read(note, verifier)
    except LogRefusedError as error:
        raise FoundError(Finding.CHECKPOINT_INVALID, f"The last checkpoint: {error.what}") from None


async def _leaves(source: TreeSource, size: int, done: Reading, *, entries: bool) -> list[Node]:
    """Read every tile of leaf hashes, and the entries behind them; return the nodes they complete."""
    nodes: list[Node] = []
    for tile in covering(size):
        hashes = await source.hashes(0, tile.first, tile.width)
        if len(hashes) != tile.width:
            raise _missing(tile, tile.first)
        if entries:
            done.time = _read_entries(await source.entries(tile.first, tile.width), hashes, tile)
        nodes += done.grow(hashes)
    return nodes


def _read_entries(entries: Sequence[bytes], hashes: Sequence[bytes], tile: Tile) -> str:
    """Return the time of the last entry of a bundle that agrees with its tile."""
    for number, (entry, known) in enumerate(zip(entries, hashes, strict=False), tile.first):
        if leaf_hash(entry) != known:
            raise FoundError(Finding.LEAF_CHANGED, f"Record {number} is not the one in the tree", number)
    if len(entries) != tile.width:
        raise _missing(Tile(None, tile.number, tile.width), tile.first + len(entries))
    try:
        return str(orjson.loads(entries[-1])["time"])
    except (KeyError, TypeError, ValueError):
        last = tile.first + tile.width - 1
        raise FoundError(Finding.LEAF_CHANGED, f"Record {last} is no record", last) from None


def _missing(tile: Tile, position: int) -> FoundError:
    return FoundError(Finding.LOG_UNREADABLE, f"`tile/{tile.path}` is missing or cut short", position)


def _compare(signed: Checkpoint, outside: Sequence[Outside], done: Reading) -> None:
    """Raise what the signed roots say against the tree that was read, the earliest disagreement first."""
    confirmed = 0
    for known in sorted(outside, key=lambda one: one.checkpoint.size):
        size, root = known.checkpoint.size, known.checkpoint.root
        if size > signed.size:
            problem = f"`{known.name}` was signed for {size} records, the log ends before: rolled back or cut"
            raise FoundError(Finding.ROLLED_BACK, problem, signed.size)
        if root != done.roots[size]:
            problem = f"The first {size} records are not those `{known.name}` was signed for"
            raise FoundError(Finding.FORKED, problem, confirmed)
        confirmed = size
    if signed.root != done.frontier.root():
        problem = f"From record {confirmed} on, the tiles are not those that were signed for"
        raise FoundError(Finding.TREE_CHANGED, problem, confirmed)


async def _upper(source: TreeSource, size: int, nodes: Sequence[Node]) -> None:
    """Hold the tiles above the leaves against the nodes that the leaves gave."""
    levels = sorted({node.level for node in nodes})
    for level in levels:
        expected = [node for node in nodes if node.level == level]
        for tile in covering(size, level):
            shown = await source.hashes(level, tile.first, tile.width)
            if len(shown) != tile.width:
                raise _missing(tile, tile.first * 256**level)
            for node, known in zip(expected[tile.first :], shown, strict=False):
                if node.hash != known:
                    raise tile_changed(node)
