"""Cells as the platform knows them: what a driver or file hands over, brought to one spelling.

A cell that does not fit the kind it is read as becomes null; it is never echoed and never fails
the answer. A text ends before its first U+0000, which no other source could store.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.errors import ValueNotTextError
from govgraph.expressions.terms import Kind


def reader(kind: Kind | None) -> Callable[[Any], Any]:
    """Return the function that brings a cell to its kind."""
    readers: Mapping[Kind | None, Callable[[Any], Any]] = {
        Kind.TEXT: as_text,
        Kind.INTEGER: as_integer,
        Kind.DECIMAL: as_decimal,
        Kind.BOOLEAN: as_boolean,
    }
    return readers.get(kind, as_text)


def as_text(value: Any) -> str | None:
    """Return a cell in its canonical spelling; null for lists, objects and bytes."""
    match value:
        case str():
            return value if "\0" not in value else value.partition("\0")[0]
        case None | bytes() | bytearray() | memoryview() | list() | dict():
            return None
        case bool():
            return "true" if value else "false"
        case float() | Decimal():
            number = as_decimal(value)
            return None if number is None else decimal_text(number)
        case datetime() | date():
            return value.isoformat()
    return str(value)


def as_integer(value: Any) -> int | None:
    """Return a whole number, or null."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        digits = value.strip(" ").removeprefix("-")
        return int(value) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else None
    number = as_decimal(value)
    return int(number) if number is not None and number == number.to_integral_value() else None


def as_decimal(value: Any) -> Decimal | None:
    """Return an exact number; null for anything else, infinity and not-a-number included."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    if isinstance(value, str) and not (value.isascii() and len(value) <= 64 and "_" not in value):
        return None
    try:
        number = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) <= 64 else None


def as_boolean(value: Any) -> bool | None:
    """Return true or false for the spellings that stores use: 1/0, true/false, t/f."""
    if isinstance(value, str):
        return {"1": True, "true": True, "t": True, "0": False, "false": False, "f": False}.get(value.lower())
    return bool(value) if isinstance(value, int) and value in (0, 1) else None


def decimal_text(number: Decimal) -> str:
    """Return a number in plain digits, without an exponent and without trailing zeros: `0.5`, `2400`."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def check_text(value: Any) -> Any:
    """Return a bound value; raises `ValueNotTextError` for text that no source can store."""
    if isinstance(value, str) and not storable(value):
        raise ValueNotTextError("A value holds a character that is not text")
    return value


def storable(value: str) -> bool:
    """Return whether a text holds neither U+0000 nor a lone surrogate."""
    if value.isascii():
        return "\0" not in value
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def checked(value: Any) -> Any:
    """Return a bound value or list of values, each checked to be text that a source can store."""
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [check_text(part) for part in value]
    return check_text(value)
