"""What `make demo` prints for people."""

import json
import shlex
import sys
from pathlib import Path

import pytest

from server.cli.demo.report import called, print_run
from server.cli.demo.run import HeadlineRun
from server.console.demonstration import StoredQuestion

QUESTION = StoredQuestion("h1", "题", "Title", "app-one", "应用一", "CHECK-ONE", "{ a }", "{}")


def printed(capsys: pytest.CaptureFixture[str], *, ok: bool) -> str:
    """Return what is printed for a run."""
    verification = {"ok": ok, "size": 7, "root": "abc=", "problem": "Record 3 was changed"}
    answer = {"data": {"name": "陈**"}}
    run = HeadlineRun(
        QUESTION, answer, {"receipt": "r-1"}, verification, "http://127.0.0.1:1", Path("/a home")
    )
    print_run(run, json=False)
    return capsys.readouterr().out


def test_the_run_shows_answer_record_proof_and_what_to_try_next(capsys: pytest.CaptureFixture[str]) -> None:
    text = printed(capsys, ok=True)
    for part in ("应用一", "CHECK-ONE", "陈**", '"receipt": "r-1"', "verified: 7 records, root abc="):
        assert part in text
    assert "audit show r-1 --as audit-administrator" in text


def test_the_curl_line_is_one_command_for_a_shell(capsys: pytest.CaptureFixture[str]) -> None:
    [line] = [line for line in printed(capsys, ok=True).splitlines() if "curl -s" in line]
    words = shlex.split(line.partition(":")[2])
    assert words[:3] == ["curl", "-s", "http://127.0.0.1:1/graphql"]
    assert set(json.loads(words[words.index("-d") + 1])) == {"query"}


def test_a_log_that_does_not_hold_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert "NOT VERIFIED: Record 3 was changed" in printed(capsys, ok=False)


def test_what_is_to_be_typed_can_be_run(tmp_path: Path) -> None:
    script = tmp_path / "govgraph"
    script.touch(mode=0o755)
    module = tmp_path / "__main__.py"
    module.touch(mode=0o644)
    assert called(str(script)) == str(script)
    assert called(str(module)) == f"{sys.executable} -m server.cli"
