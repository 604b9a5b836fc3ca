"""`govgraph audit search` and its neighbours, in processes of their own."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.server.small_city import CHEN
from tests.server.test_command_line import home, out, run, served

__all__ = ["home", "served"]
Served = tuple[Path, dict[str, str]]


@pytest.fixture(scope="module")
def auditor(served: Served) -> dict[str, str]:
    """The credentials of an audit administrator, as environment variables."""
    made = out(
        run(
            served[0],
            "client",
            "create",
            "auditor",
            "--role",
            "audit-administrator",
            "--title",
            "审计",
            "--json",
        )
    )
    return {"GOVGRAPH_CLIENT_ID": "auditor", "GOVGRAPH_CLIENT_SECRET": str(made["client_secret"])}


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stdout
    return str(json.loads(done.stderr)["extensions"]["code"])


def found(done: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = out(done)["records"]
    return records


def test_the_audit_administrator_searches_and_is_told_where_to_go_on(
    served: Served, auditor: dict[str, str]
) -> None:
    folder, _ = served
    shown = run(folder, "audit", "search", "--event", "client.create", **auditor)
    assert "client.create" in shown.stdout
    assert "auditor" in shown.stdout
    first = run(folder, "audit", "search", "--first", "1", **auditor)
    assert "--after " in first.stdout
    assert not found(run(folder, "audit", "search", "--client", "nobody", "--json", **auditor))
    nothing = run(folder, "audit", "search", "--client", "nobody", **auditor)
    assert nothing.stdout == "Nothing found.\n"


def test_the_number_of_a_person_comes_by_standard_input(served: Served, auditor: dict[str, str]) -> None:
    folder, _ = served
    done = run(folder, "audit", "search", "--person", "--json", given=f"{CHEN}\n", **auditor)
    assert found(done) == []
    assert refusal(run(folder, "audit", "search", "--person", "--json", given="12\n", **auditor)) == (
        "SEARCH_REFUSED"
    )
    assert refusal(run(folder, "audit", "search", "--text", CHEN, "--json", **auditor)) == "SEARCH_REFUSED"


def test_nobody_else_searches(served: Served) -> None:
    folder, _ = served
    for command in ("search", "department", "reindex"):
        assert refusal(run(folder, "audit", command, "--json")) == "ROLE_NOT_ALLOWED"


def test_the_index_is_made_anew(served: Served, auditor: dict[str, str]) -> None:
    folder, _ = served
    (count,) = out(run(folder, "audit", "reindex", "--json", **auditor)).values()
    assert count > 0
    assert "in the index" in run(folder, "audit", "reindex", **auditor).stdout
