"""Files that departments deliver: strict, locked away after loading, and broken lines named."""

from pathlib import Path
from typing import Any

import anyio
import pytest

from connectors.errors import EntityUnknownError, FileBrokenError, SourceUnavailableError
from connectors.guard import guarded
from connectors.model import Keys, Order, Output, Read
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.expressions.terms import Column, Kind

pytestmark = pytest.mark.anyio
READ = Read(
    "fund", (Output("id", Column("id")), Output("name", Column("name"))), order=(Order(Column("id")),)
)


async def opened(statements: Any, path: Path, **more: object) -> Connector:
    settings = {"entities": {"fund": {"path": str(path), **more}}}
    return await open_connector("files", settings, statements.surroundings(), {})


def write(folder: Path, content: bytes) -> Path:
    path = folder / "housing-fund.csv"
    path.write_bytes(content)
    return path


def names_in(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
async def test_both_encodings_give_the_same_rows(tmp_path: Path, statements: Any, encoding: str) -> None:
    text = 'id,name\r\n001,陈志远\r\n002,"李, ""秋""\n华"\r\n\r\n003,\r\n004,𠮷\r\n'
    connector = await opened(statements, write(tmp_path, text.encode(encoding)), encoding=encoding)
    await connector.describe()
    rows = await connector.prepare(READ).rows({})
    assert rows == [["001", "陈志远"], ["002", '李, "秋"\n华'], ["003", None], ["004", "𠮷"]]
    await connector.aclose()


async def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path, statements: Any) -> None:
    connector = await opened(statements, write(tmp_path, b"\xef\xbb\xbfid,name\n1,a\n"))
    (entity,) = await connector.describe()
    assert [column.name for column in entity.columns] == ["id", "name"]
    await connector.aclose()


async def test_everything_is_text_unless_declared(tmp_path: Path, statements: Any) -> None:
    path = write(tmp_path, b"id,n,d,day\n01,07,1.50,2026-06-30\n02,x,y,z\n")
    columns = {"n": "integer", "d": "decimal", "day": "date"}
    connector = await opened(statements, path, columns=columns, key=["id"])
    (entity,) = await connector.describe()
    assert [column.type for column in entity.columns] == ["text", "integer", "decimal", "date"]
    assert entity.key == ("id",)
    outputs = (
        Output("id", Column("id")),
        Output("n", Column("n", Kind.INTEGER)),
        Output("d", Column("d")),
        Output("day", Column("day")),
    )
    rows = await connector.prepare(Read("fund", outputs, order=(Order(Column("id")),))).rows({})
    assert rows == [["01", 7, "1.5", "2026-06-30"], ["02", None, None, None]]
    await connector.aclose()


async def test_an_empty_cell_is_null_or_an_empty_text_as_declared(tmp_path: Path, statements: Any) -> None:
    connector = await opened(statements, write(tmp_path, b"id,name\n1,\n"), emptyIsNull="false")
    await connector.describe()
    assert await connector.prepare(READ).rows({}) == [["1", ""]]
    await connector.aclose()


async def test_a_file_without_header_gets_made_names(tmp_path: Path, statements: Any) -> None:
    connector = await opened(statements, write(tmp_path, b"1,a\n2,b\n"), header="no")
    assert await connector.describe()
    assert await connector.sample("fund", 5) == [
        {"column1": "1", "column2": "a"},
        {"column1": "2", "column2": "b"},
    ]
    await connector.aclose()


async def test_a_zero_character_ends_a_text(tmp_path: Path, statements: Any) -> None:
    connector = await opened(statements, write(tmp_path, b"id,name\n1,330799\x0099\n"))
    await connector.describe()
    assert await connector.prepare(READ).rows({}) == [["1", "330799"]]
    await connector.aclose()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"id,name\n1,a\n2,hidden,330799\n", "line 3"),
        (b"id,name\n1,a\n2\n", "line 3"),
        (b"id,name\n1,\xff\xfe\n", "line 2"),
        (b'id,name\n1,"hidden"x\n', "line 2"),
        (b'id,name\n1,"hidden\n', "line 2"),
        (b"id,id\n1,2\n", "line 1"),
        (b"id,\n1,2\n", "line 1"),
        (b"", "housing-fund.csv"),
    ],
)
async def test_a_broken_line_is_named_and_not_shown(
    tmp_path: Path, statements: Any, content: bytes, line: str
) -> None:
    connector = await opened(statements, write(tmp_path, content))
    with pytest.raises(FileBrokenError) as caught:
        await connector.describe()
    assert "housing-fund.csv" in caught.value.where
    assert line in caught.value.where
    for word in ("hidden", "330799", str(tmp_path)):
        assert word not in caught.value.text
    await connector.aclose()


