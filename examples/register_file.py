"""Writes the settings of a delivered file: what it is in, what stands between its cells, and its key.

Usage: python register_file.py FILE [KEY]; without KEY the first column of .csv and .jsonl names a row.
"""

import csv
import json
import sys
from pathlib import Path

SEPARATORS = {",": ",", ";": ";", "\t": "tab", "|": "|"}


def settings(file: Path, key: str) -> dict[str, object]:
    """Return the section `source` of a manifest, without its kind, for one file."""
    written = file.suffix.removeprefix(".")
    told = {"path": f"${{DEPARTMENT_FOLDER}}/{file.name}", "format": written}
    first = ""
    if written in ("csv", "jsonl"):
        encoding, line = first_line(file)
        told["encoding"] = encoding
        if written == "csv":
            separator = max(SEPARATORS, key=line.count)
            told["separator"] = SEPARATORS[separator]
            first = next(csv.reader([line], delimiter=separator))[0]
        else:
            first = next(iter(json.loads(line)))
    if not (key or first):
        raise SystemExit("KEY=column: which column of the file names one row?")
    return {"entities": {file.stem: {**told, "key": [key or first]}}}


def first_line(file: Path) -> tuple[str, str]:
    """Return what a text is in, UTF-8 or else GB18030, and its first line."""
    content = file.read_bytes()
    try:
        return "utf-8", content.decode("utf-8-sig").splitlines()[0]
    except UnicodeDecodeError:
        return "gb18030", content.decode("gb18030").lstrip("\ufeff").splitlines()[0]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(settings(Path(sys.argv[1]), sys.argv[2]), ensure_ascii=False))
