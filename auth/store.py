"""Where clients, grants and revoked tokens are kept. Secrets are not: only their digests."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    MetaData,
    String,
    Table,
    Text,
    delete,
    exists,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auth.client_settings import ClientSettings, check_settings
from auth.clients import Client, check_client, new_secret, secret_digest
from auth.documents import read_grant
from auth.errors import (
    ClientExistsError,
    ClientUnknownError,
    GrantExistsError,
    GrantsOverlapError,
    GrantUnknownError,
)
from auth.grants import Grant, Judge, accept, check_grant, check_replacement
from auth.recent import Recent
from auth.rows import client_of, grant_row, settings_text
from govgraph.cache import BoundedCache
from govgraph.clock import Clock, rfc3339, system_clock
from govgraph.database import Database

METADATA = MetaData()

CLIENT = Table(
    "client",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("role", String(32), nullable=False),
    Column("department", String(64)),
    Column("subject", String(64)),
    Column("secret_digest", String(64), nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("revoked_at", String(32)),
    Column("settings", Text),
)

GRANT = Table(
    "sharing_grant",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("client", String(64), ForeignKey("client.id"), nullable=False),
    Column("purpose", String(64), nullable=False),
    Column("resource", String(128), nullable=False),
    Column("valid_from", String(10), nullable=False),
    Column("valid_to", String(10), nullable=False),
    Column("document", Text, nullable=False),
    Column("revoked_at", String(32)),
    Index("sharing_grant_client", "client", "purpose", "resource"),
)

REVOKED_TOKEN = Table(
    "revoked_token",
    METADATA,
    Column("jti", String(64), primary_key=True),
    Column("expires_at", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store says of a token at this moment."""

    client: Client | None
    token_revoked: bool


Known = tuple[Sequence[str], Sequence[Grant]]


@dataclass(frozen=True, slots=True)
class AuthStore:
    """Clients and their grants.

    What every request asks (`standing`, `grants_of`) may be answered from `recent`: changes made
    here are seen at once, those of another replica within its seconds. By default nothing is kept.
    `known` are the grants of a client beside the documents they were read from.
    """

    database: Database
    clock: Clock = field(default_factory=system_clock)
    recent: Recent = field(default_factory=Recent)
    known: BoundedCache[Known] = field(default_factory=lambda: BoundedCache(1000, 100_000))

    async def client(self, name: str) -> Client | None:
        """Return a client, revoked or not; None where the name is unknown."""
        return (await self.standing(name, "")).client

    async def standing(self, name: str, jti: str) -> Standing:
        """Return the client and whether the token `jti` was revoked, in one statement."""
        key = ("standing", name, jti)
        return await self.recent.get(key, self.clock.now(), lambda: self._standing(name, jti))

    async def clients(self) -> Sequence[Client]:
        """Return every client, by name, the revoked ones too."""
        async with self.database.read() as connection:
            rows = (await connection.execute(select(CLIENT).order_by(CLIENT.c.id))).all()
        return [client_of(row) for row in rows]

    async def credentials(self, name: str) -> tuple[Client, str] | None:
        """Return a client that is not revoked, and the digest of its secret; None where there is none."""
        query = select(CLIENT).where(CLIENT.c.id == name, CLIENT.c.revoked_at.is_(None))
        async with self.database.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else (client_of(row), str(row.secret_digest))

    async def add_client(self, client: Client) -> str:
        """Add a client and return its secret, which is shown this once and kept nowhere.

        Raises `CLIENT_REFUSED`, or `CLIENT_EXISTS` also for a name that a revoked client had.
        """
        check_client(client)
        secret = new_secret()
        row = {
            "id": client.id,
            "title": client.title,
            "role": client.role.value,
            "department": client.department,
            "subject": client.subject,
            "secret_digest": secret_digest(secret),
            "created_at": self._now(),
        }
        try:
            async with self._write() as connection:
                await connection.execute(insert(CLIENT).values(row))
        except IntegrityError:
            raise ClientExistsError("A client of this name exists", where=client.id) from None
        return secret

    async def renew_secret(self, name: str) -> str:
        """Return a new secret for a client; the old one is refused from now on. Raises `CLIENT_UNKNOWN`."""
        secret = new_secret()
        await self._change_client(name, {"secret_digest": secret_digest(secret)})
        return secret

    async def revoke_client(self, name: str) -> None:
        """Revoke a client; its tokens are refused from now on. Raises `CLIENT_UNKNOWN`."""
        await self._change_client(name, {"revoked_at": self._now()})

    async def set_client(self, name: str, settings: ClientSettings) -> None:
        """Keep a client's own settings, in the place of those it had.

        They count from its next request. Raises `CLIENT_REFUSED`, `CLIENT_UNKNOWN`.
        """
        check_settings(settings)
        await self._change_client(name, {"settings": settings_text(settings)})

    async def grants_of(self, client: str) -> Sequence[Grant]:
        """Return the client's grants that are not revoked: one and the same list while the store stays."""
        return await self.recent.get(("grants", client), self.clock.now(), lambda: self._grants_of(client))

    async def grants(self) -> Sequence[Grant]:
        """Return every grant that is not revoked, by number."""
        async with self.database.read() as connection:
            return await _read(connection, select(GRANT.c.document).where(GRANT.c.revoked_at.is_(None)))

    async def put_grant(self, grant: Grant, judge: Judge = accept) -> None:
        """Keep a grant; one of the same number, client, purpose and resource is replaced.

        `judge` is handed all grants of the client as they would stand, while no other can be put, and
        raises where they may not stand together.

        Raises `GRANT_REFUSED`, `CLIENT_UNKNOWN`, `GRANT_EXISTS` where the number is taken or was revoked,
        and `GRANTS_OVERLAP` where another grant opens the resource to the client for the purpose on a
        same day.
        """
        check_grant(grant)
        try:
            await self._put_grant(grant, judge)
        except IntegrityError:  # another client's grant took the number at the same moment
            raise GrantExistsError("The number belongs to another grant", where=grant.id) from None

    async def revoke_grant(self, number: str) -> Grant:
        """Revoke a grant and return what it was. Raises `GRANT_UNKNOWN`."""
        fitting = (GRANT.c.id == number, GRANT.c.revoked_at.is_(None))
        change = update(GRANT).where(*fitting).values(revoked_at=self._now()).returning(GRANT.c.document)
        async with self._write() as connection:
            document = (await connection.execute(change)).scalar()
        if document is None:
            raise GrantUnknownError("No grant in force has this number")
        return read_grant(json.loads(document))

    async def revoke_token(self, jti: str, expires_at: int) -> None:
        """Refuse a token from now on, until it expires by itself at `expires_at` (seconds since 1970)."""
        now = int(self.clock.now().timestamp())
        async with self._write() as connection:
            await connection.execute(delete(REVOKED_TOKEN).where(REVOKED_TOKEN.c.expires_at < now))
            await connection.execute(delete(REVOKED_TOKEN).where(REVOKED_TOKEN.c.jti == jti))
            await connection.execute(insert(REVOKED_TOKEN).values(jti=jti, expires_at=expires_at))

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[AsyncConnection]:
        async with self.database.write() as connection:
            yield connection
        await self.recent.changed()

    async def _standing(self, name: str, jti: str) -> Standing:
        revoked = exists().where(REVOKED_TOKEN.c.jti == literal(jti)).label("token_revoked")
        async with self.database.read() as connection:
            row = (await connection.execute(select(CLIENT, revoked).where(CLIENT.c.id == name))).first()
        if row is None:
            return Standing(None, token_revoked=False)
        return Standing(client_of(row), bool(row.token_revoked))

    async def _put_grant(self, grant: Grant, judge: Judge) -> None:
        async with self._write() as connection:
            # The client's row is the lock: its grants are written one after the other, on every replica.
            lock = select(CLIENT.c.id).where(CLIENT.c.id == grant.client, CLIENT.c.revoked_at.is_(None))
            if (await connection.execute(lock.with_for_update())).first() is None:
                raise ClientUnknownError("The grant names a client that is not in force", where=grant.id)
            await _refuse_taken_number(connection, grant, self.clock.today())
            await _refuse_overlap(connection, grant)
            judge([*await _others(connection, grant), grant])
            await connection.execute(delete(GRANT).where(GRANT.c.id == grant.id))
            await connection.execute(insert(GRANT).values(grant_row(grant)))

    async def _grants_of(self, client: str) -> Sequence[Grant]:
        query = select(GRANT.c.document).where(GRANT.c.client == client)
        async with self.database.read() as connection:
            documents = await _documents(connection, query.where(GRANT.c.revoked_at.is_(None)))
        if (known := self.known.get(client)) is not None and known[0] == documents:
            return known[1]
        grants = [read_grant(json.loads(document)) for document in documents]
        self.known.put(client, (documents, grants), max(1, len(grants)))
        return grants

    async def _change_client(self, name: str, change: dict[str, str | None]) -> None:
        fitting = (CLIENT.c.id == name, CLIENT.c.revoked_at.is_(None))
        statement = update(CLIENT).where(*fitting).values(change).returning(CLIENT.c.id)
        async with self._write() as connection:
            found = (await connection.execute(statement)).first()
        if found is None:
            raise ClientUnknownError("No client in force has this name")

    def _now(self) -> str:
        return rfc3339(self.clock.now())


