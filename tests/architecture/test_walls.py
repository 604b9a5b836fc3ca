"""Imports point down, and the tool that says so would notice if they did not."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.reading import PACKAGES, ROOT

TOOL = Path(sys.executable).parent / "lint-imports"

PLANTED = {
    "1.": ("govgraph/planted.py", "import server"),
    "2.": ("audit/planted.py", "import auth"),
    "3.": ("schema/planted.py", "import starlette.requests"),
    "3b.": ("server/planted.py", "import graphql"),
    "4.": ("resolvers/planted.py", "import sqlalchemy"),
    "5.": ("server/planted_too.py", "import authlib.oauth2"),
    "5b.": ("auth/planted.py", "import joserfc.jwt"),
    "6.": ("auth/planted_too.py", "import redis.asyncio"),
    "7.": ("resolvers/documents/planted.py", "import resolvers.running.run"),
}
"""By the number of the contract: a file that breaks it."""


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TOOL, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_holds() -> None:
    result = linted(ROOT)
    assert result.returncode == 0, result.stdout


def test_each_contract_notices_a_planted_violation(copied: Path) -> None:
    for name, line in PLANTED.values():
        (copied / name).write_text(f'"""Planted."""\n\n{line}\n', encoding="utf-8")
    result = linted(copied)
    assert result.returncode != 0
    verdicts = re.findall(r"(\d+b?\.) (?:(?!KEPT|BROKEN).)* (KEPT|BROKEN)", " ".join(result.stdout.split()))
    assert {number: verdict for number, verdict in verdicts if verdict == "BROKEN"}.keys() == PLANTED.keys()
