"""The wheel holds the seven packages and all they need, and works from a folder that is not this one."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.reading import PACKAGES, ROOT, packaged, place

OUTSIDE_TESTS = ("tests/expressions", "tests/masking", "tests/schema/test_types.py")
"""Tests that need nothing of the checkout beside themselves."""


def ran(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    command = ["-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)]
    built = ran([sys.executable, *command], target)
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = target.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def test_the_wheel_holds_exactly_the_seven_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)


def test_the_wheel_holds_every_file_of_the_packages(unpacked: Path) -> None:
    tracked = ran(["git", "ls-files", *PACKAGES], ROOT).stdout.split("\n")
    expected = [name for name in tracked if name] or [place(path) for path in packaged()]
    assert not [name for name in expected if not (unpacked / name).exists()]


def test_the_wheel_carries_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert [name for name in archive.namelist() if name.endswith("licenses/LICENSE")]


def test_every_module_of_the_wheel_can_be_imported(unpacked: Path, tmp_path: Path) -> None:
    modules = [
        ".".join(path.relative_to(unpacked).with_suffix("").parts)
        for name in PACKAGES
        for path in (unpacked / name).rglob("*.py")
        if "migrations" not in path.parts
    ]
    code = f"import importlib\nfor name in {modules!r}:\n    importlib.import_module(name)\n"
    code += "import govgraph\nprint(govgraph.__file__)"
    result = ran([sys.executable, "-W", "error", "-c", code], tmp_path, PYTHONPATH=str(unpacked))
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(str(unpacked))


def test_tests_pass_against_the_wheel_from_another_folder(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    (tmp_path / "pyproject.toml").symlink_to(ROOT / "pyproject.toml")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *OUTSIDE_TESTS]
    result = ran(command, tmp_path, PYTHONPATH=str(unpacked))
    assert result.returncode == 0, result.stdout
