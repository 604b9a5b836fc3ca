"""Reads a file of JSON lines: one object each, names gathered over all lines, broken lines named."""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from connectors.csv_rows import BATCH, Cells, lines
from connectors.errors import FileBrokenError
from connectors.values import as_text

WIDEST = 1_000  # names in one file


def batches(path: Path, encoding: str) -> Iterator[Sequence[Cells]]:
    """Yield the names of all lines as a batch of one row, then the rows in batches of at most 2048.

    An absent member and `null` are null; a list or an object is its JSON text. The file is read twice,
    so that its rows are never held at once. Raises `FileBrokenError` for the first line that is broken.
    """
    names: dict[str, None] = {}
    for number, row in _rows(path, encoding):
        names.update(dict.fromkeys(row))
        if len(names) > WIDEST or not all(name.strip() for name in row):
            what = f"The line has an empty name, or the file more than {WIDEST} names"
            raise FileBrokenError(what, where=f"{path.name}, line {number}")
    if not names:
        raise FileBrokenError("The file is empty", where=path.name)
    yield [list(names)]
    batch: list[Cells] = []
    for _, row in _rows(path, encoding):
        batch.append([_cell(row.get(name)) for name in names])
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _rows(path: Path, encoding: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Yield each line's number and object; empty lines are no rows."""
    for number, line in enumerate(lines(path, encoding), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_float=Decimal, parse_constant=_refused)
        except (ValueError, RecursionError):
            row = None
        if not isinstance(row, dict):
            where = f"{path.name}, line {number}"
            raise FileBrokenError("The line is not a JSON object", where=where) from None
        yield number, row


def _refused(_name: str) -> None:
    raise ValueError


def _cell(value: Any) -> str | None:
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return as_text(value)
