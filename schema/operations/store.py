"""Where registered operations are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Column, MetaData, String, Table, Text, delete, func, insert, select

from auth.recent import Recent
from govgraph.clock import Clock, rfc3339, system_clock
from govgraph.database import Database
from schema.errors import OperationsFullError
from schema.operations.operation import EVERYBODY, Operation

METADATA = MetaData()

OPERATION = Table(
    "operation",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("client", String(64), primary_key=True),
    Column("title", String(200), nullable=False),
    Column("document", Text, nullable=False),
    Column("registered_by", String(64), nullable=False),
    Column("registered_at", String(32), nullable=False),
)
CAPACITY = 500
"""Documents that are remembered between requests: 32 MB where each is as long as one may be."""

MOST = 1000
"""Operations of one client, and of everybody."""


@dataclass(frozen=True, slots=True)
class OperationStore:
    """Operations by client and digest.

    What requests ask (`text`) may be answered from `recent`: changes made here are seen at once, those
    of another replica within its seconds. By default nothing is kept.
    """

    database: Database
    clock: Clock = field(default_factory=system_clock)
    recent: Recent = field(default_factory=Recent)
    most: int = MOST

    async def text(self, digest: str, client: str) -> str | None:
        """Return the document that a client may ask by a digest; None where there is none for it."""
        key = (digest, client)
        return await self.recent.get(key, self.clock.now(), lambda: self._text(digest, client))

    async def put(self, operation: Operation) -> Operation:
        """Keep an operation, in the place of the same one registered before; return it with its time.

        Raises `OPERATIONS_FULL` where the client has as many as it may; nothing was changed.
        """
        kept = replace(operation, registered_at=rfc3339(self.clock.now()))
        row = {
            "digest": kept.digest,
            "client": kept.client,
            "title": kept.title,
            "document": kept.text,
            "registered_by": kept.registered_by,
            "registered_at": kept.registered_at,
        }
        async with self.database.write() as connection:
            await connection.execute(delete(OPERATION).where(*_is(kept.digest, kept.client)))
            others = select(func.count()).select_from(OPERATION).where(OPERATION.c.client == kept.client)
            if (await connection.execute(others)).scalar_one() >= self.most:
                raise OperationsFullError(f"The client has {self.most} registered operations already")
            await connection.execute(insert(OPERATION).values(row))
        await self.recent.changed()
        return kept

    async def remove(self, digest: str, client: str) -> bool:
        """Remove an operation that was registered for a client, or for everybody; return whether it was."""
        gone = delete(OPERATION).where(*_is(digest, client)).returning(OPERATION.c.digest)
        async with self.database.write() as connection:
            found = (await connection.execute(gone)).first()
        await self.recent.changed()
        return found is not None

    async def operations(self, client: str | None = None) -> Sequence[Operation]:
        """Return every operation, or those that one client may ask, by client and title."""
        query = select(OPERATION).order_by(OPERATION.c.client, OPERATION.c.title, OPERATION.c.digest)
        if client is not None:
            query = query.where(OPERATION.c.client.in_([client, EVERYBODY]))
        async with self.database.read() as connection:
            return [_operation(row) for row in (await connection.execute(query)).all()]

    async def _text(self, digest: str, client: str) -> str | None:
        fitting = OPERATION.c.client.in_([client, EVERYBODY])
        query = select(OPERATION.c.document).where(OPERATION.c.digest == digest, fitting).limit(1)
        async with self.database.read() as connection:
            text: str | None = (await connection.execute(query)).scalar()
            return text


def _is(digest: str, client: str) -> tuple[Any, Any]:
    return OPERATION.c.digest == digest, OPERATION.c.client == client


def _operation(row: Any) -> Operation:
    return Operation(row.digest, row.client, row.title, row.document, row.registered_by, row.registered_at)
