"""Reads a CSV file line by line: strict in encoding and shape, naming file and line where it is broken."""

import codecs
import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from connectors.errors import FileBrokenError

BATCH = 2048
LONGEST = 4_000_000
"""Bytes of a line; one without end would be held in memory whole, and as JSON many times over."""
MARKS: Mapping[bytes, str] = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    "\ufeff".encode("gb18030"): "gb18030",
}
"""Byte order marks, by which a file itself says what it is in."""

Cells = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Csv:
    """How a CSV file is written: its encoding, what stands between cells, what an empty cell means."""

    encoding: str = "utf-8"
    separator: str = ","
    header: bool = True
    empty_is_null: bool = True


def batches(path: Path, written: Csv) -> Iterator[Sequence[Cells]]:
    """Yield the header (or made names) as a batch of one row, then the rows in batches of at most 2048.

    A text ends before its first U+0000. Raises `FileBrokenError` for the first line that is broken.
    """
    rows = _rows(path, written)
    first = next(rows, None)
    if first is None:
        raise FileBrokenError("The file is empty", where=path.name)
    number, cells = first
    names = cells if written.header else [f"column{index + 1}" for index in range(len(cells))]
    if len(set(names)) != len(names) or not all(name.strip() for name in names):
        raise FileBrokenError(
            "The header has a name twice, or an empty one", where=f"{path.name}, line {number}"
        )
    yield [list(names)]
    batch = [] if written.header else [_cells(cells, empty_is_null=written.empty_is_null)]
    for number, cells in rows:
        if len(cells) != len(names):
            what = f"The line has {len(cells)} values where the first has {len(names)}"
            raise FileBrokenError(what, where=f"{path.name}, line {number}")
        batch.append(_cells(cells, empty_is_null=written.empty_is_null))
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _rows(path: Path, written: Csv) -> Iterator[tuple[int, list[str]]]:
    """Yield the line each row ends at, and its cells; empty lines are no rows."""
    reader = csv.reader(lines(path, written.encoding), strict=True, delimiter=written.separator)
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


def lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield decoded lines. The byte of a line feed is part of no other character in these encodings.

    A byte order mark is no part of the first line; that of another encoding is refused, since its
    bytes would be read as characters that nobody wrote.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(_bounded(file, path.name), 1):
                try:
                    yield _marked(line, encoding, path.name) if number == 1 else line.decode(encoding)
                except UnicodeDecodeError:
                    where = f"{path.name}, line {number}"
                    raise FileBrokenError(f"The line is not {encoding}", where=where) from None
    except OSError:
        raise FileBrokenError(
            "The file cannot be opened", where=path.name, remedy="Check `path` in the source settings."
        ) from None


def _bounded(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Yield the lines of a file, none of them longer than `LONGEST`."""
    for number, line in enumerate(iter(lambda: file.readline(LONGEST + 1), b""), 1):
        if len(line) > LONGEST:
            what = f"The line is longer than {LONGEST} bytes"
            raise FileBrokenError(what, where=f"{name}, line {number}")
        yield line


def _marked(line: bytes, encoding: str, name: str) -> str:
    for mark, marked in MARKS.items():
        if line.startswith(mark) and marked != encoding:
            raise FileBrokenError(
                f"The file begins with the mark of {marked}, its settings say {encoding}",
                where=f"{name}, line 1",
                remedy="Set `encoding` to what the file is in, or save it as utf-8.",
            )
    return line.decode(encoding).removeprefix("\ufeff")


def _cells(cells: Sequence[str], *, empty_is_null: bool) -> Cells:
    return [None if empty_is_null and not cell else cell.partition("\0")[0] for cell in cells]
