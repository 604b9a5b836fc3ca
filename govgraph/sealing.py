"""Sealing: bytes that only the holder of the key can open, and only where they belong.

The construction is XAES-256-GCM (C2SP): AES-256-GCM under a key derived from the first half of a
random nonce of 192 bits, so that one key may seal more than the 2^32 texts plain AES-GCM allows. A few
texts in a row share that half, and with it the derived key: making one costs more than sealing does.
"""

import os
from collections import deque

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB

from govgraph.errors import PlatformError

VERSION = b"\x01"
NONCE = 24
HALF = NONCE // 2
DRAWN = 64
OVERHEAD = len(VERSION) + NONCE + 16


class SealBrokenError(PlatformError):
    """Sealed bytes do not open: altered, sealed for another place, or sealed under another key."""

    code = "SEAL_BROKEN"
    remedy = "Put back the keys and the store from one and the same backup."


class Sealer:
    """Seals and opens with one key of 32 bytes. May be used from several threads."""

    def __init__(self, key: bytes) -> None:
        self._cipher = Cipher(AES256(key), ECB())  # noqa: S305  # one block each: the PRF of XAES-256-GCM
        self._ready: deque[tuple[bytes, AESGCM]] = deque()
        self._mask = _doubled(self._cipher.encryptor().update(bytes(16)))

    def seal(self, plain: bytes, context: str) -> bytes:
        """Return the sealed bytes; `context` says where they belong and must be given to open them."""
        nonce, cipher = self._drawn()
        return VERSION + nonce + cipher.encrypt(nonce[HALF:], plain, context.encode())

    def _drawn(self) -> tuple[bytes, AESGCM]:
        """Return a nonce and its cipher; they are drawn many at a time, for each draw is a system call."""
        while True:
            try:
                return self._ready.pop()
            except IndexError:
                drawn = os.urandom(HALF * (DRAWN + 1))
                first, *rest = (drawn[at : at + HALF] for at in range(0, len(drawn), HALF))
                cipher = self._derived(first)
                self._ready.extend((first + half, cipher) for half in rest)

    def open(self, sealed: bytes, context: str) -> bytes:
        """Return the plain bytes. Raises `SealBrokenError` for altered or swapped ones."""
        nonce, text = sealed[len(VERSION) :][:NONCE], sealed[len(VERSION) + NONCE :]
        if not sealed.startswith(VERSION) or len(sealed) < OVERHEAD:
            raise SealBrokenError("Sealed bytes have an unknown form")
        try:
            return self._derived(nonce).decrypt(nonce[HALF:], text, context.encode())
        except InvalidTag:
            raise SealBrokenError("Sealed bytes do not open") from None

    def _derived(self, nonce: bytes) -> AESGCM:
        blocks = b"".join(
            _xor(b"\x00" + counter + b"X\x00" + nonce[:HALF], self._mask) for counter in (b"\x01", b"\x02")
        )
        return AESGCM(self._cipher.encryptor().update(blocks))


def _doubled(block: bytes) -> bytes:
    """Return the subkey K1 of CMAC (NIST SP 800-38B, section 6.1)."""
    shifted = int.from_bytes(block) << 1
    return (shifted & (1 << 128) - 1 ^ (0x87 if shifted >> 128 else 0)).to_bytes(16)


def _xor(left: bytes, right: bytes) -> bytes:
    return (int.from_bytes(left) ^ int.from_bytes(right)).to_bytes(16)
