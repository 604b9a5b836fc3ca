"""Walks an OpenAPI document: references followed (RFC 6901), circles and strangers named, work bounded."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

MOST_HOPS = 32


class Reason(StrEnum):
    """Why a part of a document becomes nothing that can be asked."""

    NO_READ = "no operation reads: none is a GET"
    NOT_JSON = "answers something other than JSON"
    NO_SHAPE = "does not say what its answer holds"
    NOT_ROWS = "answers single values, not rows"
    PATH = "has a path that cannot be a part of an address"
    COOKIE = "needs a cookie"
    REFERENCE_UNKNOWN = "refers to what is not in the document"
    REFERENCE_ELSEWHERE = "refers to another document"
    REFERENCE_CIRCLE = "refers to itself in a circle"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of a document that cannot be asked: its JSON pointer, and why."""

    pointer: str
    reason: Reason


class UnreadableError(Exception):
    """A part of a document cannot be read. Caught where the part ends, and told as `Skipped`."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)


def pointer(*names: str) -> str:
    """Return the JSON pointer that leads through some names."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in names)


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document; whatever is asked of it is never a `$ref` any more."""

    root: Mapping[str, Any]

    def resolved(self, value: Any) -> Mapping[str, Any]:
        """Return an object, its reference followed. Raises `UnreadableError`; `{}` for no object."""
        for _ in range(MOST_HOPS):
            if not isinstance(value, dict):
                return {}
            reference = value.get("$ref")
            if not isinstance(reference, str):
                return value
            value = self._at(reference)
        raise UnreadableError(Reason.REFERENCE_CIRCLE)

    def member(self, value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """Return an object's member that is an object itself; `{}` where it has none."""
        return self.resolved(value.get(name))

    def _at(self, reference: str) -> Any:
        if not reference.startswith("#"):
            raise UnreadableError(Reason.REFERENCE_ELSEWHERE)
        value: Any = self.root
        for part in reference[1:].split("/")[1:]:
            value = _below(value, part.replace("~1", "/").replace("~0", "~"))
        return value


def _below(value: Any, name: str) -> Any:
    """Return the part of a name, also where the document percent-encoded it; numbers count a list."""
    if isinstance(value, dict):
        for spelled in (name, unquote(name)):
            if spelled in value:
                return value[spelled]
    if isinstance(value, list) and name.isascii() and name.isdigit() and int(name) < len(value):
        return value[int(name)]
    raise UnreadableError(Reason.REFERENCE_UNKNOWN)
