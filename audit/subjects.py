"""Whom an access was about: keyed digests, sealed in one list beside the leaf.

The digest (HMAC, RFC 2104) lets an auditor ask "who looked at this person" without the log holding
any identity; the seal hides even how often one person returns from whoever holds the store alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from audit.record import SubjectList
from govgraph.digests import KeyedDigests, digest
from govgraph.keyring import Keyring
from govgraph.sealing import OVERHEAD, Sealer

VERSION = b"\x01"
WIDTH = 32
HEAD = len(VERSION) + 4 + 4


@dataclass(frozen=True, slots=True)
class SealedList:
    """A sealed list, and what its leaf says of it: the number of digests and the hash of the sealed bytes."""

    count: int
    digest: bytes
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Digests:
    """What an opened list holds: digests of the persons seen and of the keys looked up, sorted."""

    subjects: tuple[bytes, ...]
    keys: tuple[bytes, ...]


class SubjectSeal:
    """Digests and seals subjects with two keys of their own: `audit-digests` and `audit-sealing`."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyed = KeyedDigests(keyring.secret("audit-digests"))
        self._key_name = self._keyed.of(b"name of this key")[:4]
        self._sealer = Sealer(keyring.secret("audit-sealing"))

    def digest_of(self, identity: str) -> bytes:
        """Return the digest a person or key, in normal form, has in the lists."""
        return self._keyed.of(identity.encode())

    def seal(self, listed: SubjectList, receipt: str) -> SealedList | None:
        """Return the sealed list of one record, or None where it has neither subjects nor keys.

        The list names its digest key and sorts its digests, so that the order of rows is not told.
        """
        if not listed.subjects and not listed.keys:
            return None
        subjects, keys = self._digests(listed.subjects), self._digests(listed.keys)
        plain = b"".join((VERSION, self._key_name, len(subjects).to_bytes(4), *subjects, *keys))
        sealed = self._sealer.seal(plain, _context(receipt))
        return SealedList(len(subjects) + len(keys), digest(sealed), sealed)

    def open(self, sealed: bytes, receipt: str) -> Digests:
        """Return the digests of a record's list. Raises `SealBrokenError` for any other record's."""
        plain = self._sealer.open(sealed, _context(receipt))
        subjects = int.from_bytes(plain[HEAD - 4 : HEAD])
        digests = tuple(plain[at : at + WIDTH] for at in range(HEAD, len(plain), WIDTH))
        return Digests(digests[:subjects], digests[subjects:])

    def _digests(self, identities: Iterable[str]) -> list[bytes]:
        return sorted(self.digest_of(identity) for identity in set(identities))


def sealed_size(count: int) -> int:
    """Return how long a sealed list of `count` digests is, so that a verifier without keys can tell."""
    return OVERHEAD + HEAD + WIDTH * count


def _context(receipt: str) -> str:
    return f"audit/subjects/{receipt}"
