"""Where a search of the log goes on: the position of a record, sealed for one caller and one search."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from audit.search import Search
from govgraph.digests import hex_digest
from govgraph.keyring import Keyring
from govgraph.sealing import SealBrokenError, Sealer
from resolvers.errors import CursorNotValidError

NEWEST: Final = 2**62
"""Before which every record stands."""
WIDTH: Final = 8
CURSORS: Final = "audit-cursors"
"""The key of these cursors."""


@dataclass(frozen=True, slots=True)
class AuditCursors:
    """Cursors of one caller's one search."""

    sealer: Sealer
    context: str

    @classmethod
    def of(cls, keyring: Keyring, client: str, search: Search) -> "AuditCursors":
        """Return the cursors of a search; whoever asks anything else cannot open them."""
        return cls(Sealer(keyring.secret(CURSORS)), f"{client}/{hex_digest(repr(search).encode())}")

    def seal(self, position: int) -> str:
        """Return the cursor behind which the search goes on."""
        return urlsafe_b64encode(self.sealer.seal(position.to_bytes(WIDTH), self.context)).decode()

    def open(self, text: str) -> int:
        """Return the position in a cursor. Raises `CURSOR_NOT_VALID`, whatever is wrong with it."""
        try:
            return int.from_bytes(self.sealer.open(urlsafe_b64decode(text), self.context))
        except (SealBrokenError, ValueError):
            raise CursorNotValidError("The cursor does not belong to this search", where="after") from None
