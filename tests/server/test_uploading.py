"""Deliveries of a department have bounds, and leave each other alone."""

from pathlib import Path

import pytest

from server.registration import uploading
from server.registration.errors import UploadRefusedError
from server.registration.uploading import Piece, take

pytestmark = pytest.mark.anyio
FIRST, SECOND = "0" * 16, "1" * 16


def names(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir()]


async def test_beginning_one_file_forgets_no_other_file_s_delivery(tmp_path: Path) -> None:
    await take(tmp_path, Piece("a.csv.b.csv", FIRST, 0, b"id\n", last=False))
    await take(tmp_path, Piece("a.csv", SECOND, 0, b"id\n", last=True))
    await take(tmp_path, Piece("a.csv.b.csv", FIRST, 3, b"1\n", last=True))
    assert (tmp_path / "a.csv.b.csv").read_bytes() == b"id\n1\n"


async def test_beginning_a_file_again_forgets_its_own_delivery_that_was_not_ended(tmp_path: Path) -> None:
    await take(tmp_path, Piece("a.csv", FIRST, 0, b"id\n", last=False))
    await take(tmp_path, Piece("a.csv", SECOND, 0, b"no\n", last=True))
    assert names(tmp_path) == ["a.csv"]


async def test_all_files_of_a_department_have_one_bound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "ALL", 10)
    await take(tmp_path, Piece("a.csv", FIRST, 0, b"12345678", last=False))
    with pytest.raises(UploadRefusedError):
        await take(tmp_path, Piece("b.csv", SECOND, 0, b"123", last=True))
    assert names(tmp_path) == [f".a.csv.{FIRST}"]


async def test_deliveries_leave_the_platform_room_to_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "SPARE", 1 << 62)
    with pytest.raises(UploadRefusedError):
        await take(tmp_path, Piece("a.csv", FIRST, 0, b"1", last=True))
    assert not names(tmp_path)


async def test_a_name_that_reads_as_a_persons_number_is_refused_before_it_is_recorded(tmp_path: Path) -> None:
    with pytest.raises(UploadRefusedError, match="identity number"):
        await take(tmp_path, Piece("330799199003071013.csv", FIRST, 0, b"1", last=True))
    assert not names(tmp_path)
