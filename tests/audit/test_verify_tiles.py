"""Verification from tiles: a server that lies is found out, and told from where on."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from audit import checkpoint, note
from audit.copied import CopiedLog
from audit.errors import LogUnreadableError
from audit.finding import Finding
from audit.tree import root
from audit.verify_tiles import TileCheck, verify_tiles
from tests.audit.tampering import SIZE, Copy
from tests.audit.test_tiles import Tree

pytestmark = pytest.mark.anyio
SIGNER = note.signer(note.make_key())
KEY = SIGNER.verifier.text


@dataclass
class Server:
    """A server that shows a tree under a note, each answer as a lie would have it."""

    tree: Tree
    shown: str
    lie: Callable[[int | None, int, Sequence[bytes]], Sequence[bytes]] = field(
        default=lambda _level, _first, told: told
    )

    async def note(self) -> str:
        return self.shown

    async def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        return self.lie(level, first, await self.tree.hashes(level, first, count))

    async def entries(self, first: int, count: int) -> Sequence[bytes]:
        return self.lie(None, first, await self.tree.entries(first, count))


def signed(tree: Tree, size: int) -> str:
    return checkpoint.sign(size, root(tree.levels[0][:size]), SIGNER)


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(66_000)


def small() -> Tree:
    """A tree whose leaves say their time, as records do."""
    made = Tree(0)
    made.leaves = [b'{"time":"t%d"}' % number for number in range(600)]
    levels = Tree(600)
    levels.leaves = made.leaves
    from audit.tree import leaf_hash  # noqa: PLC0415

    levels.levels = [[leaf_hash(one) for one in made.leaves]]
    levels.levels.append([root(levels.levels[0][:256]), root(levels.levels[0][256:512])])
    return levels


async def test_a_log_of_three_levels_is_verified_against_checkpoints_kept_elsewhere(tree: Tree) -> None:
    kept = {str(size): signed(tree, size) for size in (0, 1, 256, 65_536, 66_000)}
    found = await verify_tiles(Server(tree, signed(tree, 66_000)), TileCheck(KEY, kept))
    assert (found.ok, found.size, found.compared) == (True, 66_000, (0, 1, 256, 65_536, 66_000))


async def test_an_empty_log_is_verified() -> None:
    found = await verify_tiles(Server(Tree(0), signed(Tree(0), 0)), TileCheck(KEY, {}, entries=True))
    assert (found.ok, found.size) == (True, 0)


async def test_entries_are_held_against_their_hashes() -> None:
    tree = small()
    check = TileCheck(KEY, {}, entries=True)
    sound = await verify_tiles(Server(tree, signed(tree, 600)), check)
    assert (sound.ok, sound.checkpoint_time) == (True, "t599")

    def edited(level: int | None, first: int, told: Sequence[bytes]) -> Sequence[bytes]:
        return [b'{"time":"x"}' if level is None and first + n == 300 else one for n, one in enumerate(told)]

    found = await verify_tiles(Server(tree, signed(tree, 600), edited), check)
    assert (found.finding, found.position) == (Finding.LEAF_CHANGED, 300)

    def cut(level: int | None, first: int, told: Sequence[bytes]) -> Sequence[bytes]:
        return told[:40] if level is None and first == 256 else told

    found = await verify_tiles(Server(tree, signed(tree, 600), cut), check)
    assert (found.finding, found.position) == (Finding.LOG_UNREADABLE, 296)


async def test_entries_that_are_no_records_are_named() -> None:
    tree = Tree(300)
    found = await verify_tiles(Server(tree, signed(tree, 300)), TileCheck(KEY, {}, entries=True))
    assert (found.finding, found.position) == (Finding.LEAF_CHANGED, 255)


async def test_a_changed_tile_is_found_after_the_last_checkpoint_that_still_holds(tree: Tree) -> None:
    def changed(level: int | None, first: int, told: Sequence[bytes]) -> Sequence[bytes]:
        return [b"x" * 32, *told[1:]] if level == 0 and first == 512 else told

    kept = {"early": signed(tree, 500)}
    found = await verify_tiles(Server(tree, signed(tree, 66_000), changed), TileCheck(KEY, kept))
    assert (found.finding, found.position) == (Finding.TREE_CHANGED, 500)
    kept["later"] = signed(tree, 600)
    found = await verify_tiles(Server(tree, signed(tree, 66_000), changed), TileCheck(KEY, kept))
    assert (found.finding, found.position) == (Finding.FORKED, 500)


@pytest.mark.parametrize(("level", "first", "position"), [(1, 0, 0), (1, 256, 65_536), (2, 0, 0)])
async def test_a_tile_above_the_leaves_that_lies_is_found(
    tree: Tree, level: int, first: int, position: int
) -> None:
    def changed(asked: int | None, at: int, told: Sequence[bytes]) -> Sequence[bytes]:
        return [b"x" * 32, *told[1:]] if (asked, at) == (level, first) else told

    found = await verify_tiles(Server(tree, signed(tree, 66_000), changed), TileCheck(KEY, {}))
    assert (found.finding, found.position) == (Finding.TILE_CHANGED, position)


async def test_a_withheld_tile_is_named(tree: Tree) -> None:
    def withheld(level: int | None, first: int, told: Sequence[bytes]) -> Sequence[bytes]:
        return told[:-1] if (level, first) == (0, 1024) else told

    found = await verify_tiles(Server(tree, signed(tree, 66_000), withheld), TileCheck(KEY, {}))
    assert (found.finding, found.position) == (Finding.LOG_UNREADABLE, 1024)
    assert "tile/0/004" in found.problem


async def test_a_log_rolled_back_or_rewritten_is_found_by_a_checkpoint_kept_elsewhere(tree: Tree) -> None:
    kept = {"kept": signed(tree, 400)}
    back = await verify_tiles(Server(tree, signed(tree, 300)), TileCheck(KEY, kept))
    assert (back.finding, back.position) == (Finding.ROLLED_BACK, 300)
    other = small()
    fork = await verify_tiles(Server(other, signed(other, 600)), TileCheck(KEY, kept))
    assert (fork.finding, fork.position) == (Finding.FORKED, 0)


async def test_a_checkpoint_of_another_key_is_refused(tree: Tree) -> None:
    other = note.signer(note.make_key()).verifier.text
    found = await verify_tiles(Server(tree, signed(tree, 300)), TileCheck(other, {}))
    assert found.finding is Finding.CHECKPOINT_INVALID
    found = await verify_tiles(Server(tree, signed(tree, 300)), TileCheck(KEY, {"kept": "nonsense"}))
    assert found.finding is Finding.KEPT_CHECKPOINT_INVALID


async def test_a_copied_folder_is_a_source_of_tiles(copy: Copy, tmp_path: Path) -> None:
    shutil.copytree(copy.home / "audit", tmp_path / "alone")
    found = await verify_tiles(CopiedLog(tmp_path / "alone"), TileCheck(copy.key, {}, entries=True))
    assert (found.ok, found.size) == (True, SIZE)


async def test_a_folder_without_a_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LogUnreadableError):
        await CopiedLog(tmp_path).note()
