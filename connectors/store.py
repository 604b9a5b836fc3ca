"""Which private ranges a department's sources may stand in, as the system administrator allowed them."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sqlalchemy import BigInteger, Column, MetaData, String, Table, Text, func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.errors import RangesBusyError
from govgraph.database import Database
from govgraph.egress import Network, RangeRefusedError, allowable, networks

METADATA = MetaData()
RANGES = Table(
    "egress_ranges",
    METADATA,
    Column("department", String(64), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("ranges", Text, nullable=False),
)
DEPARTMENT: Final = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(-[a-z0-9]+)*")
TRIES: Final = 5


class RangeStore:
    """Keeps the ranges of each department, whole in each version; the newest counts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, department: str) -> Sequence[Network]:
        """Return the ranges that one department's sources may stand in."""
        async with self._database.read() as connection:
            return (await _newest(connection, department))[1]

    async def all(self) -> Mapping[str, Sequence[Network]]:
        """Return the ranges of every department that has any."""
        last = select(RANGES.c.department, func.max(RANGES.c.version)).group_by(RANGES.c.department)
        async with self._database.read() as connection:
            departments = [row.department for row in await connection.execute(last)]
            kept = {name: (await _newest(connection, name))[1] for name in sorted(departments)}
        return {name: ranges for name, ranges in kept.items() if ranges}

    async def versions(self) -> Mapping[str, int]:
        """Return the newest version of each department's ranges."""
        newest = select(RANGES.c.department, func.max(RANGES.c.version).label("version"))
        async with self._database.read() as connection:
            rows = await connection.execute(newest.group_by(RANGES.c.department))
            return {row.department: int(row.version) for row in rows}

    async def allow(self, department: str, text: str) -> Network:
        """Return the range, allowed to a department from now on. Raises `RangeRefusedError`."""
        if DEPARTMENT.match(department) is None:
            raise RangeRefusedError(
                "This is not the key of a department", remedy="Write it as its manifest does."
            )
        wanted = allowable(text)
        await self._change(department, lambda ranges: [*(one for one in ranges if one != wanted), wanted])
        return wanted

    async def withdraw(self, department: str, text: str) -> Network:
        """Return the range, no longer allowed. Raises `RangeRefusedError` where it was not."""
        wanted = allowable(text)
        if wanted not in await self.of(department):
            raise RangeRefusedError(
                "This range is not allowed to the department", remedy="`govgraph egress list` shows what is."
            )
        await self._change(department, lambda ranges: [one for one in ranges if one != wanted])
        return wanted

    async def _change(
        self, department: str, changed: Callable[[Sequence[Network]], Sequence[Network]]
    ) -> None:
        for _ in range(TRIES):
            try:
                async with self._database.write() as connection:
                    version, ranges = await _newest(connection, department)
                    text = ", ".join(str(one) for one in changed(ranges))
                    row = {"department": department, "version": version + 1, "ranges": text}
                    await connection.execute(insert(RANGES), [row])
                    return
            except IntegrityError:
                continue  # another replica took the version; see what it changed and try again
        raise RangesBusyError("Other changes of these ranges kept coming first")


async def _newest(connection: AsyncConnection, department: str) -> tuple[int, Sequence[Network]]:
    rows = select(RANGES.c.version, RANGES.c.ranges).where(RANGES.c.department == department)
    row = (await connection.execute(rows.order_by(RANGES.c.version.desc()).limit(1))).first()
    return (int(row.version), networks(row.ranges)) if row is not None else (0, ())
