"""Reads a CSV file line by line: strict in encoding and shape, naming file and line where it is broken."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from connectors.errors import FileBrokenError

BATCH = 2048
CODECS: Mapping[str, str] = {"utf-8": "utf-8-sig", "gb18030": "gb18030"}

Cells = Sequence[str | None]


def batches(path: Path, encoding: str, *, header: bool, empty_is_null: bool) -> Iterator[Sequence[Cells]]:
    """Yield the header (or made names) as a batch of one row, then the rows in batches of at most 2048.

    A text ends before its first U+0000. Raises `FileBrokenError` for the first line that is broken.
    """
    rows = _rows(path, encoding)
    first = next(rows, None)
    if first is None:
        raise FileBrokenError("The file is empty", where=path.name)
    number, cells = first
    names = cells if header else [f"column{index + 1}" for index in range(len(cells))]
    if len(set(names)) != len(names) or not all(name.strip() for name in names):
        raise FileBrokenError(
            "The header has a name twice, or an empty one", where=f"{path.name}, line {number}"
        )
    yield [list(names)]
    batch = [] if header else [_cells(cells, empty_is_null=empty_is_null)]
    for number, cells in rows:
        if len(cells) != len(names):
            what = f"The line has {len(cells)} values where the first has {len(names)}"
            raise FileBrokenError(what, where=f"{path.name}, line {number}")
        batch.append(_cells(cells, empty_is_null=empty_is_null))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _rows(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line each row ends at, and its cells; empty lines are no rows."""
    reader = csv.reader(_lines(path, encoding), strict=True)
    while True:
        try:
            cells = next(reader, None)
        except csv.Error:
            where = f"{path.name}, line {reader.line_num}"
            raise FileBrokenError("The line breaks the rules of CSV (RFC 4180)", where=where) from None
        if cells is None:
            return
        if cells:
            yield reader.line_num, cells


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield decoded lines. The byte of a line feed is part of no other character in these encodings."""
    codec = CODECS[encoding]
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    yield line.decode(codec if number == 1 else codec.removesuffix("-sig"))
                except UnicodeDecodeError:
                    where = f"{path.name}, line {number}"
                    raise FileBrokenError(f"The line is not {encoding}", where=where) from None
    except OSError:
        raise FileBrokenError(
            "The file cannot be opened", where=path.name, remedy="Check `path` in the source settings"
        ) from None


def _cells(cells: Sequence[str], *, empty_is_null: bool) -> Cells:
    return [None if empty_is_null and not cell else cell.partition("\0")[0] for cell in cells]
