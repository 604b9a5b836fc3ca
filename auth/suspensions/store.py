"""Suspending a grant: it gives nothing from now on, and all of it again once it is resumed."""

import json
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from auth.documents import read_grant
from auth.errors import GrantSuspendedError, GrantUnknownError
from auth.grants import Grant
from auth.rows import grant_row
from auth.store import GRANT, AuthStore


@dataclass(frozen=True, slots=True)
class Suspensions:
    """Changes whether a grant counts. Seen here at once, on other replicas as a revocation is."""

    auth: AuthStore

    async def suspend(self, number: str) -> Grant:
        """Return the grant as it was. Raises `GRANT_UNKNOWN`, `GRANT_SUSPENDED`."""
        return await self._change(number, suspended=True)

    async def resume(self, number: str) -> Grant:
        """Return the grant as it was. Raises `GRANT_UNKNOWN`, also where it is not suspended."""
        return await self._change(number, suspended=False)

    async def _change(self, number: str, *, suspended: bool) -> Grant:
        fitting = (GRANT.c.id == number, GRANT.c.revoked_at.is_(None))
        async with self.auth.database.write() as connection:
            query = select(GRANT.c.document).where(*fitting).with_for_update()
            document = (await connection.execute(query)).scalar()
            if document is None:
                raise GrantUnknownError("No grant in force has this number")
            grant = read_grant(json.loads(document))
            if grant.suspended and suspended:
                raise GrantSuspendedError("The grant is suspended already", where=number)
            if not grant.suspended and not suspended:
                raise GrantUnknownError("No suspended grant has this number")
            changed = update(GRANT).where(*fitting).values(grant_row(replace(grant, suspended=suspended)))
            await connection.execute(changed)
        await self.auth.recent.changed()
        return grant
