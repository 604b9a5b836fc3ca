"""`govgraph audit search`, `department`, `reindex`: questions to the log, asked of the control graph."""

import sys
from collections.abc import Mapping, Sequence
from getpass import getpass
from typing import Any, Final

from server.cli.audit.options import Searching
from server.cli.connection import Target, connected
from server.cli.output import print_json, print_line, print_table, print_warning
from server.cli.settings import read_settings
from server.cli.texts import text

PAGE: Final = "{ records cursor behind }"
SEARCH: Final = (
    "query ($s: RecordSearch!, $n: Int!, $a: String!) "
    f"{{ page: records(search: $s, first: $n, after: $a) {PAGE} }}"
)
OWN: Final = (
    "query ($s: OwnRecordSearch!, $n: Int!, $a: String!) "
    f"{{ page: departmentRecords(search: $s, first: $n, after: $a) {PAGE} }}"
)
REINDEX: Final = "mutation { reindexAudit }"
COLUMNS: Final = ("time", "client", "for", "case", "what", "outcome", "rows", "persons", "receipt")


async def search(asked: Searching, json: bool) -> None:
    """Print the records that fit; reading them is recorded."""
    parts = dict(asked.parts)
    if asked.person:
        parts["person"] = read_person()
    async with connected(Target(asked.server, asked.acting), read_settings()) as control:
        document = OWN if asked.own else SEARCH
        page = (await control.ask(document, s=parts, n=asked.first, a=asked.after))["page"]
    if json:
        print_json(page)
    else:
        print_records(page["records"])
        if page["cursor"]:
            print_line(text("more records", cursor=page["cursor"]))
    if page["behind"]:
        print_warning(text("index behind", count=page["behind"]))


async def reindex(server: str, acting: str, json: bool) -> None:
    """Make the index anew from the log."""
    async with connected(Target(server, acting), read_settings()) as control:
        count = (await control.ask(REINDEX))["reindexAudit"]
    if json:
        print_json({"records": count})
    else:
        print_line(text("reindexed", count=count))


def read_person() -> str:
    """Return an ID number from the terminal, unseen, or from standard input: never from an argument."""
    if sys.stdin.isatty():
        return getpass(text("ask person")).strip()
    return sys.stdin.readline().strip()


def print_records(records: Sequence[Mapping[str, Any]]) -> None:
    """Print records as a table, one line for each."""
    if records:
        print_table([_line(record) for record in records], COLUMNS)
    else:
        print_line(text("nothing found"))


def _line(record: Mapping[str, Any]) -> dict[str, Any]:
    rows, named = record.get("rows", {}), record.get("coordinates", {})
    fields = {name for names in named.values() for name in names}
    return {
        "time": record["time"][:19],
        "client": record.get("client"),
        "for": record.get("purpose") or record.get("event"),
        "case": record.get("case_number"),
        "what": record.get("subject") or sorted({name.partition(".")[0] for name in fields}) or None,
        "outcome": record.get("outcome"),
        "rows": sum(rows.values()) if rows else None,
        "persons": record.get("subject_total", max(record.get("subjects", {}).values(), default=None)),
        "receipt": record["receipt"],
    }
