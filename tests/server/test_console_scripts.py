"""The page's own scripts, run by Node.js with a small stand-in for the browser."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "server" / "console" / "static"


@pytest.mark.skipif(shutil.which("node") is None, reason="Node.js, which runs these scripts, is not here")
def test_the_scripts_of_the_page_show_and_send_what_they_should(tmp_path: Path) -> None:
    for name in ("answer.js", "roads.js"):
        shutil.copy(STATIC / name, tmp_path)
    (tmp_path / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    done = subprocess.run(
        ["node", "--test", str(HERE / "console.test.mjs")],
        env={**os.environ, "CONSOLE_STATIC": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert "pass 10" in done.stdout
