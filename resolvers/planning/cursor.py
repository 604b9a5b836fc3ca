"""Cursors: the place of a row in an order, sealed for one caller and one question.

A cursor holds the values a row is ordered by, its key among them, and nobody but the platform reads
it: XAES-256-GCM, padded so that its length says little. It opens only for the caller, the rows and
the order that it was made for.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from connectors.values import storable
from govgraph.expressions.terms import Kind
from govgraph.sealing import SealBrokenError, Sealer
from resolvers.errors import CursorNotValidError

BLOCK = 64
"""Bytes to which the content is padded."""
LONGEST = 8192
"""Characters of the longest cursor that is looked at."""

READERS: Mapping[Kind, Callable[[str], Any]] = {
    Kind.TEXT: str,
    Kind.DATE: str,
    Kind.INSTANT: str,
    Kind.INTEGER: int,
    Kind.DECIMAL: Decimal,
    Kind.BOOLEAN: lambda text: text == "true",
}


@dataclass(frozen=True, slots=True)
class Cursors:
    """Makes and opens the cursors of one platform. `sealer` holds the key `cursors` of its keyring."""

    sealer: Sealer

    def seal(self, values: Sequence[Any], context: str) -> str:
        """Return the cursor of a row with these values; `context` says what it belongs to."""
        plain = orjson.dumps([None if value is None else spelled(value) for value in values])
        padded = plain + b" " * (-len(plain) % BLOCK)
        return urlsafe_b64encode(self.sealer.seal(padded, context)).decode().rstrip("=")

    def open(self, text: str, context: str, kinds: Sequence[Kind]) -> list[Any]:
        """Return the values in a cursor. Raises `CURSOR_NOT_VALID`, whatever is wrong with it."""
        try:
            return self._values(text, context, kinds)
        except (SealBrokenError, ValueError):
            raise CursorNotValidError("The cursor at this place does not belong to this question") from None

    def _values(self, text: str, context: str, kinds: Sequence[Kind]) -> list[Any]:
        if len(text) > LONGEST or not storable(text) or not text.isascii():
            raise ValueError
        sealed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        given = orjson.loads(self.sealer.open(sealed, context))
        return [
            None if value is None else READERS[kind](value) for value, kind in zip(given, kinds, strict=True)
        ]


def spelled(value: Any) -> str:
    """Return a value as the text that a cursor holds."""
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
