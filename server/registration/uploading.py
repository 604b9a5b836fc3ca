"""Upload: a department's file comes into its own folder, piece by piece, and is there whole or not at all."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from shutil import disk_usage
from typing import Final

from anyio import to_thread

from govgraph.durable import sync_folder
from schema.types import names_a_person
from server.registration.errors import UploadRefusedError

NAME: Final = re.compile(
    r"[0-9A-Za-z_\u4e00-\u9fff][0-9A-Za-z_.\u4e00-\u9fff-]{0,99}\.(csv|jsonl|parquet|xlsx|db|pem)"
)
"""What a delivered file may be called: no folder, no leading point, and one of the kinds that are read."""
UPLOAD: Final = re.compile(r"[0-9a-f]{16}")
LARGEST: Final = 1_000_000_000
"""Most bytes of one delivered file."""
ALL: Final = 20 * LARGEST
"""Most bytes of everything in a department's folder, deliveries under way among them."""
SPARE: Final = 1_000_000_000
"""Bytes of the disk that deliveries leave free, so that the platform can go on writing its log."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a file; `upload` tells deliveries apart, `offset` is where the piece begins."""

    name: str
    upload: str
    offset: int
    content: bytes = field(repr=False)
    last: bool


async def take(folder: Path, piece: Piece) -> int:
    """Keep a piece and return the bytes there are; with the last one the file takes its place at once.

    Raises `UploadRefusedError` for a name that is none, and for a piece that does not follow the one before.
    """
    if not NAME.fullmatch(piece.name) or not UPLOAD.fullmatch(piece.upload):
        raise UploadRefusedError("The file's name is not one that is read here", where="name")
    if names_a_person(piece.name):  # it would stand in the log
        raise UploadRefusedError("The file's name holds what reads as an identity number", where="name")
    if piece.offset + len(piece.content) > LARGEST:
        raise UploadRefusedError(f"The file is larger than {LARGEST} bytes", where="content")
    return await to_thread.run_sync(_take, folder, piece)


def _take(folder: Path, piece: Piece) -> int:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = folder / f".{piece.name}.{piece.upload}"
    if not piece.offset:
        _forget_unended(folder, piece.name)
    _check_room(folder, len(piece.content))
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
    descriptor = os.open(beside, flags, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        if file.tell() != piece.offset:
            raise UploadRefusedError("The piece does not follow the one before it", where="piece")
        file.write(piece.content)
        file.flush()
        size = file.tell()
        if piece.last:
            os.fsync(file.fileno())
    if piece.last:
        beside.replace(folder / piece.name)
        sync_folder(folder)
    return size


def _forget_unended(folder: Path, name: str) -> None:
    """Remove what is left of deliveries of the file that were never ended."""
    start = f".{name}."
    for left in folder.iterdir():
        if left.name.startswith(start) and UPLOAD.fullmatch(left.name.removeprefix(start)):
            left.unlink(missing_ok=True)


def _check_room(folder: Path, more: int) -> None:
    """Raise `UploadRefusedError` where the department's folder, or the disk, has no room for more bytes."""
    if sum(one.lstat().st_size for one in folder.iterdir()) + more > ALL:
        raise UploadRefusedError(f"The department's files would be larger than {ALL} bytes", where="content")
    if disk_usage(folder).free - more < SPARE:
        raise UploadRefusedError("The platform's disk has no room for the file", where="content")
