"""Names say what a thing is; words that fit anything say nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.reading import ROOT, place, tree, written

BANNED = frozenset({"manager", "helper", "util", "handler", "service", "info", "process", "common", "base"})

GIVEN: dict[str, str] = {
    "examples/city/services": "the folder holds what a department runs: a service, in the sense of the word",
    "server/control/view.py:process_result": "Strawberry calls its view by this name",
    "server/control/view.py:process_errors": "Strawberry calls its schema by this name",
}
"""Names that someone else fixed, each with who did."""


def words(name: str) -> set[str]:
    """Return the words of a name in small letters, plurals as singulars: `baseURLs` is base, url."""
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)
    return {part.lower() for part in parts} | {part.lower().removesuffix("s") for part in parts}


def targets(node: ast.AST) -> Iterator[str]:
    """Yield the names that one node of the tree introduces."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.arg(arg=name) | ast.ExceptHandler(name=str(name)):
            yield name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            yield name
        case ast.alias(asname=str(name)):
            yield name
        case _:
            return


def introduced(path: Path) -> set[str]:
    """Return every name a file introduces, its own among them."""
    return {path.stem} | {name for node in ast.walk(tree(path)) for name in targets(node)}


def test_no_name_is_a_word_that_fits_anything() -> None:
    found = {
        f"{place(path)}:{name}" for path in written() for name in introduced(path) if words(name) & BANNED
    }
    assert found <= set(GIVEN)


def folders() -> set[Path]:
    """Return every folder that holds a file of ours, up to the root."""
    return {folder for path in written() for folder in path.parents if folder.is_relative_to(ROOT)} - {ROOT}


def test_no_folder_is_named_with_a_word_that_fits_anything() -> None:
    assert {place(folder) for folder in folders() if words(folder.name) & BANNED} <= set(GIVEN)


def test_a_banned_word_is_found_inside_a_longer_name() -> None:
    assert words("SessionManager") & BANNED
    assert words("date_utils") & BANNED
    assert not words("database") & BANNED
    assert not words("information") & BANNED
