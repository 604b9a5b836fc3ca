"""The schema of what an operation answers, out of the example that stands in place of one."""

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from connectors.rest.openapi.references import Document

DEEPEST = 6
MOST_MEMBERS = 500  # of one object
KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "boolean"),
    ((int, float), "number"),
    (str, "string"),
)
Schema = Mapping[str, Any]


def schema_of_example(document: Document, content: Mapping[str, Any]) -> Schema:
    """Return the schema that the first example of a content has; `{}`, which is anything, without one.

    A number of an example may be whole by chance, so it is a `number`; what is null may be anything.
    """
    named = document.member(content, "examples").values()
    shown = [content.get("example"), *(document.resolved(one).get("value") for one in islice(named, 1))]
    return next((_schema(_parsed(one), 0) for one in shown if one is not None), {})


def _parsed(example: Any) -> Any:
    """Return an example that is written as JSON text as what it says."""
    try:
        return json.loads(example) if isinstance(example, str) else example
    except (ValueError, RecursionError):
        return None


def _schema(value: Any, depth: int) -> Schema:
    within = depth < DEEPEST
    if isinstance(value, list) and within:
        return {"type": "array", "items": _schema(value[0], depth + 1) if value else {}}
    if isinstance(value, dict) and within:
        members = islice(value.items(), MOST_MEMBERS)
        shown = {str(name): _schema(one, depth + 1) for name, one in members}
        return {"type": "object", "properties": shown}
    kind = next((name for types, name in KINDS if isinstance(value, types)), None)
    return {} if kind is None else {"type": kind}
