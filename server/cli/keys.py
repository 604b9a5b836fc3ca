"""`govgraph keys` and `govgraph secret`: what must be kept and never shown."""

import sys
from pathlib import Path

import anyio

from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line
from server.cli.settings import read_settings
from server.cli.texts import text

BACKUP = "mutation Backup($target: String!) { backupKeys(target: $target) { keys proposal } }"
APPROVE = "mutation Approve($number: String!) { approveBackup(number: $number) { keys } }"
SECRET = "mutation Secret($reference: String!, $value: String!) { setSecret(reference: $reference, value: $value) }"  # noqa: E501, S105


async def backup(target: Path, server: str, acting: str, json: bool) -> None:
    """Ask for a copy of the platform's keys; the folder is made on the server's machine."""
    path = str(target) if server else str(await anyio.Path(target).resolve())
    async with connected(Target(server, acting), read_settings()) as control:
        made = (await control.ask(BACKUP, target=path))["backupKeys"]
    if json:
        print_json({"target": path, **made})
    elif made["proposal"]:
        print_line(text("proposed backup", number=made["proposal"]))
    else:
        print_line(text("keys copied", count=len(made["keys"]), target=path))


async def approve(number: str, server: str, acting: str, json: bool) -> None:
    """Have the keys copied as the system administrator asked."""
    async with connected(Target(server, acting), read_settings()) as control:
        names = (await control.ask(APPROVE, number=number))["approveBackup"]["keys"]
    if json:
        print_json({"keys": names})
    else:
        print_line(text("keys copied as asked", count=len(names)))


async def rotate_secrets(server: str, acting: str, json: bool) -> None:
    """Have all secrets sealed under a fresh key."""
    async with connected(Target(server, acting), read_settings()) as control:
        count = (await control.ask("mutation { rotateSecrets }"))["rotateSecrets"]
    if json:
        print_json({"sealed": count})
    else:
        print_line(text("secrets rotated", count=count))


async def set_secret(reference: str, server: str, acting: str, json: bool) -> None:
    """Store the secret that stands on standard input, without its last line end."""
    value = sys.stdin.readline().rstrip("\r\n")
    async with connected(Target(server, acting), read_settings()) as control:
        await control.ask(SECRET, reference=reference, value=value)
    if json:
        print_json({"reference": reference})
    else:
        print_line(text("secret kept", reference=reference))
