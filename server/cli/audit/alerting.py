"""`govgraph audit alerts`, `alert` and `affected`: what to look at now, and whom it was about."""

import sys
from pathlib import Path
from typing import Any, Final

from anyio import to_thread

from server.cli.audit.asking import print_records
from server.cli.audit.options import Searching
from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line, print_table
from server.cli.settings import read_settings
from server.cli.texts import text
from server.home import write_private

ALERTS: Final = (
    "query ($n: Int!, $a: String!) { page: alerts(first: $n, after: $a) { records cursor behind } }"
)
BEHIND: Final = (
    "query ($r: String!, $n: Int!, $a: String!) "
    "{ page: alertRecords(receipt: $r, first: $n, after: $a) { records cursor behind } }"
)
AFFECTED: Final = (
    "query ($s: RecordSearch!, $p: [String!]!) "
    "{ affected(search: $s, persons: $p) { records digests persons } }"
)
COLUMNS: Final = ("time", "rule", "client", "end user", "what", "receipt")
NAMED: Final = frozenset({"rule", "client", "end_user", "since", "until", "record", "grants"})

Page = tuple[int, str]


async def alerts(page: Page, server: str, acting: str, json: bool) -> None:
    """Print the alerts."""
    async with connected(Target(server, acting), read_settings()) as control:
        found = (await control.ask(ALERTS, n=page[0], a=page[1]))["page"]
    if json:
        print_json(found)
        return
    if found["records"]:
        print_table([_line(record) for record in found["records"]], COLUMNS)
    else:
        print_line(text("nothing found"))
    _more(found)


async def behind(receipt: str, page: Page, server: str, acting: str, json: bool) -> None:
    """Print the records behind an alert."""
    async with connected(Target(server, acting), read_settings()) as control:
        found = (await control.ask(BEHIND, r=receipt, n=page[0], a=page[1]))["page"]
    if json:
        print_json(found)
        return
    print_records(found["records"])
    _more(found)


async def affected(asked: Searching, out: Path | None, json: bool) -> None:
    """Tell whom records were about; ID numbers to compare come by standard input, one a line."""
    lines = await to_thread.run_sync(sys.stdin.read) if asked.person else ""
    persons = [line.strip() for line in lines.splitlines() if line.strip()]
    async with connected(Target(asked.server, asked.acting), read_settings()) as control:
        found = (await control.ask(AFFECTED, s=asked.parts, p=persons))["affected"]
    if out is not None:
        listed = found["persons"] if asked.person else found["digests"]
        write_private(out, "".join(f"{one}\n" for one in listed).encode())
    if json:
        print_json(found)
        return
    counts = {"records": found["records"], "count": len(found["digests"]), "matched": len(found["persons"])}
    print_line(text("affected", **counts))
    if out is not None:
        print_line(text("exported", file=out))


def _line(record: dict[str, Any]) -> dict[str, Any]:
    detail = record["detail"]
    counts = [f"{name} {value}" for name, value in detail.items() if name not in NAMED]
    return {
        "time": detail["until"][:19],
        "rule": detail["rule"],
        "client": detail.get("client"),
        "end user": detail.get("end_user"),
        "what": ", ".join(counts) or None,
        "receipt": record["receipt"],
    }


def _more(found: dict[str, Any]) -> None:
    if found["cursor"]:
        print_line(text("more records", cursor=found["cursor"]))
