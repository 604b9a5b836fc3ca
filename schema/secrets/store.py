"""Where secrets are kept: sealed, one row per version, each openable in its own place only."""

import re
from collections.abc import Mapping

from sqlalchemy import BigInteger, Column, LargeBinary, MetaData, String, Table, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from govgraph.database import Database
from govgraph.rotation import Seals
from schema.errors import CatalogBusyError, SecretMissingError, SecretReferenceError

METADATA = MetaData()
SECRET = Table(
    "catalog_secret",
    METADATA,
    Column("reference", String(160), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("sealed", LargeBinary, nullable=False),
)
REFERENCE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*/[a-z0-9]+(-[a-z0-9]+)*")
TRIES = 5


class SecretStore:
    """Keeps secrets under references, `department/name`; none is ever shown again."""

    def __init__(self, database: Database, seals: Seals) -> None:
        self._database = database
        self._seals = seals

    async def put(self, reference: str, value: str) -> int:
        """Store a secret under its reference and return the version it has there."""
        if not REFERENCE.fullmatch(reference) or len(reference) > 160:
            raise SecretReferenceError("This is not a reference to a secret")
        for _ in range(TRIES):
            try:
                async with self._database.write() as connection:
                    newest = select(func.max(SECRET.c.version)).where(SECRET.c.reference == reference)
                    version = int((await connection.execute(newest)).scalar() or 0) + 1
                    sealed = self._seals.seal(value.encode(), _context(reference, version))
                    row = {"reference": reference, "version": version, "sealed": sealed}
                    await connection.execute(insert(SECRET), [row])
                    return version
            except IntegrityError:
                continue
        raise CatalogBusyError("Other changes of this secret kept coming first")

    async def get(self, reference: str) -> str:
        """Return the newest value of a secret. Raises `SecretMissingError`, or `SealBrokenError`."""
        newest = (
            select(SECRET.c.version, SECRET.c.sealed)
            .where(SECRET.c.reference == reference)
            .order_by(SECRET.c.version.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(newest)).first()
        if row is None:
            where = reference if REFERENCE.fullmatch(reference) else ""
            raise SecretMissingError("A source refers to a secret that was never stored", where=where)
        return self._seals.open(bytes(row.sealed), _context(reference, row.version)).decode()

    async def reseal(self) -> int:
        """Seal every version of every secret anew and return how many; in one transaction, so all or none.

        Raises `SealBrokenError` where one does not open; then all stay as they are.
        """
        async with self._database.write() as connection:
            rows = (await connection.execute(select(SECRET))).all()
            for row in rows:
                context = _context(row.reference, row.version)
                sealed = self._seals.seal(self._seals.open(bytes(row.sealed), context), context)
                here = (SECRET.c.reference == row.reference) & (SECRET.c.version == row.version)
                await connection.execute(update(SECRET).where(here).values(sealed=sealed))
        return len(rows)


async def newest_versions(connection: AsyncConnection) -> Mapping[str, int]:
    """Return the newest version of each secret by reference."""
    newest = select(SECRET.c.reference, func.max(SECRET.c.version)).group_by(SECRET.c.reference)
    return {str(name): int(version) for name, version in await connection.execute(newest)}


def _context(reference: str, version: int) -> str:
    """Return where a sealed value belongs; a value moved elsewhere does not open."""
    return f"catalog-secret|{reference}|{version}"
