"""`govgraph proposal` and `govgraph setup`: what needs a second seat, and the end of set-up."""

from server.cli.connection import Connection, Target, connected
from server.cli.output import print_json, print_line, print_table
from server.cli.settings import read_settings
from server.cli.texts import text

COLUMNS = ("number", "act", "client", "role", "department", "subject", "target", "askedBy", "askedAt")
LIST = (
    "query Proposals { proposals { number act client title role department subject target askedBy askedAt } }"
)
FINISH = "mutation Finish { finishSetUp }"
STATUS = "query Status { status { setUpFinished } }"


async def listing(server: str, acting: str, json: bool) -> None:
    """Print what waits."""
    async with connected(Target(server, acting, looks=True), read_settings()) as control:
        found = (await control.ask(LIST))["proposals"]
    if json:
        print_json(found)
    elif found:
        print_table(found, COLUMNS)
    else:
        print_line(text("nothing found"))


async def finish(server: str, acting: str, json: bool) -> None:
    """End set-up."""
    async with connected(Target(server, acting), read_settings()) as control:
        ended = await ended_now(control)
    if json:
        print_json({"finished": True, "now": ended})
    else:
        print_line(text("set-up finished"))


async def ended_now(control: Connection) -> bool:
    """Return whether set-up ended now; it is asked first, since nobody may end it twice."""
    if (await control.ask(STATUS))["status"]["setUpFinished"]:
        return False
    return bool((await control.ask(FINISH))["finishSetUp"])
