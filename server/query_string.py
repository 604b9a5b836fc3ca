"""A registered operation asked by GET: its digest, variables and name in the query string."""

from typing import Any, Final
from urllib.parse import parse_qsl

from schema.types import names_a_person
from server.body import Asked, asked_in, read_json
from server.errors import (
    BodyNotJsonError,
    MethodNotAllowedError,
    QueryStringRefusedError,
    QueryStringTooLongError,
)

LONGEST: Final = 8_192
"""Bytes of a query string; more belong into a body."""
PARAMETERS: Final = frozenset({"documentId", "operationName", "variables", "extensions"})
OBJECTS: Final = frozenset({"variables", "extensions"})
WRITTEN: Final = PARAMETERS - {"documentId"}
"""What could hold an identity number: a digest is digits by chance, a question is not asked by GET at all."""
ONLY_REGISTERED: Final = (
    "Send the question by POST. GET asks registered operations only: name one with `documentId`, the "
    "SHA-256 of its text."
)


def asked_by_get(query_string: bytes) -> Asked:
    """Return what a query string asks.

    Raises `METHOD_NOT_ALLOWED` where it names no registered operation, `QUERY_STRING_TOO_LONG`,
    `QUERY_STRING_REFUSED`, and the refusals of a body. Nothing of it is repeated.
    """
    if len(query_string) > LONGEST:
        raise QueryStringTooLongError(f"The query string is longer than {LONGEST} bytes")
    asked = asked_in(_parameters(query_string))
    if not asked.document_id or asked.query is not None:
        raise MethodNotAllowedError(
            "This address answers GET for registered operations only", remedy=ONLY_REGISTERED
        )
    return asked


def _parameters(query_string: bytes) -> dict[str, Any]:
    """Return the members of a request; a parameter of another name is left alone, as in a body."""
    found: dict[str, Any] = {}
    for name, value in _pairs(query_string):
        if name in found:
            raise QueryStringRefusedError("A parameter stands twice in the query string")
        if name in PARAMETERS or name == "query":
            found[name] = _value(name, value)
    return found


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, max_num_fields=50, errors="strict"
        )
    except ValueError:
        raise QueryStringRefusedError("The query string cannot be read") from None


def _value(name: str, value: str) -> Any:
    if name in WRITTEN and names_a_person(value):
        raise QueryStringRefusedError(
            "The query string holds what reads as an identity number",
            where=name,
            remedy="Send it by POST: addresses are kept in the logs of every proxy on the way.",
        )
    if name not in OBJECTS:
        return value
    try:
        return read_json(value)
    except BodyNotJsonError:
        raise QueryStringRefusedError("A parameter of the query string is not JSON", where=name) from None
