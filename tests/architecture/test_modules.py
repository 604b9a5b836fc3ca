"""Nothing happens at import, and no module keeps anything: what a part needs is handed to it."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.reading import functions, packaged, place, tree

DISPLAYS = (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp)
CONTAINERS = frozenset({"dict", "list", "set", "bytearray", "defaultdict", "deque", "Counter", "OrderedDict"})
READ_ONLY = frozenset({"Mapping", "Sequence", "Set", "AbstractSet", "Collection", "Final"})
DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
QUIET = (ast.Import, ast.ImportFrom, *DEFINES)

ACTS_AT_IMPORT: dict[str, str] = {
    "govgraph/migrations/env.py": "Alembic runs this file for what it does",
}
"""Modules that do something when they are imported, each with its reason."""


def is_mutable(value: ast.expr | None) -> bool:
    """Return whether an expression makes something that can change later."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name | ast.Attribute):
        name = value.func.id if isinstance(value.func, ast.Name) else value.func.attr
        return name in CONTAINERS
    return isinstance(value, DISPLAYS)


def outer_name(annotation: ast.expr) -> str:
    """Return the name an annotation begins with: `Mapping` of `Mapping[str, int]`."""
    bare = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return ast.unparse(bare).rsplit(".", maxsplit=1)[-1]


def is_writable(node: ast.AnnAssign) -> bool:
    """Return whether an annotated name holds a container that its type lets others change."""
    return is_mutable(node.value) and outer_name(node.annotation) not in READ_ONLY


def states(module: ast.Module) -> Iterator[str]:
    """Yield the names of a module that hold something another part could change."""
    for node in module.body:
        if isinstance(node, ast.Assign) and is_mutable(node.value):
            yield from (name for name in map(ast.unparse, node.targets) if name != "__all__")
        elif isinstance(node, ast.AnnAssign) and is_writable(node):
            yield ast.unparse(node.target)


def is_main_guard(node: ast.stmt) -> bool:
    """Return whether a statement is `if __name__ == "__main__":` or `if TYPE_CHECKING:`."""
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"__name__ == '__main__'", "TYPE_CHECKING"}


def acts(module: ast.Module) -> list[int]:
    """Return the lines at which a module does something beside defining."""
    return [
        node.lineno
        for node in module.body
        if not isinstance(node, QUIET)
        and not is_main_guard(node)
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        and not (hasattr(ast, "TypeAlias") and isinstance(node, ast.TypeAlias))
    ]


def test_no_module_holds_something_that_can_change() -> None:
    assert not {f"{place(path)}:{name}" for path in packaged() for name in states(tree(path))}


def test_nothing_happens_at_import() -> None:
    found = {place(path): acts(tree(path)) for path in packaged() if acts(tree(path))}
    assert {name: lines for name, lines in found.items() if name not in ACTS_AT_IMPORT} == {}


def test_no_function_reaches_for_a_global_to_change_it() -> None:
    found = {
        f"{place(path)}:{node.lineno}"
        for path in packaged()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Global)
    }
    assert not found


def test_an_init_file_is_a_docstring_and_nothing_else() -> None:
    for path in packaged():
        if path.name == "__init__.py":
            body = tree(path).body
            assert len(body) == 1, place(path)
            assert ast.get_docstring(tree(path)), place(path)


def test_every_module_says_what_it_is_for() -> None:
    assert not [place(path) for path in packaged() if not ast.get_docstring(tree(path))]


def is_public(name: str) -> bool:
    """Return whether a dotted name has no private and no inner part."""
    return not any(part.startswith("_") for part in name.split("."))


def test_every_public_class_has_a_docstring() -> None:
    found = [
        f"{place(path)}:{node.name}"
        for path in packaged()
        for node in tree(path).body
        if isinstance(node, ast.ClassDef) and is_public(node.name) and not ast.get_docstring(node)
    ]
    assert not found


def test_every_public_function_says_what_comes_out() -> None:
    found = []
    for path in packaged():
        named = dict(functions(path))
        for name, node in named.items():
            inside_function = any(name.startswith(f"{other}.") for other in named)
            if is_public(name) and not inside_function and not ast.get_docstring(node):
                found.append(f"{place(path)}:{name}")
    assert not found


def test_tests_are_no_package() -> None:
    assert not [place(path) for path in (packaged()[0].parent.parent / "tests").rglob("__init__.py")]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("CACHE = {}", ["CACHE"]),
        ("SEEN: set[str] = set()", ["SEEN"]),
        ("TABLE: Mapping[str, int] = {'a': 1}", []),
        ("NAMES = ('a', 'b')", []),
        ("__all__ = ['a']", []),
    ],
)
def test_state_is_told_from_a_table(source: str, names: list[str]) -> None:
    assert list(states(ast.parse(source))) == names
