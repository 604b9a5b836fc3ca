"""What each seat is shown of a record; the audit administrator alone sees the whole."""

from collections.abc import Collection, Mapping
from typing import Any, Final

CASE: Final = "case_number"
ASKING: Final = (
    "index",
    "receipt",
    "time",
    "part",
    "client",
    "role",
    "end_user",
    "assurance",
    CASE,
    "purpose",
)
"""Members that say who asked, when and what for."""
DECIDED: Final = ("outcome", "codes", "level", "subject_total", "bulk", "keys_in_sequence")
CHANGED: Final = ("kind", "event", "phase", "subject", "detail")


def for_department(leaf: Mapping[str, Any], own: Collection[str], department: str) -> dict[str, Any]:
    """Return a record as the owner of the types `own` sees it: its own fields, rows and persons, no others'.

    Whether the request failed elsewhere, how sensitive other fields were and which grants opened them
    is not told.
    """
    shown = {name: leaf[name] for name in ASKING if name in leaf}
    shown["outcome"] = "refused" if leaf.get("outcome") == "refused" else _outcome(leaf, department)
    coordinates = leaf.get("coordinates", {})
    if fields := {use: kept for use, names in coordinates.items() if (kept := _owned(names, own))}:
        shown["coordinates"] = fields
    for member in ("rows", "subjects"):
        if counts := {name: count for name, count in leaf.get(member, {}).items() if name in own}:
            shown[member] = counts
    return shown


def for_security(leaf: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as the security administrator sees it behind an alert: grant, fields, counts.

    The case and the operation are not told, nor the case that a search or a hold was for: they lead to
    the persons a record is about.
    """
    members = [name for name in (*ASKING, *DECIDED, *CHANGED) if name != CASE]
    shown = {name: leaf[name] for name in members if name in leaf}
    if "detail" in shown:
        shown["detail"] = {part: value for part, value in shown["detail"].items() if part != CASE}
    for member in ("grants", "coordinates", "rows", "subjects", "sources"):
        if member in leaf:
            shown[member] = leaf[member]
    return shown


def _outcome(leaf: Mapping[str, Any], department: str) -> str:
    told: str = leaf.get("sources", {}).get(department, "answered")
    return told


def _owned(names: Any, own: Collection[str]) -> Any:
    if isinstance(names, Mapping):
        return {name: mask for name, mask in names.items() if _type_of(name) in own}
    return [name for name in names if _type_of(name) in own]


def _type_of(coordinate: str) -> str:
    return coordinate.partition(".")[0]
