"""Writes the reference pages from the code, so that they cannot say anything else.

Usage: python docs/reference/generate.py (or `make docs`). `tests/docs` fails where a page differs.
"""

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("govgraph", "audit", "auth", "connectors", "schema", "resolvers", "server")
UNREAD = ("govgraph.migrations.",)

SETTINGS_HEAD = """# Settings

Each setting is one environment variable. A value that breaks a rule stops the start with `SETTINGS_REFUSED`,
which names the setting; nothing is guessed."""

ERRORS_HEAD = """# Error codes

A code never changes its meaning. In an answer it stands in `errors[].extensions.code`, beside the kind:

- `caller`: change the request; `source_retry`: ask again;
- `source_fatal`: the department must act; `platform`: the operator must act.

The status is that of a whole request that is refused with this code; an error on one field leaves the status
of the answer at 200."""


COMMANDS_HEAD = """# Command line

Commands that read or change state call the server that runs on this home, through the control graph;
`--server` names one on another machine. Only where no server runs do they open the stores, under one lock.
Output is for people, `--json` for scripts. Exit codes: 0 done, 1 refused or failed (the coded error is on
standard error), 2 wrong usage."""


EVENTS: Mapping[str, str] = yaml.safe_load(
    (Path(__file__).parent / "events.yaml").read_text(encoding="utf-8")
)
"""What each event that is not an access stands for."""


def modules() -> Iterator[str]:
    """Yield the dotted name of every module of the seven packages, migrations apart."""
    for package in PACKAGES:
        yield package
        for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not found.name.startswith(UNREAD):
                yield found.name


def paragraphs(subject: object) -> str:
    """Return a docstring without its indentation and without the part on arguments."""
    return (inspect.getdoc(subject) or "").split("\n\nArgs:")[0]


def settings_page() -> str:
    """Return the page on settings."""
    from govgraph.settings import Settings  # noqa: PLC0415 - pages are written one at a time

    lines = [SETTINGS_HEAD]
    for name, field in Settings.model_fields.items():
        default = "empty" if field.default in ("", None) else f"`{field.default}`"
        bounds = ", ".join(sorted(_bound(rule) for rule in field.metadata if _bound(rule)))
        lines += [
            "",
            f"## `GOVGRAPH_{name.upper()}`",
            "",
            field.description or "",
            "",
            f"Default: {default}.",
        ]
        lines += [f"Bounds: {bounds}."] if bounds else []
    return "\n".join(lines) + "\n"


def _bound(rule: object) -> str:
    signs = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than", "pattern": "matches"}
    for attribute, words in signs.items():
        value = getattr(rule, attribute, None)
        if value is not None:
            return f"{words} `{value}`"
    return ""


def error_classes() -> Mapping[str, list[type]]:
    """Return every class of the error family by its code, nearest to the root first."""
    from govgraph.errors import GovGraphError  # noqa: PLC0415

    for name in modules():
        importlib.import_module(name)
    found: dict[str, list[type]] = {}
    for kind in sorted(
        _family(GovGraphError), key=lambda kind: (len(kind.__mro__), kind.__module__, kind.__name__)
    ):
        if kind.__module__.split(".")[0] in PACKAGES:
            found.setdefault(kind.code, []).append(kind)  # type: ignore[attr-defined]
    return dict(sorted(found.items()))


def _family(kind: type) -> set[type]:
    return {kind}.union(*(_family(child) for child in kind.__subclasses__()))


def errors_page() -> str:
    """Return the page on error codes."""
    lines = [ERRORS_HEAD]
    for code, kinds in error_classes().items():
        lines += ["", f"## `{code}`", ""]
        for kind in kinds:
            lines += [paragraphs(kind).split("\n\n")[0].replace("\n", " "), ""]
        first = kinds[-1]
        lines += [f"Kind `{first.kind}`, status {first.status}, from `{first.__module__}`."]  # type: ignore[attr-defined]
        remedies = dict.fromkeys(kind.remedy for kind in kinds if kind.remedy)  # type: ignore[attr-defined]
        lines += ["", "What to do: " + " ".join(remedies)] if remedies else []
    return "\n".join(lines) + "\n"


def records_page() -> str:
    """Return the page on what the log keeps."""
    from audit import leaf, record  # noqa: PLC0415
    from auth.roles import Duty  # noqa: PLC0415
    from docs.reference import sample_leaf  # noqa: PLC0415

    lines = ["# What the log keeps", "", paragraphs(record), "", f"Format number: {record.FORMAT}."]
    for kind in (record.AccessRecord, record.ManagementRecord, record.SystemRecord, record.Coordinates):
        lines += ["", f"## {kind.__name__}", "", paragraphs(kind), "", "| Field | Type |", "| --- | --- |"]
        lines += [f"| `{field.name}` | `{_type(field.type)}` |" for field in dataclasses.fields(kind)]
    lines += ["", "## Events", "", "| Event | When |", "| --- | --- |"]
    lines += [f"| `{event}` | {EVENTS.get(event, 'not described yet')} |" for event in sorted(events())]
    lines += ["", "A refused attempt is recorded under the duty that was missing:", "", _values(Duty)]
    lines += [
        "",
        "## The leaf",
        "",
        paragraphs(leaf),
        "",
        f"At most {leaf.LARGEST:,} bytes.",
        *sample_leaf.written(),
    ]
    for words in (record.Outcome, record.Part):
        lines += ["", f"## {words.__name__}", "", paragraphs(words), "", _values(words)]
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
    place = {"Change": 0, "refused": 0, "SystemRecord": 2}.get(name)
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


def commands() -> Mapping[str, Any]:
    """Return every command of the command line by its words: `govgraph catalog check`."""
    from typer.main import get_command  # noqa: PLC0415

    from server.cli.main import program  # noqa: PLC0415

    found: dict[str, Any] = {}

    def gather(words: str, command: Any) -> None:
        if hasattr(command, "commands"):
            for name, inner in command.commands.items():
                gather(f"{words} {name}", inner)
        else:
            found[words] = command

    gather("govgraph", get_command(program()))
    return found


def commands_page() -> str:
    """Return the page on the command line."""
    lines = [COMMANDS_HEAD]
    for words, command in commands().items():
        given = [one for one in command.params if one.param_type_name == "argument"]
        options = [one for one in command.params if one.param_type_name == "option"]
        usage = " ".join([words, *(_argument(one) for one in given), "[options]"])
        lines += ["", f"## `{words}`", "", command.help or "", "", "```text", usage, "```", ""]
        lines += [f"- `{_argument(one)}`: {one.help}" for one in given]
        lines += [f"- `{' '.join(one.opts)}`: {one.help}" for one in options]
    return "\n".join(lines) + "\n"


def metrics_page() -> str:
    """Return the page on metrics."""
    from docs.reference import metrics_page as page  # noqa: PLC0415

    return page.written()


def _argument(one: Any) -> str:
    name = one.name.upper() + ("..." if one.nargs == -1 else "")
    return name if one.required else f"[{name}]"


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/settings.md": settings_page,
    "docs/reference/errors.md": errors_page,
    "docs/reference/command-line.md": commands_page,
    "docs/reference/metrics.md": metrics_page,
    "docs/audit-events.md": records_page,
}
"""By path: the function that returns what the page must say."""


def main() -> int:
    """Write every page that differs and return 0; name what was written."""
    for path, page in PAGES.items():
        target = ROOT / path
        text = page()
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8")
            print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
