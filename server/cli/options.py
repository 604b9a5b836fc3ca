"""Arguments and options that several commands share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import typer

from server.cli.texts import text

Server: TypeAlias = Annotated[str, typer.Option("--server", help=text("option server"))]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help=text("option json"))]
Acting: TypeAlias = Annotated[str, typer.Option("--as", help=text("option as"))]
Purpose: TypeAlias = Annotated[str, typer.Option("--purpose", help=text("option purpose"))]
Manifests: TypeAlias = Annotated[list[Path], typer.Argument(help=text("files"))]
GrantFiles: TypeAlias = Annotated[list[Path], typer.Argument(help=text("grant files"))]
Department: TypeAlias = Annotated[str, typer.Argument(help=text("department"))]
OptionalDepartment: TypeAlias = Annotated[str, typer.Option("--department", help=text("department"))]
Resource: TypeAlias = Annotated[str, typer.Argument(help=text("resource"))]
Words: TypeAlias = Annotated[str, typer.Argument(help=text("text"))]
Receipt: TypeAlias = Annotated[str, typer.Argument(help=text("receipt"))]
Target: TypeAlias = Annotated[Path, typer.Argument(help=text("target"))]
ClientId: TypeAlias = Annotated[str, typer.Argument(help=text("id"))]
OptionalClientId: TypeAlias = Annotated[str, typer.Option("--client", help=text("id"))]
Title: TypeAlias = Annotated[str, typer.Option("--title", help=text("title"))]
RoleName: TypeAlias = Annotated[str, typer.Option("--role", help=text("role"))]
Subject: TypeAlias = Annotated[str, typer.Option("--subject", help=text("subject"))]
GrantId: TypeAlias = Annotated[str, typer.Argument(help=text("grant id"))]
GrantedResource: TypeAlias = Annotated[str, typer.Argument(help=text("granted resource"))]
GrantPurpose: TypeAlias = Annotated[str, typer.Option("--purpose", help=text("option grant purpose"))]
GrantedFields: TypeAlias = Annotated[list[str], typer.Option("--field", help=text("option field"))]
GrantNumber: TypeAlias = Annotated[str, typer.Option("--id", help=text("option grant id"))]
LegalBasis: TypeAlias = Annotated[str, typer.Option("--basis", help=text("option basis"))]
Agreement: TypeAlias = Annotated[str, typer.Option("--agreement", help=text("option agreement"))]
FirstDay: TypeAlias = Annotated[str, typer.Option("--from", help=text("option from"))]
LastDay: TypeAlias = Annotated[str, typer.Option("--to", help=text("option until"))]
Proposal: TypeAlias = Annotated[str, typer.Argument(help=text("proposal number"))]
AddressRange: TypeAlias = Annotated[str, typer.Argument(metavar="RANGE", help=text("address range"))]
Reference: TypeAlias = Annotated[str, typer.Argument(help=text("reference"))]
Port: TypeAlias = Annotated[int | None, typer.Option("--port", min=0, max=65535, help=text("option port"))]
Host: TypeAlias = Annotated[str, typer.Option("--host", help=text("option host"))]
Scale: TypeAlias = Annotated[str, typer.Option("--scale", help=text("option scale"))]
Once: TypeAlias = Annotated[bool, typer.Option("--once", help=text("option once"))]
KeyFile: TypeAlias = Annotated[Path | None, typer.Option("--key", help=text("option key"))]
Checkpoints: TypeAlias = Annotated[
    list[Path] | None, typer.Option("--checkpoint", help=text("option checkpoint"))
]
Folder: TypeAlias = Annotated[Path | None, typer.Option("--folder", help=text("option folder"))]
VerifyServer: TypeAlias = Annotated[str, typer.Option("--server", help=text("option verify server"))]
Entries: TypeAlias = Annotated[bool, typer.Option("--entries", help=text("option entries"))]
Since: TypeAlias = Annotated[Path | None, typer.Option("--since", help=text("option since"))]
EvidenceFile: TypeAlias = Annotated[Path | None, typer.Option("--evidence", help=text("option evidence"))]
EvidenceOut: TypeAlias = Annotated[Path | None, typer.Option("--out", "-o", help=text("option evidence out"))]
ExportFile: TypeAlias = Annotated[Path | None, typer.Option("--export", help=text("option export"))]
Store: TypeAlias = Annotated[bool, typer.Option("--store", help=text("option store"))]
Variables: TypeAlias = Annotated[Path | None, typer.Option("--variables", help=text("option variables"))]
Operation: TypeAlias = Annotated[str, typer.Option("--operation", help=text("option operation"))]
Out: TypeAlias = Annotated[Path | None, typer.Option("--out", help=text("option out"))]
Form: TypeAlias = Annotated[
    Literal["text", "json", "mermaid"], typer.Option("--format", help=text("option form"))
]
ExplainedClient: TypeAlias = Annotated[str, typer.Option("--client", help=text("option client"))]
QueryFile: TypeAlias = Annotated[str, typer.Argument(help=text("query file"))]
OperationTitle: TypeAlias = Annotated[str, typer.Option("--title", help=text("option operation title"))]
Digest: TypeAlias = Annotated[str, typer.Argument(help=text("digest"))]
OnlyPersisted: TypeAlias = Annotated[
    bool, typer.Option("--only-persisted", help=text("option only persisted"))
]
BodyBytes: TypeAlias = Annotated[int | None, typer.Option("--body", help=text("option body"))]
Tokens: TypeAlias = Annotated[int | None, typer.Option("--tokens", help=text("option tokens"))]
Fields: TypeAlias = Annotated[int | None, typer.Option("--fields", help=text("option fields"))]
Depth: TypeAlias = Annotated[int | None, typer.Option("--depth", help=text("option depth"))]
Page: TypeAlias = Annotated[int | None, typer.Option("--page", help=text("option page"))]
Deadline: TypeAlias = Annotated[float | None, typer.Option("--deadline", help=text("option deadline"))]


@dataclass(frozen=True, slots=True)
class Where:
    """What nearly every command takes: the server it goes to, as whom, and whether it answers in JSON."""

    server: Server = ""
    acting: Acting = ""
    json: AsJson = False

    @property
    def named(self) -> dict[str, Any]:
        """The server and the client, as `server.cli.connection.Target` takes them."""
        return {"server": self.server, "acting": self.acting}
