"""Lines as CSV (RFC 4180) that a spreadsheet opens with a double click: a BOM first, nothing a formula."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from typing import Any

from server.tables.cells import is_formula, is_number

END = "\r\n"


def csv_bytes(head: Sequence[str], kinds: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the table as UTF-8: null is nothing, an empty text is `""`, a formula has `'` before it."""
    lines = [",".join(written("String", name) for name in head)]
    lines += [",".join(map(written, kinds, row)) for row in rows]
    return BOM_UTF8 + END.join([*lines, ""]).encode()


def written(kind: str, value: Any) -> str:
    """Return one value as it stands between commas; every text is quoted, whatever parts it holds."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(kind, value):
        return str(value)
    text = str(value)
    doubled = text.replace('"', '""')
    return f'"\'{doubled}"' if is_formula(text) else f'"{doubled}"'
