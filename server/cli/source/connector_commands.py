"""`govgraph connector`: what the commands take; the work stands in `server/cli/source/connectors.py`."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from server.cli import options as given
from server.cli.calling import call
from server.cli.texts import text

OpenapiFile: TypeAlias = Annotated[str, typer.Argument(help=text("openapi file"))]
Url: TypeAlias = Annotated[str, typer.Option("--url", help=text("option url"))]
Entities: TypeAlias = Annotated[list[str] | None, typer.Option("--entity", help=text("option entity"))]

NewKind: TypeAlias = Annotated[str, typer.Argument(help=text("new kind"))]
ProjectFolder: TypeAlias = Annotated[Path | None, typer.Option("--out", help=text("option project"))]


def connector_import(  # noqa: PLR0913, PLR0917 a command takes what its users may say
    file: OpenapiFile,
    department: given.OptionalDepartment = "",
    url: Url = "",
    entity: Entities = None,
    out: given.Out = None,
    json: given.AsJson = False,
) -> None:
    """Make the settings of a REST source of an OpenAPI document."""
    wish = {"file": file, "department": department, "url": url}
    call("source.connectors:import_openapi", json, wish=wish, only=entity or [], out=out)


def connector_new(name: NewKind, out: ProjectFolder = None, json: given.AsJson = False) -> None:
    """Begin with a kind of source of your own."""
    call("source.connectors:new", json, name=name, out=out)


CONNECTOR = (connector_import, connector_new)
