"""Which grants' readings are shown to citizens, and the release of those that were sealed."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select, update

from auth.disclosure import AT_ONCE
from auth.documents import read_grant
from auth.errors import GrantUnknownError
from auth.grants import Grant
from auth.rows import grant_row
from auth.store import GRANT, AuthStore


@dataclass(frozen=True, slots=True)
class Releases:
    """Reads grants that records name, the revoked ones too: what they kept back stays so."""

    auth: AuthStore

    async def grants(self, numbers: Collection[str]) -> Mapping[str, Grant]:
        """Return the grants of these numbers as far as they are known, revoked or not."""
        query = select(GRANT.c.document).where(GRANT.c.id.in_(numbers))
        async with self.auth.database.read() as connection:
            found = [read_grant(json.loads(one)) for one in (await connection.execute(query)).scalars()]
        return {grant.id: grant for grant in found}

    async def held_back(self, number: str) -> Grant:
        """Return a grant that keeps its readings back. Raises `GRANT_UNKNOWN` where it keeps none back."""
        grant = (await self.grants((number,))).get(number)
        if grant is None or grant.disclosure == AT_ONCE:
            raise GrantUnknownError("No grant of this number keeps its readings back")
        return grant

    async def release(self, number: str) -> None:
        """Show the readings under a grant from now on. Raises `GRANT_UNKNOWN` where it keeps none back."""
        grant = await self.held_back(number)
        shown = grant_row(replace(grant, disclosure=AT_ONCE))
        async with self.auth.database.write() as connection:
            await connection.execute(update(GRANT).where(GRANT.c.id == number).values(shown))
        await self.auth.recent.changed()
