"""The keys that sign access tokens: ES256 (RFC 7518 section 3.4), published as a key set (RFC 7517).

A key is named by its thumbprint (RFC 7638). Tokens signed with a previous key stay good until they
expire, so that the key can be changed without refusing anyone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from joserfc.jwk import ECKey, KeySet

from govgraph.keyring import Keyring

ALGORITHM = "ES256"
CURVE = "P-256"
NAME = "token-signing"


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """The key that signs, and those whose signatures are still believed."""

    current: ECKey = field(repr=False)
    previous: tuple[ECKey, ...] = field(default=(), repr=False)

    def key_set(self) -> KeySet:
        """Return all keys, the signing one first."""
        return KeySet([self.current, *self.previous])

    def published(self) -> dict[str, Any]:
        """Return the key set as clients read it: public parts only."""
        return {"keys": [dict(key.as_dict(private=False)) for key in (self.current, *self.previous)]}


def load_signing_keys(keyring: Keyring, previous: Sequence[bytes] = ()) -> SigningKeys:
    """Return the signing keys of this platform; the current one is made at first use.

    `previous` are keys in PEM that signed before, the private or only the public part.
    """
    return SigningKeys(_read(keyring.private_key(NAME, _make)), tuple(_read(pem) for pem in previous))


def _make() -> bytes:
    return ECKey.generate_key(CURVE, private=True).as_pem(private=True)


def _read(pem: bytes) -> ECKey:
    name = ECKey.import_key(pem).thumbprint()
    return ECKey.import_key(pem, {"kid": name, "use": "sig", "alg": ALGORITHM})
