"""The summary at the end of `make test` tells the truth."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import run
from tests.run import ROOT, Outcome, Results, Step, results, summarise

REPORT = """<testsuites><testsuite>
<testcase classname="tests.a" name="test_one"/>
<testcase classname="tests.a" name="test_two"><failure message="no"/></testcase>
<testcase classname="tests.a" name="test_three"><error message="no"/></testcase>
<testcase classname="tests.a" name="test_four"><skipped message="no server here"/></testcase>
</testsuite></testsuites>"""

GREEN = """<testsuites><testsuite><testcase classname="tests.a" name="test_one"/></testsuite></testsuites>"""
SKIPPED = GREEN.replace(
    "</testsuite>", '<testcase classname="t" name="u"><skipped message="no disk"/></testcase></testsuite>'
)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "tests.xml"


def outcomes(report: Path, text: str, *, held: bool = True) -> Sequence[Outcome]:
    report.write_text(text, encoding="utf-8")
    return [Outcome(Step("tests", ("true",), report), held, 1.0, "")]


def test_each_test_is_counted_once_as_what_it_was(report: Path) -> None:
    report.write_text(REPORT, encoding="utf-8")
    counted = results(report)
    assert counted == Results(
        1, ("tests.a::test_two", "tests.a::test_three"), ("tests.a::test_four: no server here",)
    )


def test_a_report_that_was_never_written_is_a_failure(report: Path) -> None:
    assert len(results(report).failed) == 1


def test_all_green_is_a_success(report: Path) -> None:
    assert summarise(outcomes(report, GREEN), 1.0, {}) == 0


def test_a_step_that_broke_is_a_failure_whatever_was_counted(report: Path) -> None:
    assert summarise(outcomes(report, GREEN, held=False), 1.0, {}) == 1


def test_something_skipped_fails_only_where_all_is_required(report: Path) -> None:
    assert summarise(outcomes(report, SKIPPED), 1.0, {}) == 0
    assert summarise(outcomes(report, SKIPPED), 1.0, {"REQUIRE_ALL": "1"}) == 1


def test_the_last_line_says_the_three_numbers(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    summarise(outcomes(report, REPORT), 1.0, {})
    printed = capsys.readouterr().out
    assert "skipped  tests.a::test_four: no server here" in printed
    assert printed.splitlines()[-1] == "1 passed, 2 failed, 1 skipped"


def test_every_test_is_run_by_one_step_alone(tmp_path: Path) -> None:
    steps = [step.command for lane in run.tests(tmp_path, (), covered=True) for step in lane]
    ignored = [one.removeprefix("--ignore=") for one in steps[-1] if one.startswith("--ignore=")]
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("tests/architecture/"):
            continue
        named = sum(any(name.startswith(one) for one in step if one.startswith("tests/")) for step in steps)
        assert named + (not any(name.startswith(one) for one in ignored)) == 1, name


def test_a_folder_named_is_run_alone_and_whole(tmp_path: Path) -> None:
    steps = [
        step.command for lane in run.tests(tmp_path, ["server", "shared"], covered=False) for step in lane
    ]
    named = [one for step in steps for one in step if one.startswith("tests/")]
    folders = [(ROOT / "tests" / room).rglob("test_*.py") for room in ("server", "shared")]
    assert sorted(named) == sorted(path.relative_to(ROOT).as_posix() for one in folders for path in one)


@pytest.mark.parametrize(
    "words", [[], ["tests"], ["check", "audit"], ["prove", "audit", "servers"], ["test", "x"]]
)
def test_words_that_name_nothing_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(words) == 2
    assert "Usage" in capsys.readouterr().out
