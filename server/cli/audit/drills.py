"""`govgraph drill tamper`: every kind of tampering we know, on copies of this home's log."""

import tempfile
from pathlib import Path

from anyio import to_thread

from audit import note
from audit.drills import DRILLS, SMALLEST, Drilled, drill
from audit.errors import LogUnreadableError
from audit.verify import verify
from govgraph.keyring import Keyring
from server.cli.output import print_json, print_line, print_table
from server.cli.reading import read_text
from server.cli.settings import read_settings
from server.cli.texts import text


async def tamper(json: bool) -> int:
    """Run every drill; return 1 where one was not found. The log itself is only read."""
    home = read_settings().home.resolve()
    verifier = read_text(home / "audit.vkey").strip()
    size, drilled = await to_thread.run_sync(_drilled, home, verifier)
    rows = [
        {
            "drill": one.drill,
            "what": text(f"drill {one.drill}"),
            "found": one.found.finding.value if not one.found.ok else None,
            "record": one.found.position,
        }
        for one in drilled
    ]
    missed = sum(one.found.ok for one in drilled)
    if json:
        print_json({"ok": not missed, "size": size, "drills": rows})
    else:
        print_line(text("drill head", size=size))
        print_table(rows, ("what", "found", "record"))
        print_line(text("drill done", found=len(rows) - missed, count=len(rows)))
    return 1 if missed else 0


def _drilled(home: Path, verifier: str) -> tuple[int, list[Drilled]]:
    sound = verify(home / "audit", verifier)
    if not sound.ok or sound.size < SMALLEST:
        raise LogUnreadableError(
            "The log of this home is too short to be tampered with, or does not verify",
            remedy="Run `make demo` first, and `govgraph audit verify`.",
        )
    pem = Keyring(home / "keys").private_key("audit-log", note.make_key)
    with tempfile.TemporaryDirectory() as scratch:
        return sound.size, [drill(name, home, Path(scratch), pem) for name in DRILLS]
