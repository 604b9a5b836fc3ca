"""The key that secrets are sealed with."""

import strawberry
from anyio import to_thread

from auth.roles import Duty
from server.control.access import At
from server.control.records import Change


async def rotate_secrets(at: At) -> int:
    """Return how many sealed values stand under the fresh key; no source is opened anew for it."""
    session = at.context
    await session.allow(Duty.ROTATE_SECRETS)
    async with session.recorder.change(Change("secret.rotate")) as detail:
        await to_thread.run_sync(session.platform.seals.rotate)
        count = await session.platform.catalog.secrets.reseal()
        detail["sealed"] = str(count)
    return count


@strawberry.type
class SecretMutation:
    """Changing how secrets are kept."""

    rotate_secrets: int = strawberry.mutation(
        resolver=rotate_secrets, description="Seal all secrets anew, under a fresh key."
    )
