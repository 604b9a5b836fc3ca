"""Runs the checks and the tests, and says at the end, once, what held and what did not.

Usage: python tests/run.py check|test|prove [name …]. A name is a folder of `tests/`: with names, those tests
alone are run, and nothing else. `REQUIRE_ALL=1` makes anything skipped a failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHECKED = ("govgraph", "audit", "auth", "connectors", "schema", "resolvers", "server")
TESTS = ROOT / "tests"
LOTS = MappingProxyType(
    {
        "expressions": 1,
        "resolvers": 4,
        "audit": 2,
        "connectors": 2,
        "server": 4,
        "schema": 1,
        "auth": 1,
        "faults": 1,
    }
)
"""In how many lots the tests of a folder are run: those that `make prove` takes longest for begin first."""
PATIENCE = 4 * 3600 if os.environ.get("GOVGRAPH_PROVE") == "1" else 1200
LINTED = (*CHECKED, "tests", "examples", "benchmarks", "docs")


@dataclass(frozen=True, slots=True)
class Step:
    """A command that holds or does not; `report` names the file where pytest leaves its results."""

    title: str
    command: tuple[str, ...]
    report: Path | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a step ended; `output` is what it printed."""

    step: Step
    held: bool
    seconds: float
    output: str


@dataclass(frozen=True, slots=True)
class Results:
    """What pytest counted; `failed` and `skipped` name each test, the latter with its reason."""

    passed: int = 0
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()

    def __add__(self, other: "Results") -> "Results":
        """Return both counts in one."""
        return Results(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


PROGRAMS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "mariadbd": ("mariadb-server-core", "mariadb-client-core"),
        "redis-server": ("redis-server",),
        "go": ("golang-go",),
        "node": ("nodejs",),
        "npm": ("npm",),
    }
)
"""Programs that some tests run, and the Debian packages that bring them."""


def pytest(title: str, report: Path, arguments: Iterable[str], *, covered: bool) -> Step:
    """Return the step that runs tests and writes their results to `report`."""
    python = [sys.executable, *(["-m", "coverage", "run"] if covered else [])]
    quiet = ("-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}")
    return Step(title, (*python, *quiet, *arguments), report)


def checks(folder: Path) -> list[list[Step]]:
    """Return what `make check` runs: two lanes, for two cores."""
    linter = str(BIN / "ruff")
    return [
        [
            Step("ruff: lint", (linter, "check", *LINTED)),
            Step("ruff: format", (linter, "format", "--check", *LINTED)),
            Step("mypy --strict", (sys.executable, "-m", "mypy")),
        ],
        [
            Step("import-linter: the walls", (str(BIN / "lint-imports"), "--no-cache")),
            pytest("architecture", folder / "architecture.xml", ["tests/architecture"], covered=False),
        ],
    ]


def run(step: Step) -> Outcome:
    """Run one step to its end and return how it ended; after `PATIENCE` it did not hold."""
    begun = time.monotonic()
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    try:
        ended = subprocess.run(step.command, cwd=ROOT, check=False, timeout=PATIENCE, **piped)
    except subprocess.TimeoutExpired as late:
        return Outcome(
            step, False, time.monotonic() - begun, f"{late.output or ''}\nstopped: it took too long"
        )
    return Outcome(step, ended.returncode == 0, time.monotonic() - begun, ended.stdout)


def say(outcome: Outcome) -> Outcome:
    """Print one line for a step, and its output where it did not hold."""
    verdict = "held " if outcome.held else "BROKE"
    print(f"  {verdict} {outcome.step.title} ({outcome.seconds:.0f} s)", flush=True)
    if not outcome.held:
        print(outcome.output, flush=True)
    return outcome


def side_by_side(lanes: Sequence[Sequence[Step]]) -> list[Outcome]:
    """Run the lanes, two at the same time, the steps of each in order, and return all outcomes."""

    def lane(steps: Sequence[Step]) -> list[Outcome]:
        return [say(run(step)) for step in steps]

    with ThreadPoolExecutor(max_workers=2) as threads:
        return [outcome for outcomes in threads.map(lane, lanes) for outcome in outcomes]


def lots(room: str) -> list[tuple[str, list[str]]]:
    """Return the tests of one folder in its lots, each with its title."""
    count = LOTS.get(room, 1)
    files = sorted(path.relative_to(ROOT).as_posix() for path in (TESTS / room).rglob("test_*.py"))
    titles = [f"{room} {number}" if count > 1 else room for number in range(1, count + 1)]
    return [(title, files[first::count]) for first, title in enumerate(titles)]


