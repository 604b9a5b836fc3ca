"""`examples/register-a-source.sh`: a department's source is on the running demo within a minute."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.test_demo import PROGRAM, environment, read_whole

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "register-a-source.sh"
IDENTITIES = ("330799199003071013", "陈志远", "13800138000", "330799199105221027", "李秋华")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed"),
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A running demonstration, as the environment of a command on it."""
    home = tmp_path_factory.mktemp("register") / "home"
    with subprocess.Popen(PROGRAM, env=environment(home), stdout=subprocess.PIPE, text=True) as started:
        try:
            url = json.loads(read_whole(started))["url"]
            called = f"{sys.executable} -m server.cli"
            own = {"PORT": url.rpartition(":")[2], "GOVGRAPH": called, "PYTHON": sys.executable}
            yield {**environment(home), **own, "TMPDIR": str(home.parent)}
        finally:
            started.terminate()
            started.wait(timeout=60)


def run(demo: dict[str, str], **wishes: str) -> str:
    """Run the script and return what it printed; it must end well."""
    done = subprocess.run(
        ["bash", str(SCRIPT)],
        env={**os.environ, **demo, **wishes},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


def answer(printed: str) -> dict[str, str]:
    """Return the row that the demo client was shown."""
    body = printed.partition("== 8.")[2].partition("\n{\n")[2].partition("\n}\n")[0]
    (row,) = json.loads("{" + body + "}")["data"].values()
    return dict(row)


def test_a_database_file_is_registered_by_two_persons_and_asked(demo: dict[str, str]) -> None:
    printed = run(demo)
    assert answer(printed) == {"recordNo": "DZ20210001", "idNo": "3****************3"}
    assert "`sfzh` is short for" in printed
    assert "SECOND_PERSON_NEEDED" in printed
    before, after = (
        next(line for line in printed.splitlines() if line.startswith(f"instance {word}")).split()[-1]
        for word in ("before", "after")
    )
    assert before == after
    assert not [value for value in IDENTITIES if value in printed]


def test_a_delivered_file_is_registered_the_same_way(demo: dict[str, str], tmp_path: Path) -> None:
    rows = "djbh,xm,sfzh\nDZ1,陈志远,330799199003071013\nDZ2,李秋华,330799199105221027\n"
    (tmp_path / "readers.csv").write_text(rows, encoding="utf-8")
    printed = run(demo, KIND="file", SOURCE_URL=str(tmp_path / "readers.csv"))
    shown = answer(printed)
    assert shown["recordNo"] == "DZ1"
    assert len(shown) == 2
    assert not [value for value in IDENTITIES if value in printed]
