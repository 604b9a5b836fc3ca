"""An answer as a table to save, or in JSON why there is none."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

import anyio
import orjson

from govgraph.errors import GovGraphError
from resolvers.envelope import entry
from resolvers.question import Answer
from resolvers.sheet import Sheet
from server.errors import TableIncompleteError
from server.tables.csv_text import csv_bytes
from server.tables.wanted import TableKind, Wanted, wanted_table
from server.tables.xlsx_file import xlsx_bytes

QUICK: Final = 50_000
"""Bytes of an answer that become a table at once; larger ones do in a worker thread."""
HEADERS: Final[Mapping[str, str]] = {
    "hasNextPage": "has-next-page",
    "hasPreviousPage": "has-previous-page",
    "startCursor": "start-cursor",
    "endCursor": "end-cursor",
    "totalCount": "total-count",
}
"""What a connection tells of its page, by the header that tells it beside a table."""
ENDINGS: Final[Mapping[TableKind, str]] = {TableKind.CSV: "csv", TableKind.XLSX: "xlsx"}


class TableResponse(NamedTuple):
    """A table as it goes out: status, headers and body."""

    status: int
    headers: list[tuple[bytes, bytes]]
    content: bytes


async def as_table(answer: Answer, accept: str) -> TableResponse | Answer:
    """Return the table that an answer makes; an answer that is refused or lacks a part stays one."""
    wanted, sheet, data = wanted_table(accept), answer.sheet, answer.data
    if wanted is None or sheet is None or data is None:
        return answer
    try:
        if answer.errors:
            raise TableIncompleteError("A source did not answer, so the table would lack a part")
        if len(data) <= QUICK:
            return table(answer, data, sheet, wanted)
        return await anyio.to_thread.run_sync(table, answer, data, sheet, wanted)
    except GovGraphError as error:
        errors = (entry(error), *answer.errors)
        return replace(answer, data=None, errors=errors, status=error.status, json_status=error.status)


def table(answer: Answer, data: bytes, sheet: Sheet, wanted: Wanted) -> TableResponse:
    """Return the data as a file to save, named after its root field."""
    values = orjson.loads(data)
    names = [column.titles if wanted.titles else column.names for column in sheet.columns]
    head, kinds = [".".join(parts) for parts in names], [column.kind for column in sheet.columns]
    if wanted.kind is TableKind.CSV:
        content = csv_bytes(head, kinds, sheet.rows(values))
    else:
        content = xlsx_bytes(head, kinds, sheet.rows(values), about(answer))
    headers = {
        "content-type": f"{wanted.kind}; charset=utf-8; header=present"
        if wanted.kind is TableKind.CSV
        else str(wanted.kind),
        "content-length": str(len(content)),
        "content-disposition": f'attachment; filename="{sheet.root}.{ENDINGS[wanted.kind]}"',
        "receipt": str(answer.extensions["govgraph"]["receipt"]),
        **answer.headers,
        **{HEADERS[name]: header(value) for name, value in sheet.told(values).items() if value is not None},
    }
    return TableResponse(answer.status, [(k.encode(), v.encode()) for k, v in headers.items()], content)


def about(answer: Answer) -> list[list[str]]:
    """Return what is said of an answer beside its data: receipt, purpose, grants, masks, row filters."""
    told = [
        (name, item)
        for name, value in answer.extensions["govgraph"].items()
        for item in (value if isinstance(value, list) else [value])
    ]
    return [[name, *map(str, item.values() if isinstance(item, dict) else [item])] for name, item in told]


def header(value: Any) -> str:
    """Return a value as a header says it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
