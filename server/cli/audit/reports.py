"""`govgraph audit counts` and `trace`: what the log says in sum, and of one case in order."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from server.cli.audit.asking import print_records
from server.cli.audit.options import Counting
from server.cli.connection import Connection, Target, connected
from server.cli.output import print_json, print_line, print_table, print_warning
from server.cli.reading import read_text
from server.cli.settings import read_settings
from server.cli.texts import text
from server.errors import FilesRefusedError

TRACE: Final = "query ($case: String!) { trace(caseNumber: $case) { records more behind } }"
COUNTS: Final = (
    "query ($by: CountedBy!, $since: String!, $until: String!) { "
    "counts(by: $by, since: $since, until: $until) { name calls denials rows persons proofs } }"
)
COLUMNS: Final = ("name", "calls", "denials", "rows", "persons", "proofs")


@dataclass(frozen=True, slots=True)
class Interface:
    """An old interface between a client and a department, and the day it was switched off."""

    title: str
    client: str
    department: str
    switched_off: date


async def trace(case: str, server: str, acting: str, json: bool) -> None:
    """Print the records of a case, the oldest first; reading them is recorded."""
    async with connected(Target(server, acting), read_settings()) as control:
        found = (await control.ask(TRACE, case=case))["trace"]
    if json:
        print_json(found)
        return
    print_records(found["records"])
    if found["more"]:
        print_warning(text("case has more"))
    if found["behind"]:
        print_warning(text("index behind", count=found["behind"]))


async def counts(asked: Counting, json: bool) -> None:
    """Print what was counted, and what replaced the old interfaces of a list."""
    listed = read_interfaces(asked.interfaces) if asked.interfaces else []
    async with connected(Target(asked.server, asked.acting), read_settings()) as control:
        found = await _counted(control, asked, asked.by)
        pairs = await _counted(control, asked, "pair") if asked.interfaces else []
    calls = {row["name"]: row["calls"] for row in pairs}
    replaced = [
        {
            "interface": one.title,
            "off since": one.switched_off.isoformat(),
            "calls": calls.get(f"{one.client} {one.department}", 0),
        }
        for one in listed
        if not asked.until or one.switched_off.isoformat() <= asked.until
    ]
    if json:
        print_json({"counts": found, **({"replaced": replaced} if asked.interfaces else {})})
        return
    if found:
        print_table(found, COLUMNS)
    else:
        print_line(text("nothing found"))
    if replaced:
        print_line(text("replaced", count=len(replaced)))
        print_table(replaced, ("interface", "off since", "calls"))


async def _counted(control: Connection, asked: Counting, by: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        await control.ask(COUNTS, by=by.upper(), since=asked.since, until=asked.until)
    )["counts"]
    return found


def read_interfaces(file: Path) -> list[Interface]:
    """Return the interfaces of a file. Raises `FILES_REFUSED` where it is not such a list."""
    try:
        read = yaml.safe_load(read_text(file))
        return [
            Interface(str(one["title"]), str(one["client"]), str(one["department"]), _day(one["switchedOff"]))
            for one in read["interfaces"]
        ]
    except (yaml.YAMLError, KeyError, TypeError, ValueError):
        raise FilesRefusedError(
            "The file is no list of interfaces that were switched off",
            where=str(file),
            remedy="Write `interfaces:` and below it items of title, client, department and switchedOff.",
        ) from None


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
