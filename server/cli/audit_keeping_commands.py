"""`govgraph audit backup` and its neighbours: the commands that keep the log; the work stands beside."""

from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import typer

from server.cli import options as given
from server.cli.calling import call
from server.cli.texts import text

BackupFolder: TypeAlias = Annotated[Path, typer.Argument(help=text("log backup"))]
AcceptLoss: TypeAlias = Annotated[bool, typer.Option("--accept-loss", help=text("option accept loss"))]
KeyName: TypeAlias = Annotated[Literal["digests"], typer.Argument(help=text("rotating key"))]


def audit_roles(json: given.AsJson = False) -> None:
    """Print tables and roles."""
    call("audit_keeping:roles", json)


def audit_backup(
    target: given.Target, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Back the log up."""
    call("audit_keeping:back_up", json, target=target, server=server, acting=acting)


def audit_restore(source: BackupFolder, accept_loss: AcceptLoss = False, json: given.AsJson = False) -> None:
    """Put a backup back."""
    call("audit_keeping:put_back", json, source=source, accept_loss=accept_loss)


def keys_rotate(
    key: KeyName, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Rotate a key."""
    call("audit_keeping:rotate", json, key=key, server=server, acting=acting)


KEEPING: Final = (audit_roles, audit_backup, audit_restore)
KEYS: Final = (keys_rotate,)
