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


def test_records_are_exported_with_proofs_that_need_no_server(
    served: Served, auditor: dict[str, str], tmp_path: Path
) -> None:
    folder, _ = served
    file = tmp_path / "records.jsonl"
    done = run(folder, "audit", "export", "--client", "auditor", "--out", str(file), "--json", **auditor)
    assert out(done)["records"] > 0
    key = str(folder / "audit.vkey")
    shown = run(tmp_path, "audit", "verify", "--export", str(file), "--key", key)
    assert shown.stdout.startswith("verified: ")
    file.write_text(file.read_text().replace("auditor", "another", 1))
    changed = run(tmp_path, "audit", "verify", "--export", str(file), "--key", key, "--json")
    assert refusal(changed) == "EXPORT_INVALID"
    table = run(folder, "audit", "export", "--event", "client.create", "--format", "csv", **auditor)
    assert "client.create" in table.stdout.splitlines()[1]


def test_a_report_names_the_old_interfaces_that_were_replaced(
    served: Served, auditor: dict[str, str], tmp_path: Path
) -> None:
    folder, _ = served
    listed = tmp_path / "interfaces.yaml"
    listed.write_text(
        "interfaces:\n"
        "  - {title: 旧公积金接口, client: hall, department: housing-fund, switchedOff: 2026-05-01}\n"
    )
    asked = ("audit", "counts", "--by", "client", "--interfaces", str(listed))
    assert out(run(folder, *asked, "--json", **auditor))["replaced"][0]["interface"] == "旧公积金接口"
    assert "Old interfaces replaced: 1." in run(folder, *asked, **auditor).stdout
    before = run(folder, *asked, "--until", "2026-04-30", "--json", **auditor)
    assert out(before)["replaced"] == []
    listed.write_text("interfaces: 5")
    assert refusal(run(folder, *asked, "--json", **auditor)) == "FILES_REFUSED"


def test_a_case_without_records_says_so(served: Served, auditor: dict[str, str]) -> None:
    assert run(served[0], "audit", "trace", "JH-2026-0", **auditor).stdout == "Nothing found.\n"


def test_the_drill_notices_an_insider_stops_him_and_names_whom_he_read(tmp_path: Path) -> None:
    listed = tmp_path / "affected.txt"
    told = out(run(tmp_path, "drill", "insider", "--out", str(listed), "--json"))
    assert told["ok"]
    assert 0 < told["noticed"] <= 60
    assert told["delay"] <= 5
    assert 100 < told["read"] < 2000
    assert len(listed.read_text().splitlines()) == told["affected"] == told["read"]
    assert not (tmp_path / "audit").exists(), "the home of this machine is left alone"


def test_alerts_and_whom_they_were_about_are_shown_by_command(
    served: Served, auditor: dict[str, str]
) -> None:
    folder, _ = served
    asked = ("--role", "security-administrator", "--title", "安全")
    made = out(run(folder, "client", "create", "security", *asked, "--json"))
    security = {"GOVGRAPH_CLIENT_ID": "security", "GOVGRAPH_CLIENT_SECRET": str(made["client_secret"])}
    assert run(folder, "audit", "alerts", **security).stdout == "Nothing found.\n"
    assert refusal(run(folder, "audit", "alert", "none", "--json", **security)) == "RECEIPT_UNKNOWN"
    assert refusal(run(folder, "audit", "alerts", "--json", **auditor)) == "ROLE_NOT_ALLOWED"
    asked = ("audit", "affected", "--client", "nobody", "--match")
    shown = run(folder, *asked, given=f"{CHEN}\n\n", **auditor)
    assert shown.stdout == "Records: 0. Persons they were about: 0, of those given: 0.\n"
