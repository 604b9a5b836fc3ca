"""Asks the same questions of the product, of its engine alone and of a bare route, and compares.

Usage: python -m benchmarks.headline [--rounds 3] [--seconds 5] [--connections 16]. Prints a table and writes
it to benchmarks/results/.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import httpx2

from benchmarks.children import PYTHON, ROOT, await_answer, child, free_port, leave_first_core, load

RESULTS = Path(__file__).resolve().parent / "results"
QUERIES = ROOT / "examples" / "city" / "queries"
PURPOSE = "ZM-HOUSE-BUY"
PERSON = "330799199003071013"
MODES = ("route", "bare", "governed")


@dataclass(frozen=True, slots=True)
class Question:
    """One question; `shown` must be in a masked answer, `clear` in an unmasked one."""

    name: str
    title: str
    body: Mapping[str, object]
    shown: str
    clear: str

    def expected(self, mode: str) -> str:
        """Return what an answer must hold."""
        return self.clear if mode == "bare" else self.shown


def questions() -> Sequence[Question]:
    """Return what is asked."""
    look_up = "query ($idNo: IdNumber!) { person(idNo: $idNo) { name idNo } }"
    h1 = (QUERIES / "h1-no-proof-city.graphql").read_text(encoding="utf-8")
    variables = json.loads((QUERIES / "h1-no-proof-city.variables.json").read_text(encoding="utf-8"))
    return (
        Question(
            "look-up", "look-up by key", {"query": look_up, "variables": {"idNo": PERSON}}, "陈**", "陈志远"
        ),
        Question("h1", "H1, seven departments", {"query": h1, "variables": variables}, "2000..3000", "2400"),
    )


def make_home(home: Path) -> None:
    """Make the demo city and set the platform up in a folder."""
    command = [str(Path(sys.executable).parent / "govgraph"), "demo", "--once", "--port", "0", "--json"]
    made = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "GOVGRAPH_HOME": str(home)}, capture_output=True, check=False
    )
    if made.returncode != 0:
        raise SystemExit(f"the demo did not run: {made.stderr.decode()}")


def headers_for(client: httpx2.Client, url: str, home: Path) -> Mapping[str, str]:
    """Return the headers of a client of the demo with a fresh token."""
    known = json.loads((home / "demo-clients.json").read_text(encoding="utf-8"))
    one = next(entry for entry in known if entry["client_id"] == "yiwu-service-hall")
    answer = client.post(
        f"{url}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=(one["client_id"], one["client_secret"]),
    )
    return {
        "Authorization": f"Bearer {answer.json()['access_token']}",
        "Purpose": PURPOSE,
        "Content-Type": "application/json",
        "Accept": "application/graphql-response+json",
    }


def table(figures: Mapping[tuple[str, str], Sequence[Mapping[str, float]]]) -> str:
    """Return the medians as text; the last column compares with the bare route of the same question."""
    lines = [f"{'question':<24}{'server':<12}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'of route':>10}"]
    for question in questions():
        floor = statistics.median(one["rate"] for one in figures[question.name, "route"])
        for mode in MODES:
            runs = figures[question.name, mode]
            rate, p50, p99 = (statistics.median(one[name] for one in runs) for name in ("rate", "p50", "p99"))
            cells = f"{rate:>12,.0f}{p50:>10.2f}{p99:>10.2f}{rate / floor:>10.1%}"
            lines.append(f"{question.title:<24}{mode:<12}{cells}")
    return "\n".join(lines)


def description(given: argparse.Namespace) -> str:
    """Return under which conditions the figures were taken; no names of machines."""
    return (
        f"{datetime.now(UTC):%Y-%m-%d} · Python {platform.python_version()} · {platform.machine()} · "
        f"{os.cpu_count()} cores, the server on one · {given.connections} connections · "
        f"median of {given.rounds} rounds of {given.seconds:g} s"
    )


@contextmanager
def standing(folder: Path) -> Iterator[tuple[Mapping[str, str], Mapping[str, str]]]:
    """Yield the addresses of the three servers, and the headers to ask with; the route knows the answers."""
    homes = {"governed": folder / "governed", "bare": folder / "bare"}
    make_home(homes["governed"])
    shutil.copytree(homes["governed"], homes["bare"])
    answers = folder / "answers"
    answers.mkdir()
    urls: dict[str, str] = {}
    with ExitStack() as stack, httpx2.Client(trust_env=False, timeout=60) as client:

        def serve(mode: str, *command: str) -> None:
            port = free_port()
            urls[mode] = f"http://127.0.0.1:{port}"
            running = stack.enter_context(child([*PYTHON, *command, str(port)], alone=mode == "route"))
            await_answer(client, f"{urls[mode]}/health/live", running)

        for mode, home in homes.items():
            serve(mode, "benchmarks.headline_servers", mode, str(home))
        headers = headers_for(client, urls["governed"], homes["governed"])
        for question in questions():
            answer = client.post(f"{urls['governed']}/graphql", json=question.body, headers=headers)
            (answers / f"{question.name}.json").write_bytes(answer.content)
        serve("route", "benchmarks.floors.route", str(answers))
        yield urls, headers


def measure(given: argparse.Namespace, folder: Path) -> Mapping[tuple[str, str], list[Mapping[str, float]]]:
    """Ask everything of everyone, round after round, and return the figures by question and server."""
    figures: dict[tuple[str, str], list[Mapping[str, float]]] = {}
    with standing(folder) as (urls, headers):
        for number, question, mode in product(range(given.rounds), questions(), MODES):
            url = f"{urls[mode]}/{question.name if mode == 'route' else 'graphql'}"
            request = {
                "url": url,
                "headers": headers,
                "bodies": [json.dumps(question.body)],
                "length": len(checked(question, mode, url, headers)),
                "connections": given.connections,
                "seconds": given.seconds,
            }
            counted = load(request, folder)
            figures.setdefault((question.name, mode), []).append(counted)
            print(f"round {number + 1} · {question.title} · {mode}: {counted['rate']:,.0f}/s", flush=True)
    return figures


def checked(question: Question, mode: str, url: str, headers: Mapping[str, str]) -> bytes:
    """Return the answer to a question. Raises `SystemExit` where it is not the expected one."""
    with httpx2.Client(trust_env=False, timeout=60) as client:
        answer = client.post(url, json=question.body, headers=dict(headers))
    if question.expected(mode) not in answer.text:
        raise SystemExit(f"{mode} answers {question.title} with {answer.status_code} and not as expected")
    return answer.content


def main() -> None:
    """Measure, print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=16)
    given = parser.parse_args()
    leave_first_core()
    with tempfile.TemporaryDirectory() as folder:
        text = f"{description(given)}\n\n{table(measure(given, Path(folder)))}\n"
    (RESULTS / f"{datetime.now(UTC):%Y-%m-%d}-headline.txt").write_text(text, encoding="utf-8")
    print(f"\n{text}")


if __name__ == "__main__":
    main()
