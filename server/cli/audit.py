"""`govgraph audit`: records, and the proof that none was altered."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from anyio import to_thread

from audit.verify import verify
from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line, print_warning
from server.cli.reading import read_text
from server.cli.settings import read_settings
from server.cli.texts import text

RECORD = "query Record($receipt: String!) { record(receipt: $receipt) }"
CHECKPOINT = "query Checkpoint { checkpoint }"


async def show(receipt: str, server: str, acting: str, json: bool) -> None:
    """Print a record; reading it is itself recorded."""
    del json  # a record is JSON either way
    async with connected(Target(server, acting), read_settings()) as control:
        print_json((await control.ask(RECORD, receipt=receipt))["record"])


async def checkpoint(server: str, acting: str, json: bool) -> None:
    """Print the signed size and root of the log."""
    async with connected(Target(server, acting), read_settings()) as control:
        note = (await control.ask(CHECKPOINT))["checkpoint"]
    if json:
        print_json({"checkpoint": note})
    else:
        print_line(note.rstrip())


async def verify_log(key: Path | None, checkpoints: Sequence[Path], json: bool) -> int:
    """Verify the log of this home; return 1 where something does not hold.

    Says so where no checkpoint kept elsewhere was compared: the one on this machine proves little.
    """
    home = read_settings().home.resolve()
    verifier = read_text(key or home / "audit.vkey").strip()
    elsewhere = {str(file): read_text(file) for file in checkpoints}
    found = await to_thread.run_sync(verify, home / "audit", verifier, elsewhere)
    if json:
        print_json(asdict(found))
    elif found.ok:
        print_line(text("verified", size=found.size, root=found.root))
        for size in found.compared:
            print_line(text("compared", size=size))
    else:
        print_line(text("not verified", problem=found.problem))
    if found.ok and not found.compared:
        print_warning(text("not compared"))
    return 0 if found.ok else 1
