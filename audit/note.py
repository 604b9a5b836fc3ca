"""Signed notes of C2SP: a short text that anyone can check with a key handed over on paper."""

import base64
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from audit.errors import LogCheckpointInvalidError, LogKeyChangedError
from govgraph.digests import digest

ED25519 = b"\x01"
DASH = "\u2014"
LONGEST = 65_536
KEY_NAME = re.compile(r"[^\s+]+")


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks notes signed by one key; its text is what is handed over: `name+id+key`."""

    name: str
    identifier: bytes
    public: bytes

    @property
    def text(self) -> str:
        """Return the verifier key as C2SP writes it."""
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.identifier.hex()}+{encoded}"

    def open(self, note: str) -> str:
        """Return the signed text. Lines of unknown signers are ignored.

        Raises `LogKeyChangedError` where this key did not sign, `LogCheckpointInvalidError` where the
        note is damaged or the signature does not hold.
        """
        text, signatures = _parts(note)
        mine = [rest for name, rest in signatures if name == self.name and rest[:4] == self.identifier]
        if not mine:
            raise LogKeyChangedError("A checkpoint carries no signature of the log's key")
        key = Ed25519PublicKey.from_public_bytes(self.public)
        try:
            for rest in mine:
                key.verify(rest[4:], text.encode())
        except InvalidSignature:
            raise LogCheckpointInvalidError("The signature of a checkpoint does not hold") from None
        return text


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs notes with the log's own key."""

    key: Ed25519PrivateKey
    verifier: Verifier

    def sign(self, text: str) -> str:
        """Return the note: the text, an empty line, one signature line."""
        signature = self.verifier.identifier + self.key.sign(text.encode())
        return f"{text}\n{DASH} {self.verifier.name} {base64.b64encode(signature).decode()}\n"


def make_key() -> bytes:
    """Return a new Ed25519 private key in PEM."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def signer(pem: bytes) -> Signer:
    """Return the signer of a private key; its name is drawn from the key, so that no two logs share one."""
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise LogKeyChangedError("The key of the log is not an Ed25519 key", where="keys/audit-log.pem")
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    name = f"govgraph/{digest(public)[:6].hex()}"
    return Signer(key, Verifier(name, _identifier(name, public), public))


def read_verifier(text: str) -> Verifier:
    """Return the verifier of a key text `name+id+key`; `LogKeyChangedError` where it is not one."""
    name, _, rest = text.strip().partition("+")
    identifier, _, encoded = rest.partition("+")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    sound = KEY_NAME.fullmatch(name) and key[:1] == ED25519 and len(key) == 33
    if not sound or _identifier(name, key[1:]).hex() != identifier:
        raise LogKeyChangedError(
            "The verifier key cannot be read",
            remedy="Give the one line of `audit.vkey`, as it was printed at the first start.",
        )
    return Verifier(name, _identifier(name, key[1:]), key[1:])


def _identifier(name: str, public: bytes) -> bytes:
    return digest(name.encode() + b"\n" + ED25519 + public)[:4]


def _parts(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Split a note into its text and the pairs of signer name and signature bytes."""
    text, blank, lines = note.rpartition("\n\n")
    damaged = LogCheckpointInvalidError("A checkpoint is not a signed note")
    if not blank or len(note) > LONGEST or not lines.endswith("\n") or any(_control(sign) for sign in note):
        raise damaged
    signatures = []
    for line in lines.removesuffix("\n").split("\n"):
        dash, name, encoded = (*line.split(" "), "", "", "")[:3]
        try:
            signature = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise damaged from None
        if dash != DASH or not name or len(signature) < 5 or line.count(" ") != 2:
            raise damaged
        signatures.append((name, signature))
    return f"{text}\n", signatures


def _control(sign: str) -> bool:
    return sign < " " and sign != "\n"
