"""`make demo`: the headline answer, its record and its proof on a fresh home, and again on the same one."""

import json
import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.server.small_city import CHEN, LI, NAME

ROOT = Path(__file__).parents[2]
QUERIES = ROOT / "examples" / "city" / "queries"
PROGRAM = [sys.executable, "-m", "server.cli", "demo", "--port", "0", "--json"]

pytestmark = pytest.mark.slow


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a command on this home."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("GOVGRAPH_")}
    return {**own, "GOVGRAPH_HOME": str(home), "PYTHONUNBUFFERED": "1"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh home."""
    return tmp_path_factory.mktemp("demo") / "home"


@pytest.fixture(scope="module")
def first(home: Path) -> dict[str, Any]:
    """What the demonstration printed at its first run."""
    done = subprocess.run(
        [*PROGRAM, "--once"],
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_the_headline_answer_is_the_expected_one(first: dict[str, Any]) -> None:
    expected = json.loads((QUERIES / "h1-no-proof-city.expected.json").read_text(encoding="utf-8"))
    assert first["answer"]["data"] == expected.get("data", expected)
    assert "errors" not in first["answer"]


def test_the_record_counts_three_persons_and_holds_no_value(first: dict[str, Any]) -> None:
    record = first["record"]
    assert record["subject_total"] == 3
    assert len(record["sources"]) == 7
    assert set(record["sources"].values()) == {"answered"}
    for value in (CHEN, LI, NAME, "330799001002", "2000..3000", "桃园"):
        assert value not in json.dumps(record, ensure_ascii=False)


def test_the_log_is_verified(first: dict[str, Any]) -> None:
    assert first["verification"]["ok"]


def test_a_second_start_keeps_its_data_serves_and_ends_its_children(
    home: Path, first: dict[str, Any]
) -> None:
    clients = (home / "demo-clients.json").read_bytes()
    size = first["verification"]["size"]
    with subprocess.Popen(PROGRAM, env=environment(home), stdout=subprocess.PIPE, text=True) as started:
        try:
            printed = json.loads(read_whole(started))
            assert printed["answer"]["data"] == first["answer"]["data"]
            assert printed["verification"]["size"] > size
            look_at(printed["url"])
            children = children_of(started.pid)
            assert children
        finally:
            started.send_signal(signal.SIGTERM)
        assert started.wait(30) == 0
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
    assert (home / "demo-clients.json").read_bytes() == clients
    assert not (home / "admin.json").exists()


def read_whole(started: subprocess.Popen[str]) -> str:
    """Return the JSON value a process prints before it goes on."""
    assert started.stdout is not None
    text = ""
    while not text.endswith("\n}\n"):
        line = started.stdout.readline()
        assert line, "the demonstration ended"
        text += line
    return text


def children_of(parent: int) -> list[int]:
    """Return the children of a process."""
    listed = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def expected(name: str) -> Any:
    """Return the answer that stands beside a stored question."""
    return json.loads((QUERIES / f"{name}.expected.json").read_text(encoding="utf-8"))


def without_pseudonym(data: Any) -> Any:
    """Return an answer with its one pseudonym, new on each installation, as the expected answers write it."""
    text = json.dumps(data)
    pseudonyms = set(re.findall(r'"([0-9a-f]{32})"', text))
    assert len(pseudonyms) <= 1
    return json.loads(re.sub(r'"[0-9a-f]{32}"', '"<pseudonym>"', text))


def look_at(url: str) -> None:
    """Assert that the page runs every stored question and shows its record, with no secret in it."""
    with httpx2.Client(base_url=url, timeout=30, trust_env=False) as http:
        page = http.get("/").text
        names = [path.stem for path in sorted(QUERIES.glob("*.graphql"))]
        for name in names:
            assert f'data-name="{name}"' in page
            shown = http.post(f"/demo/run/{name}").json()
            assert shown["answer"].get("errors") is None, shown["answer"]["errors"]
            assert shown["record"]["outcome"] == "answered"
            assert without_pseudonym(shown["answer"]["data"]) == expected(name), name
        assert "client_secret" not in page
        elsewhere = http.post(f"/demo/run/{names[0]}", headers={"Sec-Fetch-Site": "cross-site"})
        assert elsewhere.json()["errors"][0]["extensions"]["code"] == "REQUEST_FROM_ELSEWHERE"
        unknown = http.post("/demo/run/nothing")
        assert unknown.json()["errors"][0]["extensions"]["code"] == "DOCUMENT_NOT_FOUND"


def test_a_demonstration_that_is_killed_leaves_no_child(home: Path, first: dict[str, Any]) -> None:
    assert first["answer"]
    with subprocess.Popen(PROGRAM, env=environment(home), stdout=subprocess.PIPE, text=True) as started:
        try:
            read_whole(started)
            watched = [os.pidfd_open(child) for child in children_of(started.pid)]
            assert watched
        finally:
            started.kill()
    for child in watched:
        assert select.select([child], [], [], 15)[0], "the child lives on"
        os.close(child)
