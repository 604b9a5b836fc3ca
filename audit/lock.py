"""One writer: the lock that keeps a second process away from a log."""

import fcntl
import os
from pathlib import Path

from audit.errors import LogLockedError


class FolderLock:
    """Holds a folder until released; the kernel releases it too when the process ends in any way."""

    def __init__(self, folder: Path) -> None:
        """Take the lock at once. Raises `LogLockedError` where it is held."""
        self._descriptor = os.open(folder / "log.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            raise LogLockedError("Another server is writing this log", where="audit/log.lock") from None

    def release(self) -> None:
        """Let the next one in."""
        os.close(self._descriptor)
