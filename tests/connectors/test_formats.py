"""Every format that departments deliver: the same rows whatever the format, and nothing beyond a bound."""

import os
import tracemalloc
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import duckdb
import pytest

from connectors import csv_rows
from connectors.conformance import Truth, prove
from connectors.errors import EntityUnknownError, FileBrokenError, SourceSettingsError
from connectors.registry import open_connector
from connectors.sql.duckdb import CONFIGURATION
from tests.connectors.delivered import WRITERS, opened, rows_of
from tests.connectors.test_conformance import ENTITY, KEYS, ROWS, without_empty

pytestmark = pytest.mark.anyio
COUNT = 1000 if os.environ.get("GOVGRAPH_PROVE") == "1" else 100
MORE: Mapping[str, Mapping[str, object]] = {"csv": {"separator": ";"}}


@pytest.mark.parametrize("kind", WRITERS)
async def test_every_format_conforms(tmp_path: Path, statements: Any, kind: str) -> None:
    rows = ROWS if kind in ("jsonl", "parquet") else without_empty(ROWS)
    path = tmp_path / "delivered"
    WRITERS[kind](path, [column.name for column in ENTITY.columns], rows)
    declared = {} if kind == "parquet" else {"columns": {"count%of": "integer"}}
    entity = {"path": str(path), "format": kind, **MORE.get(kind, {}), **declared}
    connector = await open_connector(
        "files", {"entities": {ENTITY.name: entity}}, statements.surroundings(), {}
    )
    assert await prove(connector, Truth(ENTITY, rows, keys=KEYS), COUNT) == COUNT
    await connector.aclose()


@pytest.mark.parametrize(("separator", "written"), [(";", ";"), ("tab", "\t"), ("|", "|"), (",", ",")])
async def test_cells_are_parted_by_what_the_settings_say(
    tmp_path: Path, statements: Any, separator: str, written: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_text(f"id{written}name\n1{written}a:b\n", encoding="utf-8")
    connector = await opened(statements, path, "csv", separator=separator)
    assert await rows_of(connector) == [{"id": "1", "name": "a:b"}]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
async def test_a_mark_of_the_files_own_encoding_is_no_character(
    tmp_path: Path, statements: Any, encoding: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("\ufeffid,姓名\n1,陈\n".encode(encoding))
    assert await rows_of(await opened(statements, path, "csv", encoding=encoding)) == [
        {"id": "1", "姓名": "陈"}
    ]


@pytest.mark.parametrize(("written", "said"), [("utf-8-sig", "gb18030"), ("utf-16", "utf-8")])
async def test_a_mark_of_another_encoding_is_refused(
    tmp_path: Path, statements: Any, written: str, said: str
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("id,name\n1,陈\n".encode(written))
    with pytest.raises(FileBrokenError, match=r"begins with the mark of utf-(8|16)"):
        await (await opened(statements, path, "csv", encoding=said)).describe()


async def test_json_lines_keep_what_json_can_say(tmp_path: Path, statements: Any) -> None:
    path = tmp_path / "f.jsonl"
    path.write_text(
        '{"a": "1", "n": 1.50, "ok": true, "tags": ["甲", 2.5]}\n\n'
        '{"a": "2", "late": null, "n": 12345678901234567890}\n{"a": "3", "n": 1e999999, "late": ""}\n',
        encoding="utf-8",
    )
    assert await rows_of(await opened(statements, path, "jsonl")) == [
        {"a": "1", "n": "1.5", "ok": "true", "tags": '["甲","2.5"]', "late": None},
        {"a": "2", "n": "12345678901234567890", "ok": None, "tags": None, "late": None},
        {"a": "3", "n": None, "ok": None, "tags": None, "late": ""},
    ]


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b'{"a": 1}\n{"a": hidden}\n', "line 2"),
        (b'{"a": 1}\n[1, 2]\n', "line 2"),
        (b'{"a": 1}\n' + b"[" * 200_000 + b"\n", "line 2"),
        (b'{"a": NaN}\n', "line 1"),
        (b'{"": 1}\n', "line 1"),
        (b'{"a": "\xff"}\n', "line 1"),
        (b"\n", "f.jsonl"),
    ],
)
async def test_a_line_that_is_no_object_is_named_and_not_shown(
    tmp_path: Path, statements: Any, content: bytes, where: str
) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes(content)
    with pytest.raises(FileBrokenError) as caught:
        await (await opened(statements, path, "jsonl")).describe()
    assert where in caught.value.where
    assert "hidden" not in caught.value.text


async def test_a_number_that_is_not_whole_is_no_whole_number(tmp_path: Path, statements: Any) -> None:
    path = tmp_path / "f.csv"
    path.write_text("id,n\n1,1.5\n2,7.0\n3, 8 \n4,1e3\n", encoding="utf-8")
    rows = await rows_of(await opened(statements, path, "csv", columns={"n": "integer"}))
    assert [row["n"] for row in rows] == [None, "7", "8", None]


