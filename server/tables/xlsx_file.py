"""Lines as an xlsx file: written line by line into the archive, in memory, never to a disk."""

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from server.errors import TableTooLargeError
from server.tables.cells import is_formula, is_number
from server.tables.xlsx_parts import (
    BOLD,
    GUARDED,
    HEAD,
    MAIN,
    NUMBERS,
    PLACES,
    PLAIN,
    fixed_parts,
    xml_text,
)

MOST_LINES: Final = 1_048_576
LONGEST: Final = 32_767
"""Characters of the longest text in a cell, counted as UTF-16."""
EXACT: Final = 15
"""Digits that a spreadsheet keeps of a number; a longer one is written as text."""
SHEETS: Final = ("data", "about")


def xlsx_bytes(
    head: Sequence[str], kinds: Sequence[str], rows: Iterable[Sequence[Any]], about: Iterable[Sequence[Any]]
) -> bytes:
    """Return a workbook with the table on its first sheet and what is said of it on its second.

    Raises `TABLE_TOO_LARGE` where a sheet or a cell cannot hold it.
    """
    content = BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        for path, text in fixed_parts(len(SHEETS), SHEETS).items():
            archive.writestr(part(path), text)
        for number, lines in enumerate((table(head, kinds, rows), notes(about)), start=1):
            with archive.open(part(f"xl/worksheets/sheet{number}.xml"), "w") as sheet:
                for line in lines:
                    sheet.write(line.encode())
    return content.getvalue()


def part(path: str) -> ZipInfo:
    """Return the entry of a part; it bears no time, so that equal tables are equal files."""
    made = ZipInfo(path)
    made.compress_type = ZIP_DEFLATED
    return made


def table(head: Sequence[str], kinds: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the XML of a sheet: a heading that stays in sight, and the lines."""
    yield f'{HEAD}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">'
    yield '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    yield "</sheetView></sheetViews><sheetData>" + line(text_cell(name, BOLD) for name in head)
    for number, row in enumerate(rows, start=2):
        if number > MOST_LINES:
            raise TableTooLargeError(f"A sheet of xlsx has no room for more than {MOST_LINES} lines")
        yield line(map(cell, kinds, row))
    yield "</sheetData></worksheet>"


def notes(about: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the XML of a sheet with a name and texts on each line."""
    yield f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'
    for row in about:
        yield line(cell("String", value) for value in row)
    yield "</sheetData></worksheet>"


def line(cells: Iterable[str]) -> str:
    """Return one line of a sheet."""
    return f"<row>{''.join(cells)}</row>"


def cell(kind: str, value: Any) -> str:
    """Return one cell."""
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    text = str(value)
    if is_number(kind, value):
        whole, _, places = text.partition(".")
        if len(whole.lstrip("-")) + len(places) <= EXACT and len(places) <= PLACES:
            return f'<c s="{NUMBERS + len(places)}"><v>{text}</v></c>'
        return text_cell(text, PLAIN)
    return text_cell(text, GUARDED if is_formula(text) else PLAIN)


def text_cell(text: str, style: int) -> str:
    """Return a cell with a text; it is never a formula, and stays none where the sheet is worked on."""
    if len(text) > LONGEST // 2 and len(text.encode("utf-16-le")) > 2 * LONGEST:
        raise TableTooLargeError(f"A cell of xlsx has no room for more than {LONGEST} characters")
    return f'<c t="inlineStr" s="{style}"><is><t xml:space="preserve">{xml_text(text)}</t></is></c>'
