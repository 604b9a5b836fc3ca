"""Where notices and the addresses they are sent to are kept."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from govgraph.clock import Clock, rfc3339, system_clock
from govgraph.database import Database
from server.inbox.notice import Notice, NoticeKind

METADATA = MetaData()

NOTICE = Table(
    "notice",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("reader", String(96), nullable=False, index=True),
    Column("kind", String(32), nullable=False),
    Column("subject", String(192), nullable=False),
    Column("text", Text, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("read_at", String(32), nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
)

WEBHOOK = Table(
    "webhook",
    METADATA,
    Column("reader", String(96), primary_key=True),
    Column("url", String(500), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("set_at", String(32), nullable=False),
)
NEVER: Final = 2**62
"""When a notice is due that nobody is to be sent, or that was sent."""
MOST: Final = 200
"""Notices of one answer."""
KEPT: Final = timedelta(days=90)
STATES: Final = (NoticeKind.DEGRADED, NoticeKind.RECOVERED)
"""Notices that tell the state of their subject."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where a reader's notices are sent; the key that signs them is sealed."""

    reader: str
    url: str
    sealed: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Due:
    """A notice that was taken to be sent, where to, and how often that was tried."""

    notice: Notice
    webhook: Webhook
    tries: int


@dataclass(frozen=True, slots=True)
class NoticeStore:
    """Notices by reader, and webhooks. Of two replicas one takes a notice that is due."""

    database: Database
    clock: Clock = field(default_factory=system_clock)

    async def put(self, readers: Sequence[str], kind: NoticeKind, subject: str, text: str) -> None:
        """Keep one notice for each reader; those that are too old are forgotten.

        Each replica sees by itself that a source turned: a reader is told its state once.
        """
        now = self.clock.now()
        state = (kind.value, text)
        rows = [
            {
                "id": secrets.token_hex(16),
                "reader": reader,
                "kind": kind.value,
                "subject": subject,
                "text": text,
                "made_at": rfc3339(now),
                "read_at": "",
                "due_at": 0,
                "tries": 0,
            }
            for reader in dict.fromkeys(readers)
        ]
        async with self.database.write() as connection:
            await connection.execute(delete(NOTICE).where(NOTICE.c.made_at < rfc3339(now - KEPT)))
            known = await _states(connection, readers, subject) if kind in STATES else {}
            rows = [row for row in rows if known.get(str(row["reader"])) != state]
            if rows:
                await connection.execute(insert(NOTICE), rows)

    async def of(self, readers: Sequence[str], *, unread: bool) -> Sequence[Notice]:
        """Return the newest notices of these readers first, at most 200."""
        query = select(NOTICE).where(NOTICE.c.reader.in_(readers))
        query = query.where(NOTICE.c.read_at == "") if unread else query
        query = query.order_by(NOTICE.c.made_at.desc(), NOTICE.c.id).limit(MOST)
        async with self.database.read() as connection:
            return [_notice(row) for row in (await connection.execute(query)).all()]

    async def mark_read(self, readers: Sequence[str], ids: Sequence[str]) -> int:
        """Note that these notices were read; return how many of them are these readers'."""
        fitting = (NOTICE.c.reader.in_(readers), NOTICE.c.id.in_(ids[:MOST]), NOTICE.c.read_at == "")
        change = update(NOTICE).where(*fitting).values(read_at=rfc3339(self.clock.now()))
        async with self.database.write() as connection:
            return len((await connection.execute(change.returning(NOTICE.c.id))).all())

    async def set_webhook(self, webhook: Webhook) -> None:
        """Send a reader's notices there from now on."""
        row = {"reader": webhook.reader, "url": webhook.url, "sealed": webhook.sealed}
        async with self.database.write() as connection:
            await connection.execute(delete(WEBHOOK).where(WEBHOOK.c.reader == webhook.reader))
            await connection.execute(insert(WEBHOOK).values(**row, set_at=rfc3339(self.clock.now())))

    async def remove_webhook(self, reader: str) -> bool:
        """Send a reader's notices nowhere; return whether they were sent somewhere."""
        gone = delete(WEBHOOK).where(WEBHOOK.c.reader == reader).returning(WEBHOOK.c.reader)
        async with self.database.write() as connection:
            return (await connection.execute(gone)).first() is not None

    async def take_due(self, again: timedelta) -> Due | None:
        """Return one notice that is to be sent; nobody else takes it before `again` is over."""
        now = self.clock.now()
        fitting = (NOTICE.c.due_at <= int(now.timestamp()), NOTICE.c.made_at >= WEBHOOK.c.set_at)
        chosen = select(NOTICE, WEBHOOK.c.url, WEBHOOK.c.sealed)
        chosen = chosen.join(WEBHOOK, WEBHOOK.c.reader == NOTICE.c.reader).where(*fitting).limit(1)
        async with self.database.write() as connection:
            row = (await connection.execute(chosen.order_by(NOTICE.c.due_at))).first()
            if row is None:
                return None
            taken = update(NOTICE).where(NOTICE.c.id == row.id, NOTICE.c.due_at == row.due_at)
            taken = taken.values(due_at=int((now + again).timestamp()), tries=row.tries + 1)
            if (await connection.execute(taken.returning(NOTICE.c.id))).first() is None:
                return None
        return Due(_notice(row), Webhook(row.reader, row.url, bytes(row.sealed)), row.tries + 1)

    async def put_off(self, notice: str, by: timedelta | None) -> None:
        """Send a notice again later; None: never, since it was sent or was tried often enough."""
        due = NEVER if by is None else int((self.clock.now() + by).timestamp())
        async with self.database.write() as connection:
            await connection.execute(update(NOTICE).where(NOTICE.c.id == notice).values(due_at=due))


async def _states(
    connection: AsyncConnection, readers: Sequence[str], subject: str
) -> Mapping[str, tuple[str, str]]:
    """Return by reader the kind and text of what it was told last of the state of a subject."""
    query = select(NOTICE.c.reader, NOTICE.c.kind, NOTICE.c.text).where(
        NOTICE.c.reader.in_(readers), NOTICE.c.subject == subject, NOTICE.c.kind.in_(STATES)
    )
    rows = (await connection.execute(query.order_by(NOTICE.c.made_at))).all()
    return {row.reader: (row.kind, row.text) for row in rows}


def _notice(row: Any) -> Notice:
    return Notice(row.id, row.reader, NoticeKind(row.kind), row.subject, row.text, row.made_at, row.read_at)