async def test_parquet_keeps_the_types_of_the_file(tmp_path: Path, statements: Any) -> None:
    path = tmp_path / "f.parquet"
    with duckdb.connect() as database:
        database.execute(
            "COPY (SELECT 1::TINYINT AS n, 0.1::DOUBLE AS share, 1.50::DECIMAL(9, 2) AS money, true AS ok, "
            "DATE '2016-05-20' AS day, TIMESTAMP '2016-05-20 08:30:00' AS local, "
            "TIMESTAMPTZ '2016-05-20 08:30:00+08' AS zoned, 'ab'::BLOB AS bytes, [1, 2] AS many, "
            "{'k': '陈'} AS one, 18446744073709551615::UBIGINT AS wide, "
            "'3307' || chr(0) || '99' AS text, 'nan'::DOUBLE AS absurd, NULL::VARCHAR AS nothing) "
            f"TO '{path}' (FORMAT parquet)"
        )
    (row,) = await rows_of(await opened(statements, path, "parquet"))
    assert row == {
        "n": "1",
        "share": "0.1",
        "money": "1.5",
        "ok": "true",
        "day": "2016-05-20",
        "local": "2016-05-20T08:30:00",
        "zoned": "2016-05-20T00:30:00Z",
        "bytes": "6162",
        "many": "[1,2]",
        "one": '{"k":"陈"}',
        "wide": "18446744073709551615",
        "text": "3307",
        "absurd": None,
        "nothing": None,
    }


async def test_a_file_that_is_not_parquet_is_refused_without_its_folder(
    tmp_path: Path, statements: Any
) -> None:
    path = tmp_path / "f.parquet"
    path.write_bytes(b"id,name\n330799,x\n")
    with pytest.raises(FileBrokenError) as caught:
        await (await opened(statements, path, "parquet")).describe()
    assert str(tmp_path) not in caught.value.text


async def test_a_pattern_of_files_is_not_read(tmp_path: Path, statements: Any) -> None:
    WRITERS["parquet"](tmp_path / "a.parquet", ["id"], [["1"], ["2"]])
    with pytest.raises(FileBrokenError, match="patterns"):
        await (await opened(statements, tmp_path / "*.parquet", "parquet")).describe()


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("jsonl", {"separator": ";"}),
        ("parquet", {"encoding": "gb18030"}),
        ("csv", {"sheet": "a"}),
        ("csv", {"separator": "ab"}),
        ("xlsx", {"emptyIsNull": "no"}),
    ],
)
async def test_a_setting_that_says_nothing_of_its_format_is_refused(
    statements: Any, kind: str, more: dict[str, str]
) -> None:
    with pytest.raises(SourceSettingsError):
        await opened(statements, Path("x"), kind, **more)


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "xlsx"])
async def test_a_declared_column_that_is_not_there_is_refused_in_every_format(
    tmp_path: Path, statements: Any, kind: str
) -> None:
    WRITERS[kind](tmp_path / "f", ["id"], [["1"], ["2"]])
    with pytest.raises(EntityUnknownError, match="sum"):
        await (await opened(statements, tmp_path / "f", kind, columns={"sum": "decimal"})).describe()
    with pytest.raises(FileBrokenError, match=r"cannot be (opened|read)"):
        await (await opened(statements, tmp_path / "absent", kind)).describe()


@pytest.mark.parametrize(("kind", "sign"), [("csv", b"a"), ("jsonl", b"[],")])
async def test_a_line_without_end_is_refused_before_it_is_held(
    tmp_path: Path, statements: Any, kind: str, sign: bytes
) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"id\n" * (kind == "csv") + sign * (csv_rows.LONGEST // len(sign) + 1))
    with pytest.raises(FileBrokenError, match="longer than"):
        await (await opened(statements, path, kind)).describe()


async def test_what_unpacks_to_more_than_a_source_may_hold_is_refused(
    tmp_path: Path, statements: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f.parquet"
    rows = "SELECT repeat('x', 60) AS id FROM range(2000000)"
    with duckdb.connect() as whole:
        whole.execute(f"COPY ({rows}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    assert path.stat().st_size < 100_000
    assert "memory_limit" in CONFIGURATION
    monkeypatch.setitem(cast("dict[str, str]", CONFIGURATION), "memory_limit", "40MB")
    with pytest.raises(FileBrokenError, match="more memory"):
        await (await opened(statements, path, "parquet")).describe()


def test_a_long_csv_is_read_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    count = 1_000_000 if os.environ.get("GOVGRAPH_PROVE") == "1" else 60_000
    with path.open("w", encoding="utf-8") as file:
        file.write("id,name,amount\n")
        file.writelines(f"{number},陈{number},{number}.50\n" for number in range(count))
    tracemalloc.start()
    rows = sum(len(batch) for batch in csv_rows.batches(path, csv_rows.Csv()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == count + 1
    assert peak < 5_000_000
