"""Reads one sheet of an xlsx workbook: the first row names the columns, empty rows are no rows."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import python_calamine as calamine

from connectors import xlsx_guard
from connectors.csv_rows import BATCH, Cells
from connectors.errors import FileBrokenError
from connectors.values import as_text

LARGEST = 64_000_000  # bytes of a workbook, packed
EXACT = 10**15  # a workbook keeps 15 digits of a number; what is longer has lost the others


def batches(path: Path, sheet: str, *, header: bool) -> Iterator[Sequence[Cells]]:
    """Yield the header (or made names) as a batch of one row, then the rows in batches of at most 2048.

    An empty cell is null. So is a number of more than 15 digits: the workbook has kept the first 15
    and made the others zero, and an ID number with a wrong end is worse than none.
    """
    rows = _rows(path, sheet)
    first = next(rows, None)
    if first is None:
        raise FileBrokenError("The file is empty", where=path.name)
    number, cells = first
    names = [name or "" for name in cells] if header else [f"column{i + 1}" for i in range(len(cells))]
    while names and not names[-1]:
        names.pop()
    if len(set(names)) != len(names) or not names or not all(name.strip() for name in names):
        raise FileBrokenError(
            "The header has a name twice, or an empty one", where=f"{path.name}, row {number}"
        )
    yield [list(names)]
    batch: list[Cells] = [] if header else [cells]
    for number, cells in rows:
        if any(cell is not None for cell in cells[len(names) :]):
            what = f"The row has values beyond the {len(names)} columns of the first"
            raise FileBrokenError(what, where=f"{path.name}, row {number}")
        batch.append([*cells[: len(names)], *[None] * (len(names) - len(cells))])
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _rows(path: Path, sheet: str) -> Iterator[tuple[int, Cells]]:
    """Yield the number of each row, as the workbook counts them, and its cells; empty rows are left out."""
    found = _sheet(_content(path), path.name, sheet)
    if found.start is None:
        return
    for number, row in enumerate(found.iter_rows(), found.start[0] + 1):
        cells = [_cell(value) for value in row]
        if any(cell is not None for cell in cells):
            yield number, cells


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise FileBrokenError(
                "The file is larger than it may be", where=path.name, remedy=xlsx_guard.REMEDY
            )
        content = path.read_bytes()
    except OSError:
        raise FileBrokenError(
            "The file cannot be opened", where=path.name, remedy="Check `path` in the source settings."
        ) from None
    xlsx_guard.check(content, path.name)
    return content


def _sheet(content: bytes, name: str, sheet: str) -> calamine.CalamineSheet:
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        if sheet:
            return workbook.get_sheet_by_name(sheet)
        return workbook.get_sheet_by_index(0)
    except calamine.WorksheetNotFound:
        what, remedy = "The workbook has no such sheet", "Correct `sheet` in the source settings"
    except (calamine.CalamineError, OSError, IndexError):
        what, remedy = "The file is not an xlsx workbook", xlsx_guard.REMEDY
    raise FileBrokenError(what, where=name, remedy=remedy)


def _cell(value: Any) -> str | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = Decimal(repr(value)) if abs(value) < EXACT else None
    return as_text(value) or None
