"""`govgraph audit roles`, `backup` and `restore`, `govgraph keys rotate`: what keeps the log and its keys."""

from pathlib import Path
from secrets import token_hex

import anyio
from anyio import to_thread

from audit.backup import Restored, restore
from audit.log import open_log
from audit.postgresql.keeping import kept_in
from audit.postgresql.tables import roles_text
from audit.record import SystemRecord
from govgraph.clock import rfc3339, system_clock
from govgraph.keyring import Keyring
from govgraph.settings import Settings
from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line
from server.cli.settings import read_settings
from server.cli.texts import text
from server.home import held

BACKUP = "mutation Backup($target: String!) { backupLog(target: $target) { size root } }"
ROTATE = "mutation Rotate { rotateDigests }"


async def roles(json: bool) -> None:
    """Print the SQL that makes tables and roles."""
    if json:
        print_json({"sql": roles_text()})
    else:
        print_line(roles_text().rstrip())


async def back_up(target: Path, server: str, acting: str, json: bool) -> None:
    """Copy the log into a new folder on the server's machine."""
    path = str(target) if server else str(await anyio.Path(target).resolve())
    async with connected(Target(server, acting), read_settings()) as control:
        made = (await control.ask(BACKUP, target=path))["backupLog"]
    if json:
        print_json({"target": path, **made})
    else:
        print_line(text("log copied", target=path, **made))


async def put_back(source: Path, accept_loss: bool, json: bool) -> None:
    """Put a backup back where no server runs; the log says so for ever."""
    settings = read_settings()
    home = settings.home.resolve()
    with held(home):
        restored = await _put_back(settings, source, home, accept_loss)
    if json:
        print_json({"size": restored.size, "lost": restored.lost})
    else:
        print_line(text("log restored", size=restored.size, lost=restored.lost))


async def rotate(key: str, server: str, acting: str, json: bool) -> None:
    """Put a fresh key in the place of one."""
    async with connected(Target(server, acting), read_settings()) as control:
        name = (await control.ask(ROTATE))["rotateDigests"]
    if json:
        print_json({"key": key, "name": name})
    else:
        print_line(text("key rotated", key=name))


async def _put_back(settings: Settings, source: Path, home: Path, accept_loss: bool) -> Restored:
    keyring, clock = Keyring(home / "keys"), system_clock()
    keeping = kept_in(settings.log_url, settings.log_sequencer_url)
    restored = await to_thread.run_sync(restore, source, home, keyring, keeping, accept_loss)
    detail = {"size": str(restored.size), "lost": str(restored.lost)}
    log = await open_log(home / "audit", keyring, clock, keeping)
    try:
        await log.append(SystemRecord(token_hex(16), rfc3339(clock.now()), "log.restored", detail))
    finally:
        await log.aclose()
    return restored
