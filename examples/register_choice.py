"""Chooses what `register-a-source.sh` grants: a resource found by a key that is shown, and two of its fields.

Usage: python register_choice.py DRAFT.json PREVIEW.json; writes the choice as JSON.
"""

import json
import sys
from pathlib import Path
from typing import Any

CALLER = "default"


def choices(draft: dict[str, Any], preview: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return every choice: a key without a mask whose value the preview showed, and a field with a mask."""
    found = []
    for seen in (one for one in preview if one["caller"] == CALLER and one["rows"]):
        row, masks = seen["rows"][0], seen["masks"]
        keys = [one["name"] for one in proposed(draft, row) if one["key"]]
        shown = [name for name in keys if name not in masks and row[name] is not None]
        hidden = [name for name in masks if row.get(name) is not None]
        if len(keys) == 1 and shown and hidden:
            found.append(choice(seen["resource"], shown[0], hidden[0], str(row[shown[0]])))
    return found


def proposed(draft: dict[str, Any], row: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the proposed fields that a row has."""
    fields: list[dict[str, Any]] = draft["fields"]
    return [one for one in fields if one["name"] in row]


def choice(resource: str, key: str, masked: str, value: str) -> dict[str, str]:
    """Return one choice with its question."""
    root = resource[0].lower() + resource[1:]
    question = f"{{ {root}({key}: {json.dumps(value, ensure_ascii=False)}) {{ {key} {masked} }} }}"
    return {"resource": resource, "open": key, "masked": masked, "query": question}


def main() -> int:
    """Write the first choice and return 0; 1 where there is none."""
    draft, preview = (json.loads(Path(name).read_text(encoding="utf-8")) for name in sys.argv[1:3])
    found = choices(draft, preview)
    print(json.dumps(found[0], ensure_ascii=False) if found else "No resource has a shown key and a mask.")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
