"""What the documents tell a reader to type can be typed."""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from graphql import parse

from docs.reference.commands_page import commands
from docs.reference.generate import ROOT
from schema.manifest import inspect_manifest

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]


def blocks(path: Path, language: str) -> list[str]:
    """Return the fenced blocks of a language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def typed(path: Path) -> list[str]:
    """Return every use of the command line, in blocks and in running text; those with `…` are no samples."""
    text = path.read_text(encoding="utf-8")
    found = re.findall(r"^govgraph .*$", text, re.MULTILINE) + re.findall(r"`(govgraph [^`]+)`", text)
    return [line for line in found if "…" not in line]


def complaint(line: str) -> str:
    """Return what is wrong with a command, or nothing."""
    words = shlex.split(line, comments=True)
    known = commands()
    name = next((" ".join(words[:n]) for n in (3, 2) if " ".join(words[:n]) in known), "")
    if not name:
        return "" if any(other.startswith(" ".join(words)) for other in known) else f"no such command: {line}"
    options = {option for one in known[name].params for option in one.opts if one.param_type_name == "option"}
    wrong = [word for word in words if word.startswith("--") and word not in options | {"--help"}]
    return f"no such option: {wrong} in {line}" if wrong else ""


@pytest.mark.parametrize("name", NAMES)
def test_every_command_exists_with_its_options(name: str) -> None:
    assert not [complaint(line) for line in typed(ROOT / name) if complaint(line)]


def test_a_command_that_does_not_exist_is_noticed() -> None:
    assert complaint("govgraph catalog burn")
    assert complaint("govgraph audit verify --trust-me")
    assert not complaint("govgraph audit verify --key audit.vkey")


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_of_yaml_and_json_can_be_read(name: str) -> None:
    for block in blocks(ROOT / name, "yaml"):
        assert yaml.safe_load(block)
    for block in blocks(ROOT / name, "json"):
        assert json.loads(block)


@pytest.mark.parametrize("name", NAMES)
def test_every_query_in_a_document_can_be_parsed(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for block in blocks(ROOT / name, "graphql"):
        assert parse(block)
    for written in re.findall(r"""-d '(\{"query".*?\})'$""", text, re.MULTILINE):
        assert parse(json.loads(written)["query"])


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_file(name: str) -> None:
    folder = (ROOT / name).parent
    links = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / name).read_text(encoding="utf-8"))
    assert not [link for link in links if not (folder / link).exists()]


ROOMS = "govgraph|audit|auth|connectors|schema|resolvers|server|tests|docs|examples|benchmarks|deploy"
NOT_HERE = frozenset({"deploy/.env", "audit/log.db", "tests/test_connector.py"})
"""Paths of what a reader makes: settings of their own, a home, a connector's project."""


@pytest.mark.parametrize("name", NAMES)
def test_every_path_that_is_named_exists(name: str) -> None:
    named = (
        set(re.findall(rf"`((?:{ROOMS})/[\w./-]+)`", (ROOT / name).read_text(encoding="utf-8"))) - NOT_HERE
    )
    assert not [path for path in named if not (ROOT / path).exists() and not (ROOT / f"{path}.py").exists()]


@pytest.mark.parametrize("name", NAMES)
def test_every_target_of_make_that_is_named_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets


MANIFESTS = [
    (name, block)
    for name in NAMES
    for block in blocks(ROOT / name, "yaml")
    if block.startswith("manifest: 1")
]


@pytest.mark.parametrize(("name", "block"), MANIFESTS)
def test_every_sample_of_a_manifest_is_one(name: str, block: str) -> None:
    draft, problems = inspect_manifest(block, name)
    assert not problems
    assert draft is not None


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs/decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert MANIFESTS
    assert not [path.name for path in folder.glob("0*.md") if f"]({path.name})" not in listed]
