"""What a command prints: lines and tables for people, one JSON value for scripts."""

import sys
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import orjson


def print_json(value: Any) -> None:
    """Print one JSON value."""
    sys.stdout.write(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode() + "\n")


def print_line(line: str) -> None:
    """Print one line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def print_warning(line: str) -> None:
    """Print one line on standard error, where it stands beside JSON too."""
    sys.stderr.write(line + "\n")


def print_table(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print rows as aligned columns; Chinese characters count as two."""
    cells = [list(columns), *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(width(line[index]) for line in cells) for index in range(len(columns))]
    for line in cells:
        padded = [text + " " * (size - width(text)) for text, size in zip(line, widths, strict=True)]
        print_line("  ".join(padded).rstrip())


def width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return str(value)
