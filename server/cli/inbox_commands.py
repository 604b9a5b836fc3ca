"""`govgraph inbox` and `govgraph webhook`: what they take; the work stands in `server/cli/inbox.py`."""

from typing import Annotated, TypeAlias

import typer

from server.cli import options as given
from server.cli.calling import call
from server.cli.texts import text

Every: TypeAlias = Annotated[bool, typer.Option("--all", help=text("option all notices"))]
Url: TypeAlias = Annotated[str, typer.Argument(help=text("webhook url"))]


def inbox(every: Every = False, *, where: given.Where) -> None:
    """Read the notices."""
    call("inbox:listing", where.json, every=every, **where.named)


def webhook_set(url: Url, where: given.Where) -> None:
    """Send notices on."""
    call("inbox:set_webhook", where.json, url=url, **where.named)


def webhook_remove(where: given.Where) -> None:
    """Send notices nowhere."""
    call("inbox:remove_webhook", where.json, **where.named)


WEBHOOK = (webhook_set, webhook_remove)
