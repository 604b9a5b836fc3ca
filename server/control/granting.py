"""Putting grants in force: judged together with those that stand, then kept one by one."""

from collections.abc import Sequence

from auth.errors import GrantTooRevealingError
from auth.grants import Grant
from auth.roles import Duty
from schema.revealing import refuse_revealing, with_changes
from server.control.access import Session
from server.control.records import Change


async def put_in_force(session: Session, grants: Sequence[Grant]) -> None:
    """Return once the grants are kept, each with its intent and outcome.

    Raises `GRANT_TOO_REVEALING`, before anything is kept, where a client's grants in sum give identity
    numbers away; the store asks once more, so that two requests at one moment cannot each bring a part.
    """
    catalog, today = session.platform.publisher.snapshot().catalog, session.platform.clock.today()

    def judge(given: Sequence[Grant]) -> None:
        refuse_revealing(given, catalog, today)

    clients = {grant.client for grant in grants}
    stored = [grant for grant in await session.platform.auth.grants() if grant.client in clients]
    try:
        judge(with_changes(stored, grants))
    except GrantTooRevealingError as error:
        await session.recorder.refused(Duty.GRANT.value, error)
        raise
    for grant in grants:
        detail = {"client": grant.client, "purpose": grant.purpose, "resource": grant.resource}
        detail |= {"bulk": "true"} if grant.bulk else {}
        async with session.recorder.change(Change("grant.put", grant.id, detail)):
            await session.platform.auth.put_grant(grant, judge)
