"""The last signed note, kept outside the store: replaced in one step, by few calls of the system."""

import errno
import os
from pathlib import Path
from typing import Final

MODE: Final = 0o644


class Outside:
    """Keeps one note in a file. Used by one thread alone: the writer of the log."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._beside = file.with_name(f".{file.name}.next")

    def keep(self, note: str) -> None:
        """Replace the note, unsynced: a power cut may bring back an earlier one, never a wrong one."""
        content = note.encode()
        descriptor = os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE)
        try:
            if os.write(descriptor, content) != len(content):
                raise OSError(errno.ENOSPC, "the note was written in part")
        finally:
            os.close(descriptor)
        self._beside.replace(self._file)
