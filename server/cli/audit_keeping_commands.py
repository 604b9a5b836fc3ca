"""`govgraph audit backup` and its neighbours: the commands that keep the log; the work stands beside."""

from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import typer

from server.cli import audit_options as asked
from server.cli import options as given
from server.cli.calling import call
from server.cli.texts import text

BackupFolder: TypeAlias = Annotated[Path, typer.Argument(help=text("log backup"))]
AcceptLoss: TypeAlias = Annotated[bool, typer.Option("--accept-loss", help=text("option accept loss"))]
HoldName: TypeAlias = Annotated[str, typer.Argument(help=text("hold name"))]
Reason: TypeAlias = Annotated[str, typer.Option("--reason", help=text("option hold reason"))]
DryRun: TypeAlias = Annotated[bool, typer.Option("--dry-run", help=text("option dry run"))]
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


def audit_hold(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    name: HoldName,
    reason: Reason = "",
    receipt: asked.Receipt = "",
    client: asked.Client = "",
    case: asked.Case = "",
    since: asked.Since = "",
    until: asked.Until = "",
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Set a legal hold."""
    hold = {"name": name, "reason": reason, "receipt": receipt, "client": client, "caseNumber": case}
    hold |= {"since": since, "until": until}
    call("retention:hold", json, hold=hold, server=server, acting=acting)


def audit_lift(
    name: HoldName, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Lift a legal hold."""
    call("retention:lift", json, name=name, server=server, acting=acting)


def audit_holds(server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False) -> None:
    """List the legal holds."""
    call("retention:listing", json, server=server, acting=acting)


def audit_prune(
    dry_run: DryRun = False, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Empty records whose time is over."""
    call("retention:prune", json, dry_run=dry_run, server=server, acting=acting)


def audit_erase(
    receipt: given.Receipt, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Ask for erasing lists of persons."""
    call("retention:erase", json, receipt=receipt, server=server, acting=acting)


def audit_approve(
    number: given.Proposal, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Have the lists erased."""
    call("retention:approve", json, number=number, server=server, acting=acting)


KEEPING: Final = (
    audit_roles,
    audit_backup,
    audit_restore,
    audit_hold,
    audit_lift,
    audit_holds,
    audit_prune,
    audit_erase,
    audit_approve,
)
KEYS: Final = (keys_rotate,)
