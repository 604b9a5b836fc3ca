"""The home folder of one running process: its lock, and the note that says where it listens."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from server.errors import HomeLockedError, HomeUnusableError

LOCK = "lock"
NOTE = "admin.json"


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Where the server on this home listens, and the token of its system administrator."""

    url: str
    token: str

    def __repr__(self) -> str:
        """Return the address only."""
        return f"RunningServer({self.url!r})"


@contextmanager
def held(home: Path) -> Iterator[None]:
    """Hold the home for this process.

    Raises `HomeLockedError` where another one holds it, `HomeUnusableError` where it cannot be written.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(home / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise HomeUnusableError("The home folder cannot be made or written", where=str(home)) from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HomeLockedError("Another process works on this home folder") from error
        yield
    finally:
        os.close(lock)


def new_token() -> str:
    """Return a token for the administrator of this machine, made anew at each start."""
    return secrets.token_urlsafe(32)


def write_private(path: Path, content: bytes) -> None:
    """Write a file only its owner can read; it is complete or not there at all."""
    fresh = path.with_name(path.name + ".new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    fresh.replace(path)


def announce(home: Path, server: RunningServer) -> None:
    """Leave the note that says where the server listens."""
    write_private(home / NOTE, orjson.dumps({"url": server.url, "token": server.token}))


def withdraw(home: Path) -> None:
    """Take the note away."""
    with suppress(FileNotFoundError):
        (home / NOTE).unlink()


def running_server(home: Path) -> RunningServer | None:
    """Return where the server on this home listens, or None where no note was left."""
    try:
        note = orjson.loads((home / NOTE).read_bytes())
    except FileNotFoundError:
        return None
    return RunningServer(str(note["url"]), str(note["token"]))
