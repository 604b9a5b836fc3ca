"""What keeps the log: its backup, and the keys that persons are digested with."""

from pathlib import Path
from secrets import token_hex

import strawberry

from audit.backup import back_up
from auth.roles import Duty
from server.control.access import At
from server.control.records import Change


@strawberry.type(description="A backup of the log that was made and verified.")
class LogBackup:
    """How many records it holds, and the root over them in base64."""

    size: int
    root: str


async def backup_log(at: At, target: str) -> LogBackup:
    """Return what the backup holds, once it is verified; the log is written meanwhile."""
    session = at.context
    await session.allow(Duty.BACKUP_AUDIT)
    async with session.recorder.change(Change("log.backup", token_hex(4))) as detail:
        made = await back_up(session.platform.log, Path(target))
        detail["size"] = str(made.size)
    return LogBackup(size=made.size, root=made.root)


async def rotate_digests(at: At) -> str:
    """Return the name of the fresh key."""
    session = at.context
    await session.allow(Duty.ROTATE_KEYS)
    async with session.recorder.change(Change("keys.rotate", "digests")) as detail:
        detail["key"] = await session.platform.log.rotate_digests()
    return detail["key"]


@strawberry.type
class KeepingMutation:
    """What keeps the log and its keys."""

    backup_log: LogBackup = strawberry.mutation(
        resolver=backup_log,
        description="Copy the log into a new folder on the server's machine and verify the copy.",
    )
    rotate_digests: str = strawberry.mutation(
        resolver=rotate_digests,
        description="Digest persons and keys in the log with a fresh key from now on.",
    )
