"""`govgraph connector` makes sources and kinds of source out of what a department has."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
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


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the project of a new kind, known to Python by its entry point as if it were installed."""
    folder = tmp_path_factory.mktemp("new") / "govgraph-water-meters"
    done = run("new", "water-meters", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    assert f"wrote {folder}/govgraph_water_meters/connector.py" in done.stdout
    known = folder / "govgraph_water_meters-0.1.0.dist-info"
    known.mkdir()
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: govgraph-water-meters\nVersion: 0.1.0\n")
    entry = re.search(r"^water-meters = .*$", (folder / "pyproject.toml").read_text(), re.MULTILINE)
    assert entry is not None
    (known / "entry_points.txt").write_text(f"[govgraph.connectors]\n{entry[0]}\n".replace('"', ""))
    return folder


def beside(project: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the project, with the platform beside it."""
    environment = {**os.environ, "PYTHONPATH": f"{project}{os.pathsep}{ROOT}"}
    return subprocess.run(
        (sys.executable, *command), cwd=project, env=environment, capture_output=True, text=True, check=False
    )


def test_a_new_kind_conforms_as_it_is_written(project: Path) -> None:
    done = beside(project, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout
    assert "2 passed" in done.stdout


def test_a_new_kind_is_known_by_its_entry_point(project: Path) -> None:
    done = beside(
        project, "-c", "from connectors.registry import kinds; print(kinds()['water-meters'].title)"
    )
    assert done.stdout == "water-meters\n", done.stderr


def test_a_new_kind_is_short_and_in_the_style_of_the_house(project: Path) -> None:
    source = project / "govgraph_water_meters" / "connector.py"
    assert len(source.read_text(encoding="utf-8").splitlines()) <= 60
    settings = ("--config", str(ROOT / "pyproject.toml"), "--no-cache")
    for words in (("check",), ("format", "--check")):
        done = beside(project, "-m", "ruff", *words, *settings, str(source))
        assert done.returncode == 0, done.stdout


def test_the_guide_shows_what_is_written(project: Path) -> None:
    guide = (ROOT / "docs/guides/connector-author.md").read_text(encoding="utf-8")
    source = (project / "govgraph_water_meters" / "connector.py").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```python\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    assert shown == source


@pytest.mark.parametrize("name", ["Water", "water_meters", "-x", "sql", "a" * 41, "../x"])
def test_a_name_that_no_kind_can_have_is_refused(name: str, tmp_path: Path) -> None:
    done = run("new", "--out", str(tmp_path / "x"), "--", name)
    assert (done.returncode, done.stderr.partition(":")[0]) == (1, "COMMAND_REFUSED")
    assert not (tmp_path / "x").exists()


def test_nothing_is_written_into_a_folder_that_is_there(tmp_path: Path) -> None:
    done = run("new", "water-meters", "--out", str(tmp_path), "--json")
    assert json.loads(done.stderr)["extensions"]["code"] == "COMMAND_REFUSED"
    assert not list(tmp_path.iterdir())
