"""Folders outside the platform's home that a command admits to a department, beside those of the settings."""

from pathlib import Path

from anyio import to_thread

from server.registration.desk import Desk
from server.registration.errors import FolderRefusedError


async def admit(desk: Desk, department: str, folder: str, home: Path, by: str) -> None:
    """Let the department's sources open files of a folder. Raises `FolderRefusedError`."""
    path = Path(folder)
    if not path.is_absolute() or len(folder) > 1000 or "\0" in folder:
        raise FolderRefusedError("The folder is not written as a whole path", where="folder")
    real, own = await to_thread.run_sync(path.resolve), await to_thread.run_sync(home.resolve)
    if real.is_relative_to(own) or own.is_relative_to(real):
        raise FolderRefusedError("The folder holds the platform's home or lies in it", where="folder")
    await desk.folders.admit(department, str(real), by)
    await desk.publisher.reopen(department)


async def close(desk: Desk, department: str, folder: str) -> bool:
    """Let the department open files of a folder no longer; return whether it could."""
    closed = await desk.folders.close(department, str(await to_thread.run_sync(Path(folder).resolve)))
    await desk.publisher.reopen(department)
    return closed
