"""Arguments and options of `govgraph source`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from server.cli.texts import text

Kind: TypeAlias = Annotated[str, typer.Option("--kind", help=text("option kind"))]
SettingsFile: TypeAlias = Annotated[Path | None, typer.Option("--settings", help=text("option settings"))]
Pairs: TypeAlias = Annotated[list[str] | None, typer.Option("--set", help=text("option set"))]
DepartmentTitle: TypeAlias = Annotated[str, typer.Option("--title", help=text("option department title"))]
DepartmentCode: TypeAlias = Annotated[str, typer.Option("--code", help=text("option department code"))]
SecretName: TypeAlias = Annotated[str, typer.Option("--secret", help=text("option secret"))]
Only: TypeAlias = Annotated[list[str] | None, typer.Option("--only", help=text("option only"))]
Manifest: TypeAlias = Annotated[Path | None, typer.Argument(help=text("draft manifest"))]
Waive: TypeAlias = Annotated[bool, typer.Option("--waive", help=text("option waive"))]
Draft: TypeAlias = Annotated[int | None, typer.Option("--draft", help=text("option draft"))]
DraftNumber: TypeAlias = Annotated[int, typer.Argument(help=text("draft number"))]
Folder: TypeAlias = Annotated[Path, typer.Argument(help=text("admitted folder"))]
Close: TypeAlias = Annotated[bool, typer.Option("--close", help=text("option close"))]
To: TypeAlias = Annotated[int | None, typer.Option("--to", help=text("option to"))]
Delivered: TypeAlias = Annotated[Path, typer.Argument(help=text("delivered file"))]
