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
