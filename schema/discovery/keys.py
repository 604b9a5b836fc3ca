"""Which fields find one row, whom a row is about, and when it was changed."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from schema.discovery.classifying import Classified
from schema.discovery.looking import Looked

FEWEST = 10
"""Rows that have to differ before a column that declares nothing is believed to be a key."""
LIKELY = (
    "id",
    "idNo",
    "uscc",
    "recordNo",
    "certificateNo",
    "licenseNo",
    "caseNo",
    "unitNo",
    "code",
    "plateNo",
)
NEVER = frozenset(
    {"PersonName", "Address", "Decimal", "Boolean", "Phone", "EmailAddress", "DateTime", "Bytes"}
)
WIDEST = 8
"""Columns among which a key of two is looked for."""


def key_of(looked: Looked, fields: Mapping[str, Classified]) -> tuple[tuple[str, ...], str]:
    """Return the columns of the key and why; no columns where none can be told."""
    if looked.entity.key:
        return looked.entity.key, "the source declares it as its key"
    rows = looked.rows
    if len(rows) < FEWEST:
        return (), ""
    candidates = sorted(
        (column for column, field in fields.items() if field.type not in NEVER and _filled(rows, (column,))),
        key=lambda column: _rank(column, fields[column]),
    )
    for size in (1, 2):
        for chosen in combinations(candidates[:WIDEST], size):
            if _differ(rows, chosen) and not _repeats(_only(chosen), looked):
                return chosen, _proof(looked, chosen)
    return (), ""


def _only(columns: tuple[str, ...]) -> str:
    return columns[0] if len(columns) == 1 else ""


def _repeats(column: str, looked: Looked) -> bool:
    """Return whether the source counted fewer different values of a column than it has rows."""
    return column in looked.different and looked.different[column] != looked.total


def _proof(looked: Looked, key: tuple[str, ...]) -> str:
    if looked.different.get(_only(key), -1) == looked.total:
        return f"it differs in all {looked.total} rows; no key is declared"
    return f"it differs in all {len(looked.rows)} rows that were seen; no key is declared"


def _rank(column: str, field: Classified) -> tuple[int, str]:
    order = LIKELY.index(field.name) if field.name in LIKELY else len(LIKELY)
    return order + (field.type == "Date") * 5, column


def _filled(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bool:
    return all(row.get(column) not in (None, "") for row in rows for column in columns)


def _differ(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bool:
    return len({tuple(str(row.get(column)).strip() for column in columns) for row in rows}) == len(rows)


def subject_of(fields: Mapping[str, Classified], key: Sequence[str]) -> tuple[str, str]:
    """Return the column with the identity number of the person a row is about, '' where none is; and why.

    A number that belongs to somebody's name with a part before it (the partner's, the legal
    representative's) is another person's.
    """
    numbers = [column for column, field in fields.items() if field.type == "IdNumber"]
    own = [column for column in numbers if fields[column].name == "idNo"]
    in_key = [column for column in own or numbers if column in key]
    for found, why in ((in_key, "it is part of the key"), (own, "it is the row's own identity number")):
        if len(found) == 1:
            return found[0], why
    return "", ""


def deleted_by(fields: Mapping[str, Classified]) -> str:
    """Return the column that marks deleted rows, '' where none is named so."""
    return next((column for column, field in fields.items() if field.name == "deleted"), "")


def changed_at(fields: Mapping[str, Classified]) -> str:
    """Return the column with the moment of a row's last change, '' where none is named so."""
    named = [column for column, field in fields.items() if field.name == "changedAt"]
    return next((column for column in named if fields[column].type in ("DateTime", "Date", "Text")), "")
