"""`govgraph audit prove` and `govgraph audit evidence`: what an outsider is handed about one receipt."""

import io
import zipfile
from pathlib import Path
from urllib.parse import quote

import anyio

from audit.copied import CopiedLog
from audit.errors import LogRefusedError
from audit.evidence import RECORD, build, check
from server.cli.audit.commands import Evidencing
from server.cli.audit.remote_log import content
from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line
from server.cli.reading import read_text
from server.cli.settings import read_settings
from server.cli.texts import text
from server.errors import ReceiptUnknownError
from server.home import write_private


async def write_evidence(asked: Evidencing, json: bool) -> None:
    """Write the package of a receipt; reading it from a server is recorded there."""
    package = await _package(asked)
    found = check(package)
    target = asked.out or Path(f"evidence-{found.receipt}.zip")
    write_private(target, package)
    if json:
        print_json({"file": str(target), "positions": found.positions})
    else:
        print_line(text("exported", file=target))


async def show_proofs(asked: Evidencing, json: bool) -> None:
    """Print the proof of inclusion of each record of a receipt."""
    package = await _package(asked)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        proofs = [
            archive.read(f"records/{found[1]}.tlog-proof").decode()
            for name in archive.namelist()
            if (found := RECORD.fullmatch(name))
        ]
    if json:
        print_json({"receipt": asked.receipt, "proofs": proofs})
    else:
        print_line("\n".join(proofs).rstrip())


async def _package(asked: Evidencing) -> bytes:
    """Return the package from a copy of the log, or from a server."""
    if asked.folder is None:
        async with connected(Target(asked.server, asked.acting), read_settings()) as signed_in:
            return await content(signed_in.http, f"evidence/{quote(asked.receipt, safe='')}", signed_in.token)
    folder = Path(await anyio.Path(asked.folder).resolve())
    try:
        package = await build(CopiedLog(folder), asked.receipt, read_text(folder.parent / "audit.vkey"))
    except LogRefusedError as error:
        raise type(error)(error.what, where=str(folder)) from None
    if package is None:
        raise ReceiptUnknownError("No record carries this receipt", where=str(folder))
    return package
