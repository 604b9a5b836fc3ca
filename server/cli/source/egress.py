"""`govgraph egress`: where departments' sources may stand."""

from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line, print_table
from server.cli.settings import read_settings
from server.cli.texts import text

ALLOW = "mutation Allow($d: String!, $r: String!) { changed: allowEgress(department: $d, range: $r) }"
WITHDRAW = (
    "mutation Withdraw($d: String!, $r: String!) { changed: withdrawEgress(department: $d, range: $r) }"
)
LIST = "{ egressRanges { department ranges } }"


async def allow(department: str, span: str, server: str, acting: str, json: bool) -> None:
    """Allow a range to a department."""
    await _change(ALLOW, (department, span), Target(server, acting), json=json)


async def withdraw(department: str, span: str, server: str, acting: str, json: bool) -> None:
    """Allow a range no longer."""
    await _change(WITHDRAW, (department, span), Target(server, acting), json=json)


async def _change(mutation: str, given: tuple[str, str], target: Target, *, json: bool) -> None:
    department, span = given
    async with connected(target, read_settings()) as control:
        changed = (await control.ask(mutation, d=department, r=span))["changed"]
    if json:
        print_json({"department": department, "range": changed})
    else:
        said = "range allowed" if mutation is ALLOW else "range withdrawn"
        print_line(text(said, department=department, range=changed))


async def listing(server: str, acting: str, json: bool) -> None:
    """Print the ranges of every department."""
    async with connected(Target(server, acting, looks=True), read_settings()) as control:
        found = (await control.ask(LIST))["egressRanges"]
    if json:
        print_json(found)
    elif found:
        rows = [{**one, "ranges": ", ".join(one["ranges"])} for one in found]
        print_table(rows, ("department", "ranges"))
    else:
        print_line(text("nothing found"))
