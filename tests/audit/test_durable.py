"""Small files: whole or not at all."""

import resource
from pathlib import Path

import pytest

from govgraph import durable


def test_a_file_is_created_once(tmp_path: Path) -> None:
    assert durable.create(tmp_path / "a", b"first")
    assert not durable.create(tmp_path / "a", b"second")
    assert (tmp_path / "a").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("sync", [True, False])
def test_a_file_is_replaced_in_one_step(tmp_path: Path, sync: bool) -> None:
    durable.replace(tmp_path / "a", b"first", sync=sync)
    with (tmp_path / "a").open("rb") as reader:
        durable.replace(tmp_path / "a", b"second", 0o644, sync=sync)
        assert reader.read() == b"first"
    assert (tmp_path / "a").read_bytes() == b"second"
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_write_that_fails_leaves_the_earlier_content_and_nothing_beside(tmp_path: Path) -> None:
    durable.replace(tmp_path / "a", b"first")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            durable.replace(tmp_path / "a", b"longer than ten bytes")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "a").read_bytes() == b"first"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
