"""The command line end to end: its own processes, `--json`, coded errors and exit codes."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.server.small_city import HOUSING, PUBLIC_SECURITY, write_people

PROGRAM = [sys.executable, "-m", "server.cli"]


def run(home: Path, *words: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a home folder."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("GOVGRAPH_")}
    return subprocess.run(
        [*PROGRAM, *words],
        env={**own, "GOVGRAPH_HOME": str(home), **environment},
        input=given,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def out(done: subprocess.CompletedProcess[str]) -> Any:
    """Return the JSON a command printed."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home on which no server runs."""
    folder = tmp_path_factory.mktemp("home")
    write_people(folder)
    return folder


@pytest.fixture(scope="module")
def manifests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with manifests."""
    folder = tmp_path_factory.mktemp("manifests")
    (folder / "people.yaml").write_text(PUBLIC_SECURITY, encoding="utf-8")
    housing = HOUSING.replace("${HOUSING_PORT}", "9")  # the name is known to the living platform only
    (folder / "housing.yaml").write_text(housing, encoding="utf-8")
    broken = PUBLIC_SECURITY.replace("level: L2, codes", "level: L9, codes")
    (folder / "broken.yaml").write_text(broken.replace("type: Date", "type: Dat"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A home on which a server runs, and what the server said at its start."""
    folder = tmp_path_factory.mktemp("served")
    write_people(folder)
    own = {key: value for key, value in os.environ.items() if not key.startswith("GOVGRAPH_")}
    server = subprocess.Popen(
        [*PROGRAM, "serve", "--port", "0", "--json"],
        env={**own, "GOVGRAPH_HOME": str(folder), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    said = ""
    while not said.endswith("}\n"):
        line = server.stdout.readline()
        assert line, "the server ended at its start"
        said += line
    yield folder, json.loads(said)
    server.terminate()
    assert server.wait(20) == 0
    server.stdout.close()
    assert not (folder / "admin.json").exists()


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; import server.cli.main as m; m.program();"
        "heavy = ('sqlalchemy', 'strawberry', 'starlette', 'graphql', 'duckdb', 'pydantic', 'anyio');"
        "print([name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_command_has_help_and_a_wrong_use_ends_with_two(home: Path) -> None:
    for words in ((), ("catalog",), ("client",), ("grant",), ("audit",), ("keys",), ("secret",)):
        done = run(home, *words, "--help")
        assert done.returncode == 0
        assert "Usage: " in done.stdout
    assert run(home, "catalog", "check").returncode == 2
    assert run(home, "nothing").returncode == 2
    assert run(home, "serve", "--port", "99999").returncode == 2


def test_where_no_server_runs_the_stores_are_opened_under_the_lock(home: Path, manifests: Path) -> None:
    people, housing = str(manifests / "people.yaml"), str(manifests / "housing.yaml")
    assert out(run(home, "catalog", "check", people, housing, "--json"))["ok"]
    assert out(run(home, "catalog", "apply", people, "--json")) == {
        "version": 1,
        "departments": ["public-security"],
    }
    shown = out(run(home, "catalog", "show", "Person", "--json"))
    assert [field["name"] for field in shown["resources"][0]["fields"]][:2] == ["idNo", "name"]
    hits = out(run(home, "catalog", "search", "姓名", "--json"))
    assert [hit["coordinate"] for hit in hits] == ["Person.name"]
    made = out(run(home, "client", "create", "app-x", "--title", "应用", "--json"))
    assert set(made) == {"client_id", "client_secret"}
    listed = out(run(home, "client", "list", "--json"))
    assert [client["id"] for client in listed] == ["app-x"]
    assert made["client_secret"] not in json.dumps(listed)
    assert out(run(home, "audit", "verify", "--json"))["ok"]


def test_a_broken_manifest_names_every_line_and_ends_with_one(home: Path, manifests: Path) -> None:
    broken = str(manifests / "broken.yaml")
    checked = run(home, "catalog", "check", broken)
    assert checked.returncode == 1
    lines = [line for line in checked.stdout.splitlines() if "broken.yaml:" in line]
    assert len(lines) == 2
    assert "resources.Person.fields.kind.level" in lines[0]
    applied = run(home, "catalog", "apply", broken, "--json")
    assert applied.returncode == 1
    error = json.loads(applied.stderr)
    assert error["extensions"]["code"] == "MANIFEST_REFUSED"
    assert [problem["line"] for problem in error["extensions"]["problems"]]


def test_a_file_that_is_not_there_is_told_by_its_code(home: Path) -> None:
    done = run(home, "catalog", "check", "nothing.yaml")
    assert done.returncode == 1
    assert done.stderr.startswith("DOCUMENT_NOT_FOUND: ")


def test_a_setting_that_does_not_fit_is_named_without_its_value(home: Path) -> None:
    done = run(home, "client", "list", GOVGRAPH_PORT="seven", GOVGRAPH_LOG_LEVEL="loud")
    assert done.returncode == 1
    assert done.stderr.startswith("SETTINGS_REFUSED: ")
    assert "GOVGRAPH_LOG_LEVEL, GOVGRAPH_PORT" in done.stderr
    assert "seven" not in done.stderr


def test_migrate_says_so(tmp_path: Path) -> None:
    assert out(run(tmp_path, "migrate", "--json")) == {"migrated": True}


def test_a_running_server_is_asked_through_its_note(
    served: tuple[Path, dict[str, str]], manifests: Path
) -> None:
    folder, _ = served
    people = str(manifests / "people.yaml")
    assert (folder / "admin.json").stat().st_mode & 0o777 == 0o600
    assert out(run(folder, "catalog", "apply", people, "--json"))["departments"] == ["public-security"]
    exported = run(folder, "catalog", "export", "public-security")
    assert exported.stdout.startswith("manifest:")
    assert out(run(folder, "audit", "verify", "--json"))["ok"]
    refused = run(folder, "audit", "show", "x")
    assert refused.returncode == 1
    assert refused.stderr.startswith("ROLE_NOT_ALLOWED: ")


def test_another_machine_signs_in_and_may_keep_its_token(
    served: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    folder, said = served
    made = out(run(folder, "client", "create", "far-away", "--title", "远", "--json"))
    secret = {"GOVGRAPH_CLIENT_ID": "far-away", "GOVGRAPH_CLIENT_SECRET": made["client_secret"]}
    there = ("--server", said["url"])
    nobody = run(tmp_path, "catalog", "show", *there)
    assert nobody.stderr.startswith("NOT_SIGNED_IN: ")
    assert out(run(tmp_path, "catalog", "show", "--json", *there, **secret))["resources"]
    assert run(tmp_path, "token", "--store", *there, **secret).returncode == 0
    assert (tmp_path / "tokens.json").stat().st_mode & 0o777 == 0o600
    assert out(run(tmp_path, "catalog", "search", "姓名", "--json", *there))
    wrong = run(tmp_path, "token", *there, GOVGRAPH_CLIENT_ID="far-away", GOVGRAPH_CLIENT_SECRET="no")
    assert wrong.stderr.startswith("NOT_SIGNED_IN: ")


def test_a_query_is_asked_from_a_file_or_from_standard_input(served: tuple[Path, dict[str, str]]) -> None:
    folder, _ = served
    made = out(run(folder, "client", "create", "asks", "--title", "问", "--json"))
    secret = {"GOVGRAPH_CLIENT_ID": "asks", "GOVGRAPH_CLIENT_SECRET": made["client_secret"]}
    done = run(folder, "query", "-", given="{ a }", **secret)
    assert done.returncode == 1
    assert json.loads(done.stdout)["errors"][0]["extensions"]["code"] == "NO_GRANT"


def test_a_secret_comes_from_standard_input_only(served: tuple[Path, dict[str, str]]) -> None:
    folder, _ = served
    done = run(folder, "secret", "set", "public-security/key", "--json", given="very-secret\n")
    assert out(done) == {"reference": "public-security/key"}
    kept = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"very-secret" not in kept


def test_a_second_start_on_the_same_home_is_refused(served: tuple[Path, dict[str, str]]) -> None:
    folder, _ = served
    for words in (("serve", "--port", "0"), ("migrate",)):
        done = run(folder, *words)
        assert done.returncode == 1
        assert done.stderr.startswith("HOME_LOCKED: ")


def test_a_port_in_use_is_told_with_a_remedy(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run(tmp_path, "serve", "--port", str(other.getsockname()[1]))
    assert done.returncode == 1
    assert done.stderr.startswith("PORT_IN_USE: ")
    assert "GOVGRAPH_PORT" in done.stderr


def test_nobody_answers_at_an_address_without_a_server(tmp_path: Path) -> None:
    done = run(tmp_path, "catalog", "show", "--server", "http://127.0.0.1:9", GOVGRAPH_TOKEN="x")
    assert done.stderr.startswith("SERVER_UNREACHABLE: ")


def test_a_tampered_row_and_a_cut_tail_are_found(home: Path, tmp_path: Path) -> None:
    out(run(home, "client", "create", "app-y", "--title", "应用", "--json"))
    for name, change in (
        ("changed", "update leaf set leaf = cast(replace(cast(leaf as text), 'client', 'clXent') as blob)"),
        ("cut", "delete from leaf where position = (select max(position) from leaf)"),
    ):
        copy = tmp_path / name
        shutil.copytree(home, copy)
        with sqlite3.connect(next(copy.glob("audit/*.db"))) as store:
            store.execute(change)
        store.close()
        done = run(copy, "audit", "verify")
        assert done.returncode == 1
        assert done.stdout.startswith("NOT VERIFIED: ")


def test_a_cut_with_all_traces_is_warned_of_and_found_with_a_checkpoint_kept_elsewhere(
    home: Path, tmp_path: Path
) -> None:
    out(run(home, "client", "create", "app-z", "--title", "应用", "--json"))
    kept, copy = tmp_path / "kept", tmp_path / "copy"
    shutil.copy(home / "audit.checkpoint", kept)
    shutil.copytree(home, copy)
    size = int(kept.read_text().splitlines()[1])
    with sqlite3.connect(copy / "audit" / "log.db") as store:
        store.execute("delete from leaf where position = ?", (size - 1,))
        store.execute("delete from checkpoint where size = ?", (size,))
    store.close()
    (copy / "audit.checkpoint").unlink()
    alone = run(copy, "audit", "verify", "--json")
    assert out(alone)["compared"] == []
    assert alone.stderr.startswith("WARNING: no checkpoint kept elsewhere was compared")
    done = run(copy, "audit", "verify", "--checkpoint", str(kept))
    assert (done.returncode, done.stdout.startswith("NOT VERIFIED: ")) == (1, True)
    sound = run(home, "audit", "verify", "--checkpoint", str(kept))
    assert (sound.returncode, sound.stderr) == (0, "")
    assert f"the first {size} records" in sound.stdout


def test_another_verifier_key_verifies_nothing(home: Path, tmp_path: Path) -> None:
    assert out(run(tmp_path, "migrate", "--json"))
    out(run(tmp_path, "client", "list", "--json"))
    done = run(home, "audit", "verify", "--key", str(tmp_path / "audit.vkey"))
    assert done.returncode == 1


def test_a_question_of_nobody_is_not_asked_with_the_machines_token(
    served: tuple[Path, dict[str, str]],
) -> None:
    done = run(served[0], "query", "-", given="{ a }")
    assert done.returncode == 1
    assert done.stderr.startswith("NOT_SIGNED_IN: ")
