"""The keys of this platform: made at first use, kept in one folder that only its owner may read."""

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from govgraph import durable
from govgraph.errors import PlatformError
from govgraph.sealing import Sealer

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SEALS_RETIRED = "retired-keys"


class KeyringError(PlatformError):
    """A key cannot be used as it lies."""

    code = "KEY_UNUSABLE"
    remedy = "Put back the folder of keys from the last `govgraph keys backup`."


class KeysExposedError(KeyringError):
    """Others on this machine may read the keys."""

    code = "KEYS_EXPOSED"
    remedy = "Take the rights of group and others away: folder `keys` 0700, its files 0600."


class KeysRotatedError(KeyringError):
    """The same key is rotated twice at once."""

    code = "KEYS_ROTATED"
    remedy = "The key was rotated just now; rotate again only if need be."


class KeysBackupError(KeyringError):
    """The keys were not backed up."""

    code = "KEYS_BACKUP_REFUSED"
    remedy = "Name a folder that does not exist yet, on a medium that only you can read."


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by name, one file each: `<name>.key` holds random bytes, `<name>.pem` a private key.

    `<name>.0001.sealed` and so on are keys that were rotated out, sealed under a key of their own.
    """

    folder: Path

    def secret(self, name: str, size: int = 32) -> bytes:
        """Return the random bytes of that name, made at the first call; `KeyringError` if damaged."""
        content = self._kept(f"{_checked(name)}.key", lambda: secrets.token_bytes(size))
        if len(content) != size:
            raise KeyringError("A key has the wrong length", where=f"keys/{name}.key")
        return content

    def rotate(self, name: str) -> None:
        """Put a fresh secret in the place of one; the old one is kept beside it, sealed (see `retired`).

        Raises `KeysRotatedError` where another process does the same at the same time.
        """
        current, kept = self.secret(name), self.retired(name)
        if current not in kept:  # it is there where a crash came between the two steps
            file = self.folder / f"{name}.{len(kept) + 1:04}.sealed"
            if not durable.create(file, self._sealer().seal(current, f"keys/{file.name}")):
                raise KeysRotatedError("Another process rotates this key", where=f"keys/{name}.key")
        durable.replace(self.folder / f"{name}.key", secrets.token_bytes(len(current)))

    def retired(self, name: str) -> tuple[bytes, ...]:
        """Return the secrets that were in use under a name before the present one, the oldest first."""
        files = sorted(file.name for file in self.folder.glob(f"{_checked(name)}.[0-9]*.sealed"))
        return tuple(self._sealer().open(self._read(file), f"keys/{file}") for file in files)

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

    def _sealer(self) -> Sealer:
        return Sealer(self.secret(SEALS_RETIRED))

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
