"""Whom an access was about: keyed digests, sealed in one list beside the leaf.

The digest (HMAC, RFC 2104) lets an auditor ask "who looked at this person" without the log holding
any identity; the seal hides even how often one person returns from whoever holds the store alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from audit.record import SubjectList
from govgraph.digests import KeyedDigests, digest
from govgraph.keyring import Keyring
from govgraph.sealing import OVERHEAD, Sealer

DIGESTS = "audit-digests"
VERSION = b"\x01"
WIDTH = 32
HEAD = len(VERSION) + 4 + 4


@dataclass(frozen=True, slots=True)
class Digests:
    """What an opened list holds: digests of the persons seen and of the keys looked up, sorted.

    `key` names the key they were made with, as `SubjectSeal.digests_of` does.
    """

    subjects: tuple[bytes, ...]
    keys: tuple[bytes, ...]
    key: str


NOBODY: Final = Digests((), (), "")


@dataclass(frozen=True, slots=True)
class SealedList:
    """A sealed list, and what its leaf says of it: the number of digests and the hash of the sealed bytes.

    `listed` is what was sealed; `read_list` reads it.
    """

    count: int
    digest: bytes
    sealed: bytes
    listed: bytes = b""


@dataclass(frozen=True, slots=True)
class DigestKey:
    """A key that digests are made with, and the name that lists call it by."""

    name: bytes
    keyed: KeyedDigests


class SubjectSeal:
    """Digests and seals subjects with two keys of their own: `audit-digests`, which rotates, and
    `audit-sealing`. May be used from several threads.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._current = _digest_key(keyring.secret(DIGESTS))
        self._sealer = Sealer(keyring.secret("audit-sealing"))

    @property
    def key(self) -> str:
        """Return the name of the key that digests are made with now."""
        return self._current.name.hex()

    def digest_of(self, identity: str) -> bytes:
        """Return the digest a person or key, in normal form, has in the lists that are written now."""
        return self._current.keyed.of(identity.encode())

    def digests_of(self, identity: str) -> Mapping[str, bytes]:
        """Return every digest a person or key, in normal form, has in any list, by the name of its key.

        The keys are read anew: one that another replica rotated in counts at once.
        """
        secrets = (*self._keyring.retired(DIGESTS), self._keyring.secret(DIGESTS))
        keys = [_digest_key(secret) for secret in secrets]
        return {key.name.hex(): key.keyed.of(identity.encode()) for key in keys}

    def rotate(self) -> str:
        """Digest with a fresh key from now on and return its name; older lists are still searched.

        Raises `KeysRotatedError`.
        """
        self._keyring.rotate(DIGESTS)
        self._current = _digest_key(self._keyring.secret(DIGESTS))
        return self.key

    def seal(self, listed: SubjectList, receipt: str) -> SealedList | None:
        """Return the sealed list of one record, or None where it has neither subjects nor keys.

        The list names its digest key and sorts its digests, so that the order of rows is not told.
        """
        if not listed.subjects and not listed.keys:
            return None
        key = self._current
        subjects, keys = _digests(key, listed.subjects), _digests(key, listed.keys)
        plain = b"".join((VERSION, key.name, len(subjects).to_bytes(4), *subjects, *keys))
        sealed = self._sealer.seal(plain, _context(receipt))
        return SealedList(len(subjects) + len(keys), digest(sealed), sealed, plain)

    def open(self, sealed: bytes, receipt: str) -> Digests:
        """Return the digests of a record's list. Raises `SealBrokenError` for any other record's."""
        return read_list(self._sealer.open(sealed, _context(receipt)))


def read_list(plain: bytes) -> Digests:
    """Return the digests of a list that is not sealed; those of none are nobody's."""
    subjects = int.from_bytes(plain[HEAD - 4 : HEAD])
    digests = tuple(plain[at : at + WIDTH] for at in range(HEAD, len(plain), WIDTH))
    return Digests(digests[:subjects], digests[subjects:], plain[len(VERSION) : HEAD - 4].hex())


def _digest_key(secret: bytes) -> DigestKey:
    keyed = KeyedDigests(secret)
    return DigestKey(keyed.of(b"name of this key")[:4], keyed)


def _digests(key: DigestKey, identities: Iterable[str]) -> list[bytes]:
    return sorted(key.keyed.of(identity.encode()) for identity in set(identities))


def sealed_size(count: int) -> int:
    """Return how long a sealed list of `count` digests is, so that a verifier without keys can tell."""
    return OVERHEAD + HEAD + WIDTH * count


def _context(receipt: str) -> str:
    return f"audit/subjects/{receipt}"
