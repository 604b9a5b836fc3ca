"""Signs a request with a shared key (RFC 2104), over a text that both sides can write down.

The text has one line for each part, in the order of the settings, without a line end after the last:
`method` in capitals; `path` as it is sent; `query`, its `name=value` as they are sent, sorted;
`timestamp`, `nonce` and `keyId` as their headers hold them; `body`, the digest of its bytes (an absent
body has none) as lower-case hexadecimal digits, SHA-256 or SM3 as the signature is.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from time import time

from cryptography.hazmat.primitives.hashes import SHA256, SM3, Hash, HashAlgorithm
from cryptography.hazmat.primitives.hmac import HMAC

from connectors.rest.credential_settings import SignatureSettings

NONCE = 16  # bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """What is signed: a request as it is sent."""

    method: str
    path: str
    query: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes the headers of a signature. `now` gives seconds since 1970, `nonce` a text used once."""

    settings: SignatureSettings
    key: Callable[[], str]
    now: Callable[[], float] = time
    nonce: Callable[[], str] = lambda: token_hex(NONCE)

    def headers(self, request: Signed) -> dict[str, str]:
        """Return the four headers that go with a request."""
        settings = self.settings
        moment = self.now() * (1000 if settings.timestamp == "milliseconds" else 1)
        given = {"timestamp": str(int(moment)), "nonce": self.nonce(), "keyId": settings.key_id}
        return {
            settings.key_header: settings.key_id,
            settings.timestamp_header: given["timestamp"],
            settings.nonce_header: given["nonce"],
            settings.signature_header: self._signature(canonical(settings, request, given)),
        }

    def _signature(self, text: str) -> str:
        made = HMAC(self.key().encode(), algorithm(self.settings))
        made.update(text.encode())
        mac = made.finalize()
        return mac.hex() if self.settings.encoding == "hex" else b64encode(mac).decode()


def canonical(settings: SignatureSettings, request: Signed, given: dict[str, str]) -> str:
    """Return the text that is signed."""
    digest = Hash(algorithm(settings))
    digest.update(request.body)
    parts = given | {
        "method": request.method.upper(),
        "path": request.path,
        "query": "&".join(sorted(filter(None, request.query.split("&")))),
        "body": digest.finalize().hex(),
    }
    return "\n".join(parts[name] for name in settings.parts)


def algorithm(settings: SignatureSettings) -> HashAlgorithm:
    """Return the hash that the signature is made with."""
    return SM3() if settings.algorithm == "HMAC-SM3" else SHA256()
