"""`govgraph connector` makes sources and kinds of source out of what a department has."""

import json
import subprocess
import sys
from pathlib import Path

import yaml

from connectors.registry import kinds, read_settings
from tests.architecture.reading import ROOT
from tests.connectors.openapi_samples import TEXT


def run(*words: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line from another folder, without a home."""
    command = (sys.executable, "-m", "server.cli", "connector", *words)
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, input=given)


def test_a_document_becomes_settings_that_a_source_takes(tmp_path: Path) -> None:
    document = tmp_path / "openapi.yaml"
    document.write_text(TEXT, encoding="utf-8")
    done = run("import", str(document), "--department", "medical-insurance", "--entity", "insured")
    assert done.returncode == 0, done.stderr
    settings = yaml.safe_load(done.stdout)
    assert list(settings["entities"]) == ["insured"]
    assert settings["secret"] == "medical-insurance/main"
    read_settings(kinds()["rest"], "medical-insurance", settings)
    assert "left out: /paths/~1v1~1picture/get answers something other than JSON" in done.stderr
    written = run("import", str(document), "--out", str(tmp_path / "source.yaml"))
    assert (written.returncode, written.stdout) == (0, "")
    assert "orgs-people" in yaml.safe_load((tmp_path / "source.yaml").read_text(encoding="utf-8"))["entities"]


def test_what_a_script_reads_holds_the_settings_and_what_was_left_out() -> None:
    told = json.loads(run("import", "-", "--json", given=TEXT).stdout)
    assert told["settings"]["kind"] == "rest"
    assert {one["pointer"] for one in told["skipped"]} > {"/paths/~1v1~1circle/get"}


def test_what_cannot_become_a_source_is_refused_with_its_reason(tmp_path: Path) -> None:
    assert run("import", str(tmp_path / "none.yaml")).stderr.startswith("DOCUMENT_NOT_FOUND: ")
    assert run("import", "-", given="a: [}").stderr.startswith("OPENAPI_REFUSED: ")
    writes = '{"openapi": "3.0.0", "paths": {"/a": {"post": {}}}}'
    assert "none is a GET" in run("import", "-", given=writes).stderr
    unknown = run("import", "-", "--entity", "nobody", given=TEXT)
    assert (unknown.returncode, unknown.stderr.partition(":")[0]) == (1, "COMMAND_REFUSED")
