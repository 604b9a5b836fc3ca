"""Digests: SHA-256 (FIPS 180-4), and keyed ones that only the holder of the key can make (RFC 2104)."""

import hmac
from hashlib import sha256


def digest(content: bytes) -> bytes:
    """Return the 32 bytes of SHA-256."""
    return sha256(content).digest()


def hex_digest(content: bytes) -> str:
    """Return SHA-256 as 64 lower-case hexadecimal digits."""
    return sha256(content).hexdigest()


def keyed_digest(key: bytes, content: bytes) -> bytes:
    """Return the 32 bytes of HMAC-SHA-256: the same for the same content, and a guess proves nothing."""
    return hmac.digest(key, content, "sha256")


class KeyedDigests:
    """Makes keyed digests with one key, whose part of the work is done once.

    A copied state also keeps the interpreter's lock, which `hmac.digest` lets go of for every call.
    """

    def __init__(self, key: bytes) -> None:
        self._begun = hmac.new(key, digestmod="sha256")

    def of(self, content: bytes) -> bytes:
        """Return the same 32 bytes as `keyed_digest`."""
        state = self._begun.copy()
        state.update(content)
        return state.digest()
