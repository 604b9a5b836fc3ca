"""`govgraph audit hold`, `lift` and `proposal lift`, in processes of their own."""

import json
from pathlib import Path

import pytest

from tests.server.test_audit_asking_commands import refusal
from tests.server.test_command_line import home, out, run, served

__all__ = ["home", "served"]
Served = tuple[Path, dict[str, str]]


def auditor(served: Served, name: str) -> dict[str, str]:
    """Make an audit administrator, and return its credentials as environment variables."""
    words = ("client", "create", name, "--role", "audit-administrator", "--title", "审计", "--json")
    made = out(run(served[0], *words))
    return {"GOVGRAPH_CLIENT_ID": name, "GOVGRAPH_CLIENT_SECRET": str(made["client_secret"])}


@pytest.fixture(scope="module")
def two(served: Served) -> tuple[dict[str, str], dict[str, str]]:
    """Two audit administrators."""
    return auditor(served, "first-auditor"), auditor(served, "second-auditor")


def test_one_audit_administrator_asks_and_another_lifts(
    served: Served, two: tuple[dict[str, str], dict[str, str]]
) -> None:
    folder, _ = served
    one, other = two
    run(folder, "audit", "hold", "court-7", "--reason", "order 7", "--case", "BJ-7", **one)
    assert refusal(run(folder, "audit", "hold", "court-7", "--json", **one)) == "HOLD_REFUSED"
    shown = run(folder, "audit", "lift", "court-7", **one).stdout
    assert "until another audit administrator lifts it" in shown
    number = shown.split()[-1]
    assert refusal(run(folder, "proposal", "lift", number, "--json", **one)) == "SECOND_PERSON_NEEDED"
    assert "court-7" in run(folder, "audit", "holds", **other).stdout
    assert json.loads(run(folder, "proposal", "lift", number, "--json", **other).stdout) == {"lifted": True}
    assert out(run(folder, "audit", "holds", "--json", **one)) == {"holds": []}
    assert refusal(run(folder, "audit", "lift", "court-7", "--json", **one)) == "HOLD_UNKNOWN"
