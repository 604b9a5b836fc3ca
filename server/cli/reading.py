"""Files a command names, read as text."""

from collections.abc import Sequence
from pathlib import Path

from server.errors import DocumentNotFoundError


def read_text(path: Path) -> str:
    """Return a file's text. Raises `DocumentNotFoundError` where it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentNotFoundError("The file cannot be read as UTF-8 text", where=str(path)) from error


def read_files(paths: Sequence[Path]) -> list[dict[str, str]]:
    """Return files as the control graph takes them: name and text."""
    return [{"name": str(path), "text": read_text(path)} for path in paths]


def read_bytes(path: Path) -> bytes:
    """Return a file's bytes. Raises `DocumentNotFoundError` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DocumentNotFoundError("The file cannot be read", where=str(path)) from error
