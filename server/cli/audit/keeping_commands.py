"""`govgraph audit backup` and its neighbours: the commands that keep the log; the work stands beside."""

from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import typer

from server.cli import options as given
from server.cli.audit import options as asked
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
    call("audit.keeping:roles", json)


def audit_backup(target: given.Target, where: given.Where) -> None:
    """Back the log up."""
    call("audit.keeping:back_up", where.json, target=target, **where.named)


def audit_restore(source: BackupFolder, accept_loss: AcceptLoss = False, json: given.AsJson = False) -> None:
    """Put a backup back."""
    call("audit.keeping:put_back", json, source=source, accept_loss=accept_loss)


def keys_rotate(key: KeyName, where: given.Where) -> None:
    """Rotate a key."""
    call("audit.keeping:rotate", where.json, key=key, **where.named)


def audit_hold(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    name: HoldName,
    reason: Reason = "",
    receipt: asked.Receipt = "",
    client: asked.Client = "",
    case: asked.Case = "",
    since: asked.Since = "",
    until: asked.Until = "",
    *,
    where: given.Where,
) -> None:
    """Set a legal hold."""
    hold = {"name": name, "reason": reason, "receipt": receipt, "client": client, "caseNumber": case}
    hold |= {"since": since, "until": until}
    call("audit.retention:hold", where.json, hold=hold, **where.named)


def audit_lift(name: HoldName, where: given.Where) -> None:
    """Ask for lifting a legal hold."""
    call("audit.retention:lift", where.json, name=name, **where.named)


def audit_holds(where: given.Where) -> None:
    """List the legal holds."""
    call("audit.retention:listing", where.json, **where.named)


def audit_prune(dry_run: DryRun = False, *, where: given.Where) -> None:
    """Empty records whose time is over."""
    call("audit.retention:prune", where.json, dry_run=dry_run, **where.named)


def audit_erase(receipt: given.Receipt, where: given.Where) -> None:
    """Ask for erasing lists of persons."""
    call("audit.retention:erase", where.json, receipt=receipt, **where.named)


def audit_approve(number: given.Proposal, where: given.Where) -> None:
    """Have the lists erased."""
    call("audit.retention:approve", where.json, number=number, **where.named)


def proposal_lift(number: given.Proposal, where: given.Where) -> None:
    """Lift a legal hold."""
    call("audit.retention:approve_lift", where.json, number=number, **where.named)


LIFTING: Final = (proposal_lift,)
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
