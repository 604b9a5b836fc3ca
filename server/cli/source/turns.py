"""`govgraph source withdraw|rollback|upload`: back to before, and a file in the place of the last one."""

import secrets
from base64 import b64encode
from pathlib import Path
from typing import Final

from anyio import open_file

from server.cli.connection import Connection, connected
from server.cli.output import print_json, print_line
from server.cli.settings import read_settings
from server.cli.source.drafts import DRAFT, Where, target_of
from server.cli.texts import text
from server.errors import DocumentNotFoundError

WITHDRAW = f"""mutation Withdraw($department: String!) {{
  withdrawSource(department: $department) {{ draft {{ {DRAFT} }} version }} }}"""
ROLLBACK = """mutation Rollback($department: String!, $to: Int) {
  rollBackSource(department: $department, to: $to) { department shown version } }"""
UPLOAD = """mutation Upload($department: String!, $piece: FilePiece!) {
  uploadSource(department: $department, piece: $piece) }"""
PIECE: Final = 750_000
"""Bytes of a file that travel in one request, a megabyte in base64."""


async def withdraw(department: str, where: Where, json: bool) -> None:
    """Take a draft back, or everything the department shows."""
    async with connected(target_of(where), read_settings()) as control:
        done = (await control.ask(WITHDRAW, department=department))["withdrawSource"]
    draft = done["draft"]
    if json:
        print_json(done)
    elif draft is not None and draft["version"] is None:
        print_line(text("draft withdrawn", department=department, number=draft["number"]))
    else:
        print_line(text("source withdrawn", department=department, version=done["version"]))


async def roll_back(department: str, to: int | None, where: Where, json: bool) -> None:
    """Show an earlier version again."""
    async with connected(target_of(where), read_settings()) as control:
        done = (await control.ask(ROLLBACK, department=department, to=to))["rollBackSource"]
    if json:
        print_json(done)
    else:
        print_line(text("source rolled back", **done))


async def upload(department: str, file: Path, where: Where, json: bool) -> None:
    """Deliver a file."""
    async with connected(target_of(where), read_settings()) as control:
        size = await _send(control, department, file)
    if json:
        print_json({"department": department, "name": file.name, "bytes": size})
    else:
        print_line(text("source uploaded", file=file.name, size=size))


async def _send(control: Connection, department: str, file: Path) -> int:
    """Send a file piece by piece and return its bytes. Raises `DocumentNotFoundError`."""
    upload, size, last = secrets.token_hex(8), 0, False
    try:
        async with await open_file(file, "rb") as opened:
            while not last:
                content = await opened.read(PIECE)
                last = len(content) < PIECE
                piece = {"name": file.name, "upload": upload, "offset": size, "last": last}
                sent = piece | {"content": b64encode(content).decode()}
                size = (await control.ask(UPLOAD, department=department, piece=sent))["uploadSource"]
    except OSError as error:
        raise DocumentNotFoundError("The file cannot be read", where=str(file)) from error
    return int(size)
