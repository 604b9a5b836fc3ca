"""Small files that are there whole or not at all, also after a power cut."""

import os
import secrets
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Make names created in, or removed from, a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create(path: Path, content: bytes, mode: int = 0o600) -> bool:
    """Create a file durably; return False, changing nothing, where it exists already."""
    beside = _written_beside(path, content, mode, sync=True)
    try:
        path.hardlink_to(beside)
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    sync_folder(path.parent)
    return True


def replace(path: Path, content: bytes, mode: int = 0o600, *, sync: bool = True) -> None:
    """Replace a file in one step; without `sync` a power cut may bring the earlier content back."""
    beside = _written_beside(path, content, mode, sync=sync)
    beside.replace(path)
    if sync:
        sync_folder(path.parent)


def _written_beside(path: Path, content: bytes, mode: int, *, sync: bool) -> Path:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            if sync:
                os.fsync(file.fileno())
    except OSError:
        beside.unlink()
        raise
    return beside
