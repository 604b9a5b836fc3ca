"""Reads a cell, as a connector delivers it, as a kind: what `Column` means for values in Python."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from govgraph.expressions.days import BLANKS
from govgraph.expressions.reading import FALSE_SPELLINGS, TRUE_SPELLINGS

INTEGER = re.compile(r"-?[0-9]{1,18}")
SECOND = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
)
CITY = timedelta(hours=8)
DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{0,18})?")


def text(cell: Any) -> str | None:
    """Return a cell in its canonical spelling."""
    if cell is None or isinstance(cell, str):
        return cell
    match cell:
        case bool():
            return "true" if cell else "false"
        case Decimal() | float():
            return _decimal_text(cell)
        case datetime() | date():
            return _date_text(cell)
        case bytes() | bytearray() | memoryview():
            return bytes(cell).hex().upper()
    return str(cell)


def integer(cell: Any) -> int | None:
    """Return a cell as an integer; None for anything else."""
    if isinstance(cell, int):
        return int(cell)
    spelled = _plain(cell)
    return int(spelled) if spelled is not None and INTEGER.fullmatch(spelled) else None


def decimal(cell: Any) -> Decimal | int | None:
    """Return a cell as a number; None for anything else."""
    if isinstance(cell, int | Decimal):
        return cell
    spelled = _plain(cell)
    return Decimal(spelled) if spelled is not None and DECIMAL.fullmatch(spelled) else None


def boolean(cell: Any) -> bool | None:
    """Return a cell as a truth; None for what is neither yes nor no."""
    if isinstance(cell, int):
        return bool(cell)
    spelled = _plain(cell)
    if spelled in TRUE_SPELLINGS:
        return True
    return False if spelled in FALSE_SPELLINGS else None


def in_city(text: str) -> str | None:
    """Return a second with its zone as the city's clock shows it; None for any other text."""
    if not SECOND.fullmatch(text):
        return None
    try:
        stated = datetime.fromisoformat(text)
        offset = stated.utcoffset() or timedelta()
        clock = stated.replace(tzinfo=None) + CITY - offset
    except (ValueError, OverflowError):  # no day of the calendar, or moved beyond it
        return None
    return f"{clock.isoformat()}+08:00"


def _plain(cell: Any) -> str | None:
    """Return the text of a cell without the blanks around it, which are no part of a number or a truth."""
    spelled = text(cell)
    return None if spelled is None else spelled.strip(BLANKS)


def _decimal_text(number: Decimal | float) -> str:
    exact = number if isinstance(number, Decimal) else Decimal(repr(number))
    plain = format(exact, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _date_text(day: date) -> str:
    if not isinstance(day, datetime):
        return day.isoformat()
    universal = day if day.tzinfo is None else day.astimezone(UTC).replace(tzinfo=None)
    return universal.replace(microsecond=0).isoformat() + ("" if day.tzinfo is None else "Z")
