"""What is committed speaks of the project alone: no machine of ours, no registry, no outside address."""

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.reading import PACKAGES, ROOT, place

MACHINE = re.compile("|".join(("/" + "work/", "/" + "root/", "/" + r"home/[a-z]", r"[A-Z]:\\" + "Users")))
REGISTRY = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", "npm" + r"js\.", "arti" + "factory")))
SHIPPED = (".html", ".jinja", ".j2", ".css", ".js", ".svg")
OUTSIDE = re.compile(r"(?i)//(?!127\.0\.0\.1|localhost|www\.w3\.org/)[a-z0-9-]+\.[a-z]{2,}")
IGNORED = frozenset({".git", ".venv", ".govgraph", "__pycache__", "node_modules", "build", "dist"})


@cache
def committed() -> tuple[Path, ...]:
    """Return the text files of the project: those under version control, or all where there is none."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    names = listed.stdout.splitlines()
    found = [ROOT / name for name in names] if names else sorted(ROOT.rglob("*"))
    return tuple(path for path in found if path.is_file() and not IGNORED & set(path.relative_to(ROOT).parts))


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Return where a pattern occurs, as `file:line`."""
    found = []
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{place(path)}:{n}" for n, line in enumerate(text.splitlines(), 1) if pattern.search(line)]
    return found


def test_no_path_of_one_machine_is_committed() -> None:
    assert not lines_with(MACHINE)


def test_no_registry_is_named() -> None:
    assert not lines_with(REGISTRY)


def shipped() -> list[Path]:
    """Return every file of a page that goes into the wheel; what is under no version control does not."""
    found = [path for name in PACKAGES for path in (ROOT / name).rglob("*") if path.suffix in SHIPPED]
    return [path for path in found if not IGNORED & set(path.parts)]


def test_no_shipped_page_asks_anything_of_another_machine() -> None:
    assert not [place(path) for path in shipped() if OUTSIDE.search(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("address", ["https://cdn.example.net/a.js", "//fonts.example.com/f"])
def test_an_outside_address_is_noticed(address: str) -> None:
    assert OUTSIDE.search(address)
