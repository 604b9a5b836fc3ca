"""Sealing with a key that rotates: new texts under the key in use, old ones open by the key of their time."""

from typing import Protocol

from govgraph.keyring import Keyring
from govgraph.sealing import SealBrokenError, Sealer


class Seals(Protocol):
    """Seals and opens; one key (`Sealer`), or one that rotates (`RotatingSealer`)."""

    def seal(self, plain: bytes, context: str) -> bytes:
        """Return the sealed bytes; `context` says where they belong."""

    def open(self, sealed: bytes, context: str) -> bytes:
        """Return the plain bytes. Raises `SealBrokenError`."""


class RotatingSealer:
    """Seals under the key of a name that is in use, and opens what any key of that name sealed."""

    def __init__(self, keyring: Keyring, name: str) -> None:
        self._keyring = keyring
        self._name = name
        self._sealers = self._read()

    def seal(self, plain: bytes, context: str) -> bytes:
        """Return the sealed bytes; `context` says where they belong and must be given to open them."""
        return self._sealers[0].seal(plain, context)

    def open(self, sealed: bytes, context: str) -> bytes:
        """Return the plain bytes. Raises `SealBrokenError` for altered or swapped ones.

        The keys are read anew before that: another replica may have rotated them.
        """
        try:
            return _opened(self._sealers, sealed, context)
        except SealBrokenError:
            self._sealers = self._read()
            return _opened(self._sealers, sealed, context)

    def rotate(self) -> None:
        """Put a fresh key in use; the old one is kept, and opens what it sealed."""
        self._keyring.rotate(self._name)
        self._sealers = self._read()

    def _read(self) -> tuple[Sealer, ...]:
        """Return what seals with each key, that of the present first."""
        keys = (self._keyring.secret(self._name), *reversed(self._keyring.retired(self._name)))
        return tuple(Sealer(key) for key in keys)


def _opened(sealers: tuple[Sealer, ...], sealed: bytes, context: str) -> bytes:
    for sealer in sealers[:-1]:
        try:
            return sealer.open(sealed, context)
        except SealBrokenError:
            continue  # sealed by an older key, or by none
    return sealers[-1].open(sealed, context)
