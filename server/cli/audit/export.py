"""`govgraph audit export`: records for an outsider, with proofs that need nobody's word, or as CSV."""

import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Final

from anyio import to_thread

from audit.export import head_line, record_line
from audit.proofs import inclusion_path
from server.cli.audit.asking import SEARCH, read_person
from server.cli.audit.options import Searching
from server.cli.audit.remote_log import RemoteLog
from server.cli.connection import Connection, Target, connected
from server.cli.output import print_json, print_line
from server.cli.settings import read_settings
from server.cli.texts import text
from server.home import write_private
from server.tables.csv_text import csv_bytes

AT_ONCE: Final = 500
COLUMNS: Final = {
    "index": "Long",
    "time": "String",
    "kind": "String",
    "event": "String",
    "client": "String",
    "role": "String",
    "end_user": "String",
    "department": "String",
    "case_number": "String",
    "purpose": "String",
    "grants": "String",
    "subject": "String",
    "outcome": "String",
    "codes": "String",
    "level": "String",
    "fields": "String",
    "rows": "Long",
    "persons": "Long",
    "sources": "String",
    "receipt": "String",
}
"""The columns of the CSV and their types."""


async def export(asked: Searching, form: str, out: Path | None, json: bool) -> None:
    """Write every record that fits, the newest first; each page that is read is recorded."""
    parts = {**asked.parts, **({"person": read_person()} if asked.person else {})}
    async with connected(Target(asked.server, asked.acting), read_settings()) as control:
        found = [record async for record in _found(control, parts)]
        content = await (_proved(control, found) if form == "jsonl" else _table(found))
    if out is None:
        await to_thread.run_sync(sys.stdout.buffer.write, content)
        return
    write_private(out, content)
    if json:
        print_json({"file": str(out), "records": len(found)})
    else:
        print_line(text("exported", file=out))


async def _found(control: Connection, parts: Mapping[str, str]) -> AsyncIterator[dict[str, Any]]:
    after: str | None = ""
    while after is not None:
        page = (await control.ask(SEARCH, s=parts, n=AT_ONCE, a=after))["page"]
        for record in page["records"]:
            yield record
        after = page["cursor"]


async def _proved(control: Connection, found: list[dict[str, Any]]) -> bytes:
    """Return the records with the paths to the root of a checkpoint that was signed after them."""
    log = RemoteLog(control.http, control.token)
    note = await log.note()
    size = int(note.split("\n")[1])
    lines = [head_line(note)]
    for record in found:
        leaf = {name: value for name, value in record.items() if name != "index"}
        lines.append(record_line(record["index"], leaf, await inclusion_path(log, record["index"], size)))
    return b"".join(lines)


async def _table(found: list[dict[str, Any]]) -> bytes:
    rows = [[_cell(record, name) for name in COLUMNS] for record in found]
    return csv_bytes(list(COLUMNS), list(COLUMNS.values()), rows)


def _cell(record: Mapping[str, Any], name: str) -> Any:
    match name:
        case "fields":
            return " ".join(
                sorted({one for names in record.get("coordinates", {}).values() for one in names})
            )
        case "rows":
            return sum(record["rows"].values()) if "rows" in record else None
        case "persons":
            return record.get("subject_total")
        case _:
            value = record.get(name)
            return " ".join(value) if isinstance(value, list | dict) else value
