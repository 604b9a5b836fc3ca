"""`govgraph audit` and `govgraph drill`: the commands and what they take; the work stands beside."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from server.cli import options as given
from server.cli.calling import call


@dataclass(frozen=True, slots=True)
class Evidencing:
    """What `audit prove` and `audit evidence` were asked: whose receipt, from which log, written where."""

    receipt: str
    folder: Path | None = None
    server: str = ""
    acting: str = ""
    out: Path | None = None


@dataclass(frozen=True, slots=True)
class Verifying:
    """What `audit verify` was asked: which log or package, with which key, against which checkpoints."""

    key: Path | None = None
    checkpoints: tuple[Path, ...] = ()
    folder: Path | None = None
    server: str = ""
    acting: str = ""
    entries: bool = False
    since: Path | None = None
    evidence: Path | None = None
    export: Path | None = None


def audit_show(receipt: given.Receipt, where: given.Where) -> None:
    """Show a record."""
    call("audit.showing:show", where.json, receipt=receipt, **where.named)


def audit_verify(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    key: given.KeyFile = None,
    checkpoint: given.Checkpoints = None,
    folder: given.Folder = None,
    server: given.VerifyServer = "",
    entries: given.Entries = False,
    acting: given.Acting = "",
    since: given.Since = None,
    evidence: given.EvidenceFile = None,
    export: given.ExportFile = None,
    json: given.AsJson = False,
) -> None:
    """Verify the log."""
    given_key = (key, tuple(checkpoint or ()))
    asked = Verifying(*given_key, folder, server, acting, entries, since, evidence, export)
    call("audit.verification:verify_asked", json, asked=asked)


def audit_prove(receipt: given.Receipt, folder: given.Folder = None, *, where: given.Where) -> None:
    """Prove records."""
    call(
        "audit.evidence:show_proofs",
        where.json,
        asked=Evidencing(receipt, folder, where.server, where.acting),
    )


def audit_evidence(
    receipt: given.Receipt, out: given.EvidenceOut = None, folder: given.Folder = None, *, where: given.Where
) -> None:
    """Write an evidence package."""
    asked = Evidencing(receipt, folder, where.server, where.acting, out)
    call("audit.evidence:write_evidence", where.json, asked=asked)


def audit_checkpoint(where: given.Where) -> None:
    """Show the checkpoint."""
    call("audit.showing:checkpoint", where.json, **where.named)


def drill_tamper(json: given.AsJson = False) -> None:
    """Show what finds tampering."""
    call("audit.drills:tamper", json)


def drill_insider(out: given.Out = None, json: given.AsJson = False) -> None:
    """Show an insider found and stopped."""
    call("audit.insider:insider", json, out=out)


AUDIT: Final = (audit_show, audit_verify, audit_prove, audit_evidence, audit_checkpoint)
DRILLS: Final = (drill_tamper, drill_insider)
