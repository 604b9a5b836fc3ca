"""One spelling of a JSON value, so that equal values have equal bytes and equal hashes (RFC 8785)."""

from collections.abc import Mapping
from typing import Any

import orjson

from govgraph.errors import PlatformError

LARGEST = 2**53 - 1


class NotCanonicalError(PlatformError):
    """A value has no canonical spelling; whoever built it is at fault."""

    code = "NOT_CANONICAL"
    remedy = "Use text, whole numbers up to 2^53 - 1, true, false, null, lists, objects."


def canonical(value: Any) -> bytes:
    """Return the UTF-8 bytes of RFC 8785 for a value of dict, list, str, int, bool and None.

    Floats are refused: no rule here needs them, and their spelling is where canonical forms break.
    Raises `NotCanonicalError`, which names the kind of value, never the value.
    """
    try:
        return orjson.dumps(_ordered(value))
    except (orjson.JSONEncodeError, UnicodeEncodeError, RecursionError):
        raise NotCanonicalError("Text is not Unicode, or a value is nested too deeply") from None


def _ordered(value: Any) -> Any:
    if value is None or value is True or value is False or isinstance(value, str):
        return value
    if isinstance(value, int):
        if -LARGEST <= value <= LARGEST:
            return value
        raise NotCanonicalError("A whole number is beyond 2^53 - 1")
    if isinstance(value, list | tuple):
        return [_ordered(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _ordered(value[name]) for name in sorted(value, key=_code_units)}
    raise NotCanonicalError("A value has no canonical spelling", where=type(value).__name__)


def _code_units(name: Any) -> bytes:
    """Members are ordered by UTF-16 code units (section 3.2.3), which differs from code points."""
    if isinstance(name, str):
        return name.encode("utf-16-be")
    raise NotCanonicalError("A member name is not text", where=type(name).__name__)
