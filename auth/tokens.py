"""Access tokens: signed JSON in the profile of RFC 9068, and who stands behind one.

Verification follows RFC 8725: one algorithm, the type in the header, issuer and audience compared
whole. A token's purpose, where it carries one, is a claim of its own.
"""

import json
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import JoseError

from auth.clients import Client
from auth.errors import (
    ClientRevokedError,
    TokenExpiredError,
    TokenInvalidError,
    TokenMissingError,
    TokenWrongAudienceError,
)
from auth.keys import ALGORITHM, SigningKeys
from auth.principal import Principal
from auth.store import AuthStore, Standing
from govgraph.clock import Clock
from govgraph.shared.memory import MemoryState

TYPE = "at+jwt"
TYPES = frozenset({TYPE, f"application/{TYPE}"})
LONGEST = 8192
"""Characters of a token that are read at all; ours have under a thousand."""

SKEW = 60
"""Seconds by which another machine's clock may be ahead of ours when it says when it issued a token."""


@dataclass(frozen=True, slots=True)
class Realm:
    """Where tokens are good: issued by `issuer`, meant for `audience`, signed with `keys`."""

    issuer: str
    audience: str
    keys: SigningKeys


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says; `expires_at` in seconds since 1970."""

    client: str
    jti: str
    expires_at: int
    purpose: str | None


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Makes access tokens that are good for `lifetime` seconds."""

    realm: Realm
    clock: Clock
    lifetime: int

    def issue(self, client: Client, purpose: str | None = None) -> str:
        """Return a token for this client, bound to a purpose where one is given."""
        now = _seconds(self.clock.now())
        claims: dict[str, Any] = {
            "iss": self.realm.issuer,
            "aud": self.realm.audience,
            "sub": client.id,
            "client_id": client.id,
            "iat": now,
            "exp": now + self.lifetime,
            "jti": secrets.token_urlsafe(16),
        }
        if purpose:
            claims |= {"purpose": purpose, "scope": f"purpose:{purpose}"}
        key = self.realm.keys.current
        return jwt.encode({"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}, claims, key, [ALGORITHM])


class Remembering(Protocol):
    """The part of the shared state that is asked here (`govgraph.shared.state`)."""

    async def recall(self, name: str) -> bytes | None:
        """Return what was remembered under a name; None where it was not, or cannot be had."""

    async def remember(self, name: str, value: bytes, seconds: int) -> None:
        """Keep a value for some seconds, where that is possible."""


@dataclass(slots=True)
class _Known:
    """A token whose signature was good, and who stood behind it when the store was last asked."""

    claims: Claims
    standing: Standing | None = None
    principal: Principal | None = None


@dataclass(frozen=True, slots=True)
class TokenVerifier:
    """Tells who stands behind a request.

    Signatures that were found good are remembered, at most `capacity` of them, by the digest of the
    token; `shared` tells those that another replica found good. Expiry, the client's state and
    revocation are looked at every time.
    """

    realm: Realm
    clock: Clock
    store: AuthStore
    shared: Remembering = field(default_factory=MemoryState)
    capacity: int = 10_000
    _verified: OrderedDict[bytes, _Known] = field(default_factory=OrderedDict, repr=False)

    async def principal(self, authorization_header: str) -> Principal:
        """Return who asks, from the value of the header `Authorization`.

        Raises `TOKEN_MISSING`, `TOKEN_INVALID`, `TOKEN_EXPIRED`, `TOKEN_WRONG_AUDIENCE` or
        `CLIENT_REVOKED`. Nothing of the token is repeated in them.
        """
        known = await self._known(_bearer(authorization_header))
        claims = known.claims
        if claims.expires_at <= _seconds(self.clock.now()):
            raise TokenExpiredError("The access token has expired")
        standing = await self.store.standing(claims.client, claims.jti)
        if known.principal is not None and standing is known.standing:
            return known.principal
        if standing.token_revoked:
            raise TokenInvalidError("The access token was revoked")
        client = standing.client
        if client is None or client.revoked:
            raise ClientRevokedError("The client was revoked")
        known.standing = standing
        known.principal = Principal(
            client=client.id,
            title=client.title,
            role=client.role,
            department=client.department,
            subject=client.subject,
            purpose=claims.purpose,
            token=claims.jti,
            settings=client.settings,
        )
        return known.principal

    async def _known(self, token: str) -> _Known:
        digest = sha256(token.encode()).digest()
        known = self._verified.get(digest)
        if known is not None:
            self._verified.move_to_end(digest)
            return known
        self._verified[digest] = known = _Known(await self._first_seen(token, digest))
        while len(self._verified) > self.capacity:
            self._verified.popitem(last=False)
        return known

    async def _first_seen(self, token: str, digest: bytes) -> Claims:
        """Return what a token says that this process sees for the first time."""
        name = f"token {self.realm.issuer} {self.realm.audience} {digest.hex()}"
        remembered = await self.shared.recall(name)
        if remembered is not None:
            return Claims(*json.loads(remembered))
        claims = self._verify(token)
        left = claims.expires_at - _seconds(self.clock.now())
        await self.shared.remember(name, json.dumps(astuple(claims)).encode(), left)
        return claims

    def _verify(self, token: str) -> Claims:
        try:
            read = jwt.decode(token, self.realm.keys.key_set(), [ALGORITHM])
        except (JoseError, ValueError):
            raise _invalid() from None
        kind = read.header.get("typ")
        if (
            not isinstance(kind, str)
            or kind.lower() not in TYPES
            or read.claims.get("iss") != self.realm.issuer
        ):
            raise _invalid()
        if not _meant_for(self.realm.audience, read.claims.get("aud")):
            raise TokenWrongAudienceError("The access token is meant for another recipient")
        return _read_claims(read.claims, _seconds(self.clock.now()))


def _bearer(header: str) -> str:
    """Return the token of `Bearer …` (RFC 6750 section 2.1)."""
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise TokenMissingError("The request carries no access token", where="header Authorization")
    token = token.strip()
    if not token or not token.isascii() or len(token) > LONGEST:
        raise _invalid()
    return token


def _meant_for(audience: str, stated: object) -> bool:
    return audience in stated if isinstance(stated, list) else stated == audience


def _read_claims(claims: Mapping[str, Any], now: int) -> Claims:
    match claims:
        case {"client_id": str(client), "jti": str(jti), "exp": int(end), "iat": int(begin)}:
            purpose = claims.get("purpose")
            whole = claims.get("sub") == client and bool(jti) and begin <= now + SKEW
            if whole and (purpose is None or isinstance(purpose, str)):
                return Claims(client, jti, end, purpose)
    raise _invalid()


def _invalid() -> TokenInvalidError:
    return TokenInvalidError("The access token is not one that this platform issued")


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
