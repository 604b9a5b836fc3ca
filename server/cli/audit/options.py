"""What the commands that ask the log take; `server.cli.audit.asking_commands` offers them."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import typer

from server.cli.texts import text

Since: TypeAlias = Annotated[str, typer.Option("--since", help=text("option from time"))]
Until: TypeAlias = Annotated[str, typer.Option("--until", help=text("option to time"))]
Client: TypeAlias = Annotated[str, typer.Option("--client", help=text("option asking client"))]
EndUser: TypeAlias = Annotated[str, typer.Option("--end-user", help=text("option end user"))]
OfDepartment: TypeAlias = Annotated[str, typer.Option("--department", help=text("option asking department"))]
Source: TypeAlias = Annotated[str, typer.Option("--source", help=text("option source department"))]
Grant: TypeAlias = Annotated[str, typer.Option("--grant", help=text("option grant"))]
Purpose: TypeAlias = Annotated[str, typer.Option("--purpose", help=text("option recorded purpose"))]
Case: TypeAlias = Annotated[str, typer.Option("--case", help=text("option case"))]
Resource: TypeAlias = Annotated[str, typer.Option("--resource", help=text("option recorded resource"))]
Field: TypeAlias = Annotated[str, typer.Option("--field", help=text("option recorded field"))]
Decision: TypeAlias = Annotated[str, typer.Option("--decision", help=text("option decision"))]
Event: TypeAlias = Annotated[str, typer.Option("--event", help=text("option event"))]
Receipt: TypeAlias = Annotated[str, typer.Option("--receipt", help=text("receipt"))]
Text: TypeAlias = Annotated[str, typer.Option("--text", help=text("option recorded text"))]
Person: TypeAlias = Annotated[bool, typer.Option("--person", help=text("option person"))]
First: TypeAlias = Annotated[int, typer.Option("--first", min=1, max=500, help=text("option first"))]
After: TypeAlias = Annotated[str, typer.Option("--after", help=text("option after"))]
AlertReceipt: TypeAlias = Annotated[str, typer.Argument(help=text("alert receipt"))]
Match: TypeAlias = Annotated[bool, typer.Option("--match", help=text("option match"))]
CaseNumber: TypeAlias = Annotated[str, typer.Argument(help=text("case"))]
ExportForm: TypeAlias = Annotated[
    Literal["jsonl", "csv"], typer.Option("--format", help=text("option export form"))
]
CountedBy: TypeAlias = Annotated[
    Literal["day", "client", "purpose", "department", "resource", "pair"],
    typer.Option("--by", help=text("option by")),
]
SinceDay: TypeAlias = Annotated[str, typer.Option("--since", help=text("option from day"))]
UntilDay: TypeAlias = Annotated[str, typer.Option("--until", help=text("option to day"))]
Interfaces: TypeAlias = Annotated[Path | None, typer.Option("--interfaces", help=text("option interfaces"))]
GRAPH_NAMES: Final = {"end_user": "endUser", "case": "caseNumber"}
"""Parts that the control graph calls otherwise."""


@dataclass(frozen=True, slots=True)
class OwnParts:
    """What a department may name of the accesses to its own fields; what is empty is not asked."""

    since: Since = ""
    until: Until = ""
    client: Client = ""
    end_user: EndUser = ""
    purpose: Purpose = ""
    case: Case = ""
    resource: Resource = ""
    field: Field = ""

    @property
    def named(self) -> dict[str, str]:
        """The texts by the names of the control graph."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        return {GRAPH_NAMES.get(name, name): text for name, text in given.items() if isinstance(text, str)}


@dataclass(frozen=True, slots=True)
class Parts(OwnParts):
    """What a search of the whole log may name; the number of a person is asked for, never an option."""

    department: OfDepartment = ""
    source: Source = ""
    grant: Grant = ""
    decision: Decision = ""
    event: Event = ""
    receipt: Receipt = ""
    text: Text = ""
    person: Person = False


@dataclass(frozen=True, slots=True)
class Page:
    """How many of the newest come at once, and where the last page ended."""

    first: First = 50
    after: After = ""


@dataclass(frozen=True, slots=True)
class Counting:
    """What `audit counts` was asked: by what, which days, and the list of interfaces switched off."""

    by: str
    since: str = ""
    until: str = ""
    interfaces: Path | None = None
    server: str = ""
    acting: str = ""


@dataclass(frozen=True, slots=True)
class Searching:
    """What `audit search` was asked: parts by the names of the control graph, and where to go on."""

    parts: dict[str, str] = field(default_factory=dict)
    person: bool = False
    first: int = 50
    after: str = ""
    own: bool = False
    server: str = ""
    acting: str = ""