def parts(names: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return the tests of the folders named, else all but the architecture's: what no lot has comes last."""
    found = [lot for room in names or LOTS for lot in lots(room)]
    if names:
        return found
    apart = ("architecture", *LOTS)
    return [*found, ("everything else", [f"--ignore=tests/{room}" for room in apart])]


def tests(folder: Path, names: Sequence[str], *, covered: bool) -> list[list[Step]]:
    """Return the steps that run tests, a lane for each part."""
    return [
        [pytest(f"tests: {name}", folder / f"{name.replace(' ', '-')}.xml", paths, covered=covered)]
        for name, paths in parts(names)
    ]


def covered(folder: Path) -> list[Outcome]:
    """Run all tests, hold what they ran through to its floor, and return the outcomes."""
    forgotten = run(Step("coverage: forget the last run", (sys.executable, "-m", "coverage", "erase")))
    outcomes = side_by_side(tests(folder, (), covered=True))
    combined = say(run(Step("coverage: combine", (sys.executable, "-m", "coverage", "combine", "--quiet"))))
    floor = say(run(Step("coverage: not below its floor", (sys.executable, "-m", "coverage", "report"))))
    print(
        "".join(f"{line}\n" for line in floor.output.splitlines() if line.startswith(("TOTAL", "Coverage")))
    )
    return [forgotten, *outcomes, combined, floor]


def results(report: Path | None) -> Results:
    """Return what a pytest report counts; a report that is missing counts as one failure."""
    if report is None:
        return Results()
    if not report.exists():
        return Results(failed=(f"{report.stem}: did not finish",))
    passed, failed, skipped = 0, [], []
    for case in ET.parse(report).iter("testcase"):
        name = f"{case.get('classname', '')}::{case.get('name', '')}"
        reason = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            failed.append(name)
        elif reason is not None:
            skipped.append(f"{name}: {reason.get('message') or 'no reason given'}")
        else:
            passed += 1
    return Results(passed, tuple(failed), tuple(skipped))


def summarise(outcomes: Sequence[Outcome], seconds: float, environment: Mapping[str, str]) -> int:
    """Print the one summary and return the exit code: 0 only where everything held."""
    counted = sum((results(outcome.step.report) for outcome in outcomes), Results())
    broken = [outcome.step.title for outcome in outcomes if not outcome.held]
    print("\n" + "─" * 72)
    for name in counted.skipped:
        print(f"skipped  {name}")
    for name in counted.failed:
        print(f"failed   {name}")
    for title in broken:
        print(f"broke    {title}")
    print(f"{len(outcomes) - len(broken)} of {len(outcomes)} steps held, in {seconds:.0f} s")
    print(f"{counted.passed} passed, {len(counted.failed)} failed, {len(counted.skipped)} skipped")
    if counted.skipped and environment.get("REQUIRE_ALL") == "1":
        print("REQUIRE_ALL=1: what was skipped counts as failed.")
        return 1
    return 1 if broken or counted.failed else 0


def equip() -> None:
    """Install what some tests need of the system where that is nobody's machine: in CI, as root, with apt."""
    ours = os.environ.get("CI") and hasattr(os, "geteuid") and os.geteuid() == 0
    if not ours or shutil.which("apt-get") is None:
        return
    missing = [packages for program, packages in PROGRAMS.items() if shutil.which(program) is None]
    wanted = [package for packages in missing for package in packages]
    commands = (("apt-get", "update"), ("apt-get", "install", "--yes", "--no-install-recommends", *wanted))
    try:
        for command in commands if wanted else ():
            subprocess.run(command, check=False, timeout=300, capture_output=True)
    except subprocess.TimeoutExpired:
        print(f"Not installed in time: {', '.join(wanted)}; what needs it is skipped by name.", flush=True)


def outcomes(wanted: str, names: Sequence[str], folder: Path) -> list[Outcome]:
    """Run what was asked for and return how it ended; only a whole `test` is held to the coverage."""
    if names or wanted == "prove":
        return side_by_side(tests(folder, names, covered=False))
    checked = side_by_side(checks(folder))
    return checked if wanted == "check" else [*checked, *covered(folder)]


def known(wanted: str, names: Sequence[str]) -> bool:
    """Return whether these words ask for something there is."""
    if wanted == "check":
        return not names
    return wanted in {"test", "prove"} and all(any((TESTS / name).rglob("test_*.py")) for name in names)


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for and return the exit code."""
    wanted, names = "".join(arguments[:1]), arguments[1:]
    if not known(wanted, names):
        print(__doc__)
        return 2
    begun = time.monotonic()
    if wanted != "check":
        equip()
    with tempfile.TemporaryDirectory() as folder:
        print(f"{wanted}: two lanes side by side, each says when it is done …", flush=True)
        return summarise(outcomes(wanted, names, Path(folder)), time.monotonic() - begun, os.environ)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
