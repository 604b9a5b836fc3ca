"""The last signed note, kept outside the store and written over in place, by few calls of the system."""

import errno
import os
from pathlib import Path
from typing import Final

from audit import checkpoint
from audit.checkpoint import Checkpoint
from audit.errors import LogRefusedError
from audit.note import Verifier
from govgraph import durable

MODE: Final = 0o644


class OutsideNote:
    """Keeps one note in a file. Used by one thread alone: the writer of the log.

    A note is shorter than a sector and never shorter than the one before, so a power cut leaves the
    earlier or the later one; nothing is synced. Each call of the system lets go of the interpreter's
    lock, and everyone who waits for the commit waits until it is had again: hence two, not six. A file
    that was taken away is made anew.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor = -1
        self._length = 0

    def keep(self, note: str) -> None:
        """Replace the note. Raises `OSError` where it cannot be written whole."""
        content = note.encode()
        if self._descriptor < 0 or len(content) < self._length or not os.fstat(self._descriptor).st_nlink:
            self._begin(content)
        elif os.pwrite(self._descriptor, content, 0) != len(content):
            raise OSError(errno.ENOSPC, "the note was written in part")
        self._length = len(content)

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _begin(self, content: bytes) -> None:
        self.close()
        durable.replace(self._file, content, MODE, sync=False)
        self._descriptor = os.open(self._file, os.O_WRONLY)


def read_outside(file: Path, verifier: Verifier) -> Checkpoint:
    """Return the checkpoint kept in a file. Raises a `LogRefusedError` where it does not check.

    A reader may meet a note half written over: one that does not check is read once more.
    """
    try:
        return checkpoint.read(_text(file), verifier)
    except LogRefusedError:
        return checkpoint.read(_text(file), verifier)


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
