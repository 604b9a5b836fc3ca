"""Cells as the platform knows them: what a driver or file hands over, brought to one spelling.

A cell that does not fit the kind it is read as becomes null; it is never echoed and never fails
the answer. A text ends before its first U+0000, which no other source could store.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from connectors.errors import ValueNotTextError
from govgraph.expressions import cells
from govgraph.expressions.terms import Kind

WIDEST = 64  # digits of a number; `1e999999` from a source would otherwise be a megabyte of zeros


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
    """Return a cell in its canonical spelling; null for what is no single value."""
    plain = _single(value)
    text = cells.text(plain)
    return text.partition("\0")[0] if text is not None and "\0" in text else text


def as_integer(value: Any) -> int | None:
    """Return a whole number, or null."""
    return cells.integer(_single(value))


def as_decimal(value: Any) -> Decimal | None:
    """Return an exact number, or null."""
    number = cells.decimal(_single(value))
    return Decimal(number) if number is not None else None


def as_boolean(value: Any) -> bool | None:
    """Return true or false, or null."""
    return cells.boolean(_single(value))


def _single(value: Any) -> Any:
    """Return a value, or null for lists, objects, infinity, not-a-number and numbers of absurd width."""
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and not (value.is_finite() and abs(value.adjusted()) <= WIDEST):
        return None
    return None if isinstance(value, list | dict) else value


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
    """Return a bound value, list or mapping, each value checked to be text that a source can store."""
    if value.__class__ is str:  # as nearly all are; to look for a sequence takes ten times as long
        return check_text(value)
    if isinstance(value, Mapping):
        return {check_text(key): check_text(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [check_text(part) for part in value]
    return check_text(value)
