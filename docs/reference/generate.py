"""Writes the reference pages from the code, so that they cannot say anything else.

Usage: python docs/reference/generate.py (or `make docs`). `tests/docs` fails where a page differs.
"""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

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


def modules() -> Iterator[str]:
    """Yield the dotted name of every module of the seven packages, migrations apart."""
    for package in PACKAGES:
        yield package
        for found in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not found.name.startswith(UNREAD):
                yield found.name


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
            lines += [(inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " "), ""]
        first = kinds[-1]
        lines += [f"Kind `{first.kind}`, status {first.status}, from `{first.__module__}`."]  # type: ignore[attr-defined]
        remedies = dict.fromkeys(kind.remedy for kind in kinds if kind.remedy)  # type: ignore[attr-defined]
        lines += ["", "What to do: " + " ".join(remedies)] if remedies else []
    return "\n".join(lines) + "\n"


def page_of(name: str) -> Callable[[], str]:
    """Return what writes the page of the module `docs.reference.<name>`, imported when it is written."""
    return lambda: str(importlib.import_module(f"docs.reference.{name}").written())


PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference/settings.md": settings_page,
    "docs/reference/errors.md": errors_page,
    "docs/reference/command-line.md": page_of("commands_page"),
    "docs/reference/metrics.md": page_of("metrics_page"),
    "docs/audit-events.md": page_of("records_page"),
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
