"""GraphQL over HTTP to the letter: the audits of `graphql-http`, from the outside, as an ordinary client."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from anyio import to_thread

from tests.server.living import Living

pytestmark = pytest.mark.anyio
HERE = Path(__file__).parent / "http_audit"
MAY_BE_REFUSED = {
    "5A70": "a free query by GET",
    "D6D5": "a free query with variables by GET",
    "6A70": "a free query with variables by GET",
}
"""What the specification leaves open and the data graph does not offer: GET asks registered operations."""


@pytest.fixture(scope="session")
def auditor() -> Path:
    """Return a folder with the audits installed, kept for later runs; skips where that cannot be, by name."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node.js with npm, which runs the audits of graphql-http, is not here")
    wanted = (HERE / "package.json").read_text(encoding="utf-8")
    folder = Path(tempfile.gettempdir()) / f"govgraph-http-audit-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(HERE / "audit.mjs", folder)
    installed = folder / "installed.json"
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        shutil.copy(HERE / "package.json", folder)
        command = (npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True, timeout=300)
        if done.returncode != 0:
            pytest.skip("npm could not install the audits of graphql-http")
        installed.write_text(wanted, encoding="utf-8")
    return folder


async def test_no_audit_finds_an_error_or_a_warning(platform: Living, auditor: Path) -> None:
    given = {
        **os.environ,
        "AUDIT_URL": f"{platform.url}/graphql",
        "AUDIT_TOKEN": await platform.token("app-one"),
    }
    done = await to_thread.run_sync(
        lambda: subprocess.run(
            ("node", "audit.mjs"), cwd=auditor, env=given, check=False, capture_output=True, timeout=120
        )
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout)
    wrong = [audit for audit in found if audit["status"] in {"error", "warn"}]
    assert not wrong
    assert len(found) >= 60
    assert {audit["id"] for audit in found if audit["status"] == "notice"} <= MAY_BE_REFUSED.keys()
