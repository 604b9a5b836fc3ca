"""`govgraph audit show` and `checkpoint`: one record, and the signed state of all of them."""

from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line
from server.cli.settings import read_settings

RECORD = "query Record($receipt: String!) { record(receipt: $receipt) }"
CHECKPOINT = "query Checkpoint { checkpoint }"


async def show(receipt: str, server: str, acting: str, json: bool) -> None:
    """Print a record; reading it is itself recorded."""
    del json  # a record is JSON either way
    async with connected(Target(server, acting), read_settings()) as control:
        print_json((await control.ask(RECORD, receipt=receipt))["record"])


async def checkpoint(server: str, acting: str, json: bool) -> None:
    """Print the signed size and root of the log."""
    async with connected(Target(server, acting), read_settings()) as control:
        note = (await control.ask(CHECKPOINT))["checkpoint"]
    if json:
        print_json({"checkpoint": note})
    else:
        print_line(note.rstrip())
