"""The page on what the log keeps, from its records, and from where events are recorded in the code."""

import ast
import dataclasses
import inspect
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import yaml

from audit import leaf, record
from auth.roles import Duty
from docs.reference import sample_leaf
from docs.reference.generate import PACKAGES, ROOT

EVENTS: Mapping[str, str] = yaml.safe_load(
    (Path(__file__).parent / "events.yaml").read_text(encoding="utf-8")
)
"""What each event that is not an access stands for."""


def written() -> str:
    """Return the page."""
    lines = ["# What the log keeps", "", _told(record), "", f"Format number: {record.FORMAT}."]
    for kind in (record.AccessRecord, record.ManagementRecord, record.SystemRecord, record.Coordinates):
        lines += ["", f"## {kind.__name__}", "", _told(kind), "", "| Field | Type |", "| --- | --- |"]
        lines += [f"| `{field.name}` | `{_type(field.type)}` |" for field in dataclasses.fields(kind)]
    lines += ["", "## Events", "", "| Event | When |", "| --- | --- |"]
    lines += [f"| `{event}` | {EVENTS.get(event, 'not described yet')} |" for event in sorted(events())]
    lines += ["", "A refused attempt is recorded under the duty that was missing:", "", _values(Duty)]
    lines += [
        "",
        "## The leaf",
        "",
        _told(leaf),
        "",
        f"At most {leaf.LARGEST:,} bytes.",
        *sample_leaf.written(),
    ]
    for words in (record.Outcome, record.Part):
        lines += ["", f"## {words.__name__}", "", _told(words), "", _values(words)]
    return "\n".join(lines) + "\n"


def events() -> set[str]:
    """Return the name of every event that the code records beside accesses."""
    found: set[str] = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    found |= _named_event(node)
    return found


def _named_event(call: ast.Call) -> set[str]:
    name = ast.unparse(call.func).rsplit(".", maxsplit=1)[-1]
    place = {"Change": 0, "refused": 0, "SystemRecord": 2, "_tell": 1, "push_async_callback": 2}.get(name)
    if place is None:
        return set()
    given = call.args[place : place + 1] + [one.value for one in call.keywords if one.arg == "event"]
    return {str(one.value) for one in given if isinstance(one, ast.Constant)}


def _type(annotation: object) -> str:
    return (
        getattr(annotation, "__name__", str(annotation)) if isinstance(annotation, type) else str(annotation)
    )


def _values(words: type[StrEnum]) -> str:
    return " · ".join(f"`{word.value}`" for word in words)


def _told(subject: object) -> str:
    return inspect.getdoc(subject) or ""
