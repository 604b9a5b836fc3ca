"""Workbooks as departments deliver them: what is in a sheet, and archives that would burst."""

import struct
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import FileBrokenError
from tests.connectors.delivered import opened, rows_of, sheet, write_workbook

pytestmark = pytest.mark.anyio


async def test_a_workbook_gives_its_first_sheet_or_the_one_named(tmp_path: Path, statements: Any) -> None:
    path = tmp_path / "f.xlsx"
    first = sheet([["id", "余额", None], ["1", 7.0], [None, None], ["2", 0.5], ["3", True]])
    second = sheet([["id"], ["second"]])
    write_workbook(path, {"第一": first, "第二": second})
    assert await rows_of(await opened(statements, path, "xlsx")) == [
        {"id": "1", "余额": "7"},
        {"id": "2", "余额": "0.5"},
        {"id": "3", "余额": "true"},
    ]
    assert await rows_of(await opened(statements, path, "xlsx", sheet="第二")) == [{"id": "second"}]
    with pytest.raises(FileBrokenError, match="no such sheet"):
        await (await opened(statements, path, "xlsx", sheet="第三")).describe()


async def test_a_number_that_a_workbook_cannot_hold_is_null_and_not_another_number(
    tmp_path: Path, statements: Any
) -> None:
    path = tmp_path / "f.xlsx"
    write_workbook(
        path, {"a": sheet([["id", "n"], ["1", 330799199003071013], ["2", 999999999999999], ["3", -1e15]])}
    )
    rows = await rows_of(await opened(statements, path, "xlsx"))
    assert [row["n"] for row in rows] == [None, "999999999999999", None]


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([["id", "id"], ["1", "2"]], "row 1"),
        ([["id", None, "n"], ["1", "2", "3"]], "row 1"),
        ([["id", "n"], ["1", "2"], ["1", "2", "hidden"]], "row 3"),
        ([], "f.xlsx"),
    ],
)
async def test_a_row_that_does_not_fit_is_named(
    tmp_path: Path, statements: Any, rows: list[list[str]], where: str
) -> None:
    path = tmp_path / "f.xlsx"
    write_workbook(path, {"a": sheet(rows)})
    with pytest.raises(FileBrokenError) as caught:
        await (await opened(statements, path, "xlsx")).describe()
    assert where in caught.value.where
    assert "hidden" not in caught.value.text


def lying(path: Path) -> None:
    """State, in the archive's list, that every member unpacks to one byte."""
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")
    while place >= 0:
        struct.pack_into("<I", content, place + 24, 1)
        place = content.find(b"PK\x01\x02", place + 4)
    path.write_bytes(content)


@pytest.mark.parametrize("honest", [True, False])
async def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, statements: Any, honest: bool) -> None:
    path = tmp_path / "f.xlsx"
    write_workbook(path, {"a": sheet([["id"], ["1"]])}, {"xl/media/bomb.bin": "0" * 600_000_000})
    if not honest:
        lying(path)
    assert path.stat().st_size < 1_000_000
    tracemalloc.start()
    with pytest.raises(FileBrokenError, match="unpacks to more"):
        await (await opened(statements, path, "xlsx")).describe()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row><c r="XFD1"><v>1</v></c></row><row><c r="A1048576"><v>1</v></c></row>',
    ],
)
async def test_one_cell_far_away_does_not_make_a_sheet_of_thousands_of_millions(
    tmp_path: Path, statements: Any, cells: str
) -> None:
    path = tmp_path / "f.xlsx"
    write_workbook(path, {"a": sheet([]).replace("<sheetData>", f"<sheetData>{cells}")})
    with pytest.raises(FileBrokenError, match="spans more"):
        await (await opened(statements, path, "xlsx")).describe()


@pytest.mark.parametrize(
    ("member", "old", "new"),
    [
        ("xl/workbook.xml", b"<workbook", b"<!DOCTYPE x><workbook"),
        ("xl/_rels/workbook.xml.rels", b"sheet1.xml", b"sheet1.bin"),
        ("_rels/.rels", b"xl/workbook.xml", b"xl/workbook.bin"),
    ],
)
async def test_a_sheet_cannot_hide_behind_another_name_or_a_document_type(
    tmp_path: Path, statements: Any, member: str, old: bytes, new: bytes
) -> None:
    path = tmp_path / "f.xlsx"
    write_workbook(path, {"a": sheet([["id"], ["1"]])})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old in members[member]
    members[member] = members[member].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(FileBrokenError, match="not an xlsx"):
        await (await opened(statements, path, "xlsx")).describe()


@pytest.mark.parametrize("content", [b"", b"id,name\n1,2\n", b"PK\x03\x04garbage", b"\xd0\xcf\x11\xe0" * 200])
async def test_what_is_no_workbook_is_refused(tmp_path: Path, statements: Any, content: bytes) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(content)
    with pytest.raises(FileBrokenError, match="not an xlsx"):
        await (await opened(statements, path, "xlsx")).describe()
