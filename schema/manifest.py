"""A department's manifest, read from a file or from the store, with every problem at once."""

import re
from collections.abc import Mapping
from pathlib import Path

from schema.catalog import Department, Source
from schema.draft import Draft, Origin, ResourceDraft
from schema.errors import ManifestRefusedError, Problem
from schema.manifest_resources import read_resource
from schema.marked_yaml import Items, Node, Scalar, read_yaml
from schema.place import Place, Report
from schema.source_settings import source_problems
from schema.types import valid_credit_code

DEPARTMENT_KEY = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
WITH_PASSWORD = re.compile(r"://[^/\s@]*:[^/\s@]*@")


def read_manifest(path: Path) -> Draft:
    """Return the draft in a file. Raises `ManifestRefusedError` with all its problems."""
    return read_manifest_text(read_text(path), str(path))


def read_text(path: Path) -> str:
    """Return a file's text. Raises `ManifestRefusedError` where it cannot be read as UTF-8."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        missing = isinstance(error, OSError)
        what = "The file cannot be read" if missing else "The file is not UTF-8 text"
        remedy = "Check its name and rights." if missing else "Save it as UTF-8."
        raise ManifestRefusedError([Problem(str(path), 0, "", what, remedy, "FILE")]) from None


def read_manifest_text(text: str, file: str) -> Draft:
    """Return the draft in a text; `file` names it in problems."""
    draft, problems = inspect_manifest(text, file)
    if draft is None or problems:
        raise ManifestRefusedError(problems)
    return draft


def inspect_manifest(text: str, file: str) -> tuple[Draft | None, tuple[Problem, ...]]:
    """Return the draft as far as it could be read, and everything that is wrong with it."""
    reading = read_yaml(text, file)
    if reading.root is None:
        return None, reading.problems or (
            Problem(file, 1, "", "The file is empty", "Begin with `manifest: 1`.", "FILE"),
        )
    report = Report(file, list(reading.problems))
    draft = read_document(reading.root, report)
    report.problems += source_problems(draft, variables_of(draft.source.settings))
    return draft, report.ordered()


def read_document(root: Node, report: Report) -> Draft:
    """Return the draft in a tree; problems are added to the report."""
    keys = ("manifest", "department", "source", "resources")
    entry = Place(root, (), report, 1).table(keys, keys)
    if "manifest" in entry:
        entry["manifest"].one_of(("1",))
    department = _department(entry["department"]) if "department" in entry else Department("", "", "")
    source = _source(entry["source"], department.key) if "source" in entry else Source(department.key, "", {})
    resources: dict[str, ResourceDraft] = {}
    for name, place in (entry["resources"].entries() if "resources" in entry else {}).items():
        resources[name] = read_resource(name, place, department.key)
    return Draft(department, source, resources, Origin(report.file, report.lines))


def _department(place: Place) -> Department:
    entry = place.table(("key", "code", "title"), ("key", "code", "title"))
    key = entry["key"].matching(DEPARTMENT_KEY, "a key such as `civil-affairs`") if "key" in entry else ""
    code = entry["code"].text() if "code" in entry else ""
    if code and not valid_credit_code(code):
        entry["code"].refuse(
            "This is no valid unified social credit code", "Check the digits and the last one."
        )
    return Department(key, code, entry["title"].text() if "title" in entry else "")


def _source(place: Place, department: str) -> Source:
    entries = place.entries()
    if "kind" not in entries:
        place.refuse("The key `kind` is missing", "Add `kind: sql`, `files` or `rest`.")
        return Source(department, "", {})
    settings = {name: _setting(entry) for name, entry in entries.items() if name != "kind"}
    return Source(department, entries["kind"].matching(r"[a-z][a-z0-9-]*", "a kind such as `sql`"), settings)


def _setting(place: Place) -> object:
    """Return a setting as text, list or mapping of texts; a password in it is refused."""
    node = place.node
    if isinstance(node, Scalar):
        if WITH_PASSWORD.search(node.text):
            place.refuse(
                "A password stands in the address",
                "Store it as a secret and write `secret: department/name`.",
            )
        return node.text
    if isinstance(node, Items):
        return [_setting(item) for item in place.items()]
    return {name: _setting(entry) for name, entry in place.entries().items()}


def variables_of(settings: Mapping[str, object]) -> frozenset[str]:
    """Return the names written as `${NAME}` in a source's settings."""
    found: set[str] = set()
    pending: list[object] = [settings]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            pending += value.values()
        elif isinstance(value, list):
            pending += value
        elif isinstance(value, str):
            found.update(re.findall(r"\$\{([A-Z][A-Z0-9_]*)\}", value))
    return frozenset(found)
