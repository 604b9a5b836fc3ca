"""A MariaDB of the tests' own: in a private folder, reached by its socket, ended by its number."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncmy

PATIENCE = 60  # seconds for its start
PLACES = ("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin")


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and how it is reached."""

    running: "subprocess.Popen[bytes]"
    address: Mapping[str, Any]

    def stop(self) -> None:
        """End it; it has nothing to lose."""
        self.running.kill()
        self.running.wait(10)


def program(*names: str) -> str | None:
    """Return where the first of these programs is, also outside the path of an ordinary user."""
    found = (shutil.which(name) or shutil.which(name, path=":".join(PLACES)) for name in names)
    return next((path for path in found if path), None)


def start(folder: Path, *options: str) -> Server | str:
    """Return a server whose tables lie in the folder, or why there is none; `options` are its own."""
    daemon, install = program("mariadbd", "mysqld"), program("mariadb-install-db", "mysql_install_db")
    if daemon is None or install is None:
        return "the programs mariadbd and mariadb-install-db are not installed"
    data, socket = folder / "data", folder / "s"
    made = subprocess.run(
        [install, "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
         "--skip-test-db", "--user=root"],
        capture_output=True, check=False, timeout=PATIENCE,
    )  # fmt: skip
    if made.returncode != 0:
        return "mariadb-install-db could not make its tables"
    running = subprocess.Popen(
        [daemon, "--no-defaults", f"--datadir={data}", f"--socket={socket}", "--skip-networking",
         "--user=root", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0",
         "--innodb-buffer-pool-size=64M", *options],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    server = Server(running, {"unix_socket": str(socket), "user": "root", "password": ""})
    if answers(server):
        return server
    server.stop()
    return f"the server did not answer within {PATIENCE} seconds"


def answers(server: Server) -> bool:
    """Return whether the server answers in time."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.running.poll() is None:
        try:
            tell(server.address, "SELECT 1")
        except (OSError, asyncmy.errors.Error):
            time.sleep(0.1)
        else:
            return True
    return False


def tell(address: Mapping[str, Any], *statements: str) -> None:
    """Run statements on a server, over a connection of their own."""

    async def run() -> None:
        connection = await asyncmy.connect(**address, autocommit=True)
        for statement in statements:
            await connection.query(statement)
        await connection.ensure_closed()

    with ThreadPoolExecutor(1) as thread:  # the caller may be in an event loop
        thread.submit(lambda: asyncio.run(run())).result()