async def _refuse_taken_number(connection: AsyncConnection, grant: Grant, today: date) -> None:
    row = (await connection.execute(select(GRANT).where(GRANT.c.id == grant.id))).first()
    if row is None:
        return
    same = (row.client, row.purpose, row.resource) == (grant.client, grant.purpose, grant.resource)
    if row.revoked_at is not None or not same:
        raise GrantExistsError("The number belongs to another grant, or to a revoked one", where=grant.id)
    check_replacement(read_grant(json.loads(row.document)), grant, today)


async def _refuse_overlap(connection: AsyncConnection, grant: Grant) -> None:
    """Raise `GRANTS_OVERLAP`; what another department granted on a type of this name opens nothing here."""
    overlapping = select(GRANT.c.document).where(
        GRANT.c.client == grant.client,
        GRANT.c.purpose == grant.purpose,
        GRANT.c.resource == grant.resource,
        GRANT.c.revoked_at.is_(None),
        GRANT.c.id != grant.id,
        GRANT.c.valid_from <= grant.valid_to.isoformat(),
        GRANT.c.valid_to >= grant.valid_from.isoformat(),
    )
    others = [one for one in await _read(connection, overlapping) if one.department == grant.department]
    if others:
        what = f"Grant {others[0].id} already opens this resource to the client for this purpose"
        raise GrantsOverlapError(what, where=grant.id)


async def _others(connection: AsyncConnection, grant: Grant) -> Sequence[Grant]:
    query = select(GRANT.c.document).where(GRANT.c.client == grant.client, GRANT.c.revoked_at.is_(None))
    return await _read(connection, query.where(GRANT.c.id != grant.id))


async def _read(connection: AsyncConnection, query: Any) -> Sequence[Grant]:
    return [read_grant(json.loads(document)) for document in await _documents(connection, query)]


async def _documents(connection: AsyncConnection, query: Any) -> Sequence[str]:
    return (await connection.execute(query.order_by(GRANT.c.id))).scalars().all()