async def test_a_missing_file_is_named_without_its_folder(tmp_path: Path, statements: Any) -> None:
    connector = await opened(statements, tmp_path / "absent.csv")
    with pytest.raises(FileBrokenError) as caught:
        await connector.describe()
    assert caught.value.where == "absent.csv"
    await connector.aclose()


async def test_a_declared_column_that_is_not_there_is_refused(tmp_path: Path, statements: Any) -> None:
    connector = await opened(statements, write(tmp_path, b"id,name\n"), columns={"sum": "decimal"})
    with pytest.raises(EntityUnknownError, match="sum"):
        await connector.describe()
    await connector.aclose()


async def test_after_loading_neither_file_nor_network_nor_setting_is_in_reach(
    tmp_path: Path, statements: Any
) -> None:
    path = write(tmp_path, b"id,name\n1,a\n")
    connector = await opened(statements, path)
    await connector.describe()
    client = connector._client  # type: ignore[attr-defined]
    for statement in (
        f"SELECT * FROM read_csv('{path}')",
        f"COPY fund TO '{tmp_path}/out.csv'",
        f"ATTACH '{tmp_path}/other.db'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
    ):
        with pytest.raises(SourceUnavailableError):
            await client.fetch(statement, [])
    assert names_in(tmp_path) == ["housing-fund.csv"]
    await connector.aclose()


async def test_a_corrected_file_is_found_again(tmp_path: Path, statements: Any) -> None:
    path = write(tmp_path, b"id,name\n1,a\n")
    connector = await opened(statements, path)
    await connector.describe()
    read = connector.prepare(READ)
    assert await read.rows({}) == [["1", "a"]]
    write(tmp_path, b"id,name\n1,b\n")
    await connector.describe()
    assert await read.rows({}) == [["1", "b"]]
    await connector.aclose()


async def test_a_file_that_comes_late_is_read_without_a_restart(tmp_path: Path, statements: Any) -> None:
    path = tmp_path / "housing-fund.csv"
    connector = guarded(await opened(statements, path), "housing-fund", 5, 1)
    read = connector.prepare(READ)
    write(tmp_path, b"id,name\n1,a\n")
    assert await read.rows({}) == [["1", "a"]]
    await connector.aclose()


async def test_more_rows_than_one_batch_are_all_there(tmp_path: Path, statements: Any) -> None:
    lines = "".join(f"{number},陈{number}\n" for number in range(5000))
    connector = await opened(
        statements, write(tmp_path, f"id,name\n{lines}".encode("gb18030")), encoding="gb18030"
    )
    await connector.describe()
    read = Read("fund", (Output("name", Column("name")),), keys=Keys((Column("id"),), "keys"))
    rows = await connector.prepare(read).rows({"keys": [(str(number),) for number in range(5000)]})
    assert {row[0] for row in rows} == {f"陈{number}" for number in range(5000)}
    await connector.aclose()


async def test_a_cancelled_read_stops_and_frees_its_place(tmp_path: Path, statements: Any) -> None:
    connector = await opened(statements, write(tmp_path, b"id,name\n1,a\n"))
    await connector.describe()
    client = connector._client  # type: ignore[attr-defined]
    with anyio.fail_after(10):
        with anyio.move_on_after(0.1) as scope:
            await client.fetch("SELECT count(*) FROM range(1000000000000) a", [])
        assert scope.cancelled_caught
        assert client.connections.used == 0
        assert await connector.prepare(READ).rows({}) == [["1", "a"]]
    await connector.aclose()
