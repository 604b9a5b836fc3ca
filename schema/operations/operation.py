"""A registered operation, and the digest that it is asked by."""

import re
from dataclasses import dataclass
from hashlib import sha256

from schema.errors import OperationTitleError

DIGEST = re.compile(r"[0-9a-f]{64}")
EVERYBODY = ""
"""Stands in the place of a client's name where every client may ask an operation."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A document that was registered for a client, or for `EVERYBODY`.

    `digest` is the SHA-256 of `text` in hex; `registered_at` RFC 3339 text.
    """

    digest: str
    client: str
    title: str
    text: str
    registered_by: str = ""
    registered_at: str = ""


def digest_of(text: str) -> str:
    """Return the SHA-256 of a document's text in UTF-8, as 64 small hexadecimal digits."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_digest(text: str) -> bool:
    """Return whether a text has the form of a digest."""
    return DIGEST.fullmatch(text) is not None


def check_title(title: str) -> None:
    """Raise `OPERATION_TITLE` where a title is longer than 200 characters or cannot be printed."""
    if len(title) > 200 or not title.isprintable():
        raise OperationTitleError("The title is not made of up to 200 printable characters", where="title")
