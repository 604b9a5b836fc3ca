"""Writes files as departments deliver them: rows of texts and numbers, in every format."""

import csv
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb

from connectors.model import Order, Output, Read
from connectors.protocol import Connector
from connectors.registry import open_connector
from govgraph.expressions.terms import Column

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
Rows = Sequence[Sequence[Any]]


def write_csv(path: Path, names: Sequence[str], rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([names, *rows])


def write_jsonl(path: Path, names: Sequence[str], rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            cells = {name: cell for name, cell in zip(names, row, strict=True) if cell is not None}
            file.write(json.dumps(cells, ensure_ascii=False) + "\n")


def write_parquet(path: Path, names: Sequence[str], rows: Rows) -> None:
    with duckdb.connect() as database:
        types = ["BIGINT" if isinstance(rows[1][place], int) else "VARCHAR" for place in range(len(names))]
        columns = ", ".join(f'"{name}" {type_}' for name, type_ in zip(names, types, strict=True))
        database.execute(f"CREATE TABLE t ({columns})")
        database.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(names))})", rows)
        database.execute(f"COPY t TO '{path}' (FORMAT parquet)")


def write_xlsx(path: Path, names: Sequence[str], rows: Rows) -> None:
    path.write_bytes(b"")
    write_workbook(path, {"Sheet1": sheet([names, *rows])})


def sheet(rows: Rows) -> str:
    written = "".join(f"<row>{''.join(_cell(cell) for cell in row)}</row>" for row in rows)
    return f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{written}</sheetData></worksheet>'


def _cell(value: Any) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def write_workbook(path: Path, sheets: Mapping[str, str], more: Mapping[str, str] | None = None) -> None:
    named = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
        for number, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    members = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{OFFICE}"><sheets>{named}</sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}'
        "</Relationships>",
        **{f"xl/worksheets/sheet{number}.xml": text for number, text in enumerate(sheets.values(), 1)},
        **(more or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)


WRITERS = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet, "xlsx": write_xlsx}


async def opened(statements: Any, path: Path, kind: str, **more: object) -> Connector:
    settings = {"entities": {"fund": {"path": str(path), "format": kind, **more}}}
    return await open_connector("files", settings, statements.surroundings(), {})


async def rows_of(connector: Connector) -> list[dict[str, Any]]:
    """Return all rows as text, in the order of their first column."""
    (entity,) = await connector.describe()
    names = [column.name for column in entity.columns]
    read = Read("fund", tuple(Output(name, Column(name)) for name in names), order=(Order(Column(names[0])),))
    answer = await connector.prepare(read).rows({})
    await connector.aclose()
    return [dict(zip(names, row, strict=True)) for row in answer]
