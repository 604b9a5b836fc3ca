"""The error family: drawn at the top of its file, named by codes that never change."""

import ast
import re

from tests.architecture.reading import packaged, place, tree

ERRORS = [path for path in packaged() if path.name == "errors.py"]


def classes(module: ast.Module) -> list[ast.ClassDef]:
    return [node for node in module.body if isinstance(node, ast.ClassDef)]


def is_error(node: ast.ClassDef) -> bool:
    return any(ast.unparse(parent).endswith("Error") for parent in node.bases)


def test_every_errors_file_opens_with_its_tree() -> None:
    for path in ERRORS:
        drawn = ast.get_docstring(tree(path)) or ""
        assert "└──" in drawn, place(path)
        missing = [node.name for node in classes(tree(path)) if is_error(node) and node.name not in drawn]
        assert not missing, (place(path), missing)


def test_every_error_is_named_as_one_or_as_a_refusal() -> None:
    found = [
        f"{place(path)}:{node.name}"
        for path in packaged()
        for node in classes(tree(path))
        if any(ast.unparse(parent).endswith(("Error", "Exception")) for parent in node.bases)
        and not node.name.startswith("_")
        and not node.name.endswith(("Error", "Refusal"))
    ]
    assert not found


def test_every_code_is_written_in_capitals() -> None:
    for path in ERRORS:
        for node in ast.walk(tree(path)):
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id="code")], value=ast.Constant(value=code))
                    | ast.AnnAssign(target=ast.Name(id="code"), value=ast.Constant(value=code))
                ):
                    assert re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", str(code)), (place(path), code)
                case _:
                    continue


def test_no_exception_is_swallowed_in_silence() -> None:
    found = [
        f"{place(path)}:{node.lineno}"
        for path in packaged()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler) and [ast.unparse(line) for line in node.body] == ["pass"]
    ]
    assert not found
