"""The keys of this platform: made at first use, kept in one folder that only its owner may read."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from govgraph import durable
from govgraph.errors import PlatformError

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class KeyringError(PlatformError):
    """A key cannot be used as it lies."""

    code = "KEY_UNUSABLE"
    remedy = "Put back the folder of keys from the last `govgraph keys backup`."


class KeysExposedError(KeyringError):
    """Others on this machine may read the keys."""

    code = "KEYS_EXPOSED"
    remedy = "Take the rights of group and others away: folder `keys` 0700, its files 0600."


class KeysBackupError(KeyringError):
    """The keys were not backed up."""

    code = "KEYS_BACKUP_REFUSED"
    remedy = "Name a folder that does not exist yet, on a medium that only you can read."


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by name, one file each: `<name>.key` holds random bytes, `<name>.pem` a private key."""

    folder: Path

    def secret(self, name: str, size: int = 32) -> bytes:
        """Return the random bytes of that name, made at the first call; `KeyringError` if damaged."""
        content = self._kept(f"{_checked(name)}.key", lambda: secrets.token_bytes(size))
        if len(content) != size:
            raise KeyringError("A key has the wrong length", where=f"keys/{name}.key")
        return content

    def private_key(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return the PEM text of that name; `make` gives it at the first call."""
        content = self._kept(f"{_checked(name)}.pem", make)
        if not content.startswith(b"-----BEGIN"):
            raise KeyringError("A key is not in PEM form", where=f"keys/{name}.pem")
        return content

    def backup(self, target: Path) -> tuple[str, ...]:
        """Copy every key into a new folder of mode 0700 and return the file names.

        To restore, copy the files back while no server runs.
        """
        try:
            target.mkdir(mode=0o700, parents=True)
        except FileExistsError:
            raise KeysBackupError("The place for the backup exists already") from None
        names = tuple(sorted(path.name for path in self.folder.glob("[!.]*")))
        for name in names:
            durable.create(target / name, self._read(name))
        return names

    def _kept(self, file: str, make: Callable[[], bytes]) -> bytes:
        if not (self.folder / file).exists():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            durable.create(self.folder / file, make())
        return self._read(file)

    def _read(self, file: str) -> bytes:
        path = self.folder / file
        if (path.stat().st_mode | self.folder.stat().st_mode) & 0o077:
            raise KeysExposedError("Keys may be read by others on this machine", where=f"keys/{file}")
        return path.read_bytes()


def _checked(name: str) -> str:
    if NAME.fullmatch(name):
        return name
    raise KeyringError("The name of a key holds other signs than a-z, 0-9 and -")
