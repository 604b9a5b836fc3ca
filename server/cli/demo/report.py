"""What `govgraph demo` prints: the answer, the record it left, the proof, and what to try next."""

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from server.cli.output import print_json, print_line
from server.cli.texts import text

if TYPE_CHECKING:
    from server.cli.demo.run import HeadlineRun

LOOK_UP = '{ person(idNo: "330799199003071013") { name idNo division { name } } }'


def say(name: str, json: bool, **values: object) -> None:
    """Print a line of progress for people; scripts get one JSON value at the end."""
    if not json:
        print_line(text(name, **values))


def print_run(run: "HeadlineRun", json: bool) -> None:
    """Print the run."""
    if json:
        print_json(
            {
                "answer": run.answer,
                "record": run.record,
                "verification": run.verification,
                "url": run.url,
            }
        )
        return
    asked = {"client": run.question.client_title, "purpose": run.question.purpose}
    _headed(text("demo asked", **asked), _pretty(run.answer))
    _headed(text("demo record"), _pretty(run.record))
    found = run.verification
    proof = (
        text("verified", size=found["size"], root=found["root"])
        if found["ok"]
        else text("not verified", problem=found["problem"])
    )
    _headed(text("demo proof"), proof)
    _headed(text("demo next"), _next(run))


def _headed(head: str, body: str) -> None:
    print_line(f"\n== {head}\n{body}")


def _pretty(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def called(program: str) -> str:
    """Return how this program is called: `python -m server.cli` names a file that nobody can run."""
    place = Path(program).resolve()
    if os.access(place, os.X_OK):
        return shlex.quote(str(place))
    return f"{shlex.quote(sys.executable)} -m server.cli"


def _next(run: "HeadlineRun") -> str:
    program = f"GOVGRAPH_HOME={shlex.quote(str(run.home))} {called(sys.argv[0])}"
    body = orjson.dumps({"query": LOOK_UP}).decode()
    curl = (
        f"curl -s {run.url}/graphql"
        f' -H "Authorization: Bearer $({program} token --as {run.question.client})"'
        f" -H 'Purpose: {run.question.purpose}' -H 'Content-Type: application/json'"
        f" -d {shlex.quote(body)}"
    )
    receipt = run.record.get("receipt", "")
    return text("demo try", url=run.url, curl=curl, program=program, receipt=receipt)
