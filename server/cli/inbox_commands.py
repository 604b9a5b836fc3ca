"""`govgraph inbox` and `govgraph webhook`: what they take; the work stands in `server/cli/inbox.py`."""

from typing import Annotated, TypeAlias

import typer

from server.cli import options as given
from server.cli.calling import call
from server.cli.texts import text

Every: TypeAlias = Annotated[bool, typer.Option("--all", help=text("option all notices"))]
Url: TypeAlias = Annotated[str, typer.Argument(help=text("webhook url"))]


def inbox(
    every: Every = False,
    server: given.Server = "",
    acting: given.Acting = "",
    json: given.AsJson = False,
) -> None:
    """Read the notices."""
    call("inbox:listing", json, every=every, server=server, acting=acting)


def webhook_set(
    url: Url, server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False
) -> None:
    """Send notices on."""
    call("inbox:set_webhook", json, url=url, server=server, acting=acting)


def webhook_remove(server: given.Server = "", acting: given.Acting = "", json: given.AsJson = False) -> None:
    """Send notices nowhere."""
    call("inbox:remove_webhook", json, server=server, acting=acting)


WEBHOOK = (webhook_set, webhook_remove)
