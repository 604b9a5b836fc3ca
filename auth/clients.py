"""Clients: the applications and role holders that may ask for a token."""

import hmac
import re
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

from auth.client_settings import USUAL, ClientSettings
from auth.errors import ClientRefusedError
from auth.principal import Role

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
SUBJECT = re.compile(r"[0-9A-Z]{1,64}")
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Client:
    """A registered client; it holds exactly one role, so no client is two of the three administrators.

    `department` is a department's key, `subject` the normal form of a citizen's own key. Times are
    RFC 3339 text; a client with `revoked_at` gets no token, and its tokens are refused.
    """

    id: str
    title: str
    role: Role
    department: str | None = None
    subject: str | None = field(default=None, repr=False)
    created_at: str = ""
    revoked_at: str | None = None
    settings: ClientSettings = USUAL

    @property
    def revoked(self) -> bool:
        """Return whether the client was revoked."""
        return self.revoked_at is not None


def check_client(client: Client) -> None:
    """Raise `CLIENT_REFUSED` where a client's name, title, department or subject does not fit its role."""
    if not NAME.fullmatch(client.id):
        raise ClientRefusedError(
            "The client's name is not made of 2 to 63 small letters, digits and hyphens", where="id"
        )
    if not 1 <= len(client.title) <= 200 or not client.title.isprintable():
        raise ClientRefusedError(
            "The client's title is not made of 1 to 200 printable characters", where="title"
        )
    if client.department is not None and not NAME.fullmatch(client.department):
        raise ClientRefusedError("The department is not a department's key", where="department")
    if client.subject is not None and not SUBJECT.fullmatch(client.subject):
        raise ClientRefusedError("The subject is not a key in its normal form", where="subject")
    if client.role is Role.CLERK and not client.department:
        raise ClientRefusedError("A clerk belongs to a department", where="department")
    if (client.role is Role.CITIZEN) != (client.subject is not None):
        raise ClientRefusedError("A citizen, and only a citizen, has a subject", where="subject")


def new_secret() -> str:
    """Return a new client secret: 256 random bits as 43 URL-safe characters."""
    return secrets.token_urlsafe(SECRET_BYTES)


def secret_digest(secret: str) -> str:
    """Return what is stored of a secret: its SHA-256 in hex.

    A slow hash protects what people choose. These secrets are 256 random bits, never chosen, so
    guessing one from its digest is as hard as guessing the key of a cipher.
    """
    return sha256(secret.encode()).hexdigest()


def secret_fits(secret: str, digest: str) -> bool:
    """Return whether a secret has this digest, in a time that does not depend on where they differ."""
    return hmac.compare_digest(secret_digest(secret), digest)
