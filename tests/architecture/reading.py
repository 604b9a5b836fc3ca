"""Reads the source of the project, for tests that look at the code and not at what it does."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("govgraph", "audit", "auth", "connectors", "schema", "resolvers", "server")
OTHER_FOLDERS = ("tests", "examples", "benchmarks", "docs")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def packaged() -> tuple[Path, ...]:
    """Return every Python file of the seven packages, sorted."""
    return tuple(sorted(path for name in PACKAGES for path in (ROOT / name).rglob("*.py")))


@cache
def written() -> tuple[Path, ...]:
    """Return every Python file that a person maintains: packages, tests, examples, benchmarks."""
    others = (path for name in OTHER_FOLDERS for path in (ROOT / name).rglob("*.py"))
    return tuple(sorted([*packaged(), *others]))


def place(path: Path) -> str:
    """Return a path as it is written from the root of the project: `auth/rights.py`."""
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[tuple[str, Function]]:
    """Yield each function of a file, nested ones too, with the names it stands in: `Log.append`."""

    def below(node: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[str, Function]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function | ast.ClassDef):
                inner = (*names, child.name)
                if isinstance(child, Function):
                    yield ".".join(inner), child
                yield from below(child, inner)
            else:
                yield from below(child, names)

    return below(tree(path), ())
