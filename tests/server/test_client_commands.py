"""The commands for operations and for settings of single clients, end to end on a home without a server."""

from hashlib import sha256
from pathlib import Path

from tests.server.test_command_line import out, run


def test_an_operation_is_registered_listed_and_removed(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    file = tmp_path / "type.graphql"
    file.write_text("{ __typename }", encoding="utf-8")
    made = out(run(folder, "operation", "register", str(file), "--title", "类型", "--json"))
    assert made["digest"] == sha256(b"{ __typename }").hexdigest()
    assert made["client"] is None
    assert [one["digest"] for one in out(run(folder, "operation", "list", "--json"))] == [made["digest"]]
    assert made["digest"] in run(folder, "operation", "list").stdout
    assert out(run(folder, "operation", "remove", made["digest"], "--json")) == {"removed": made["digest"]}
    again = run(folder, "operation", "remove", made["digest"])
    assert again.stderr.startswith("OPERATION_NOT_REGISTERED: ")
    refused = run(folder, "operation", "register", "-", given="{ person(")
    assert (refused.returncode, refused.stderr[:19]) == (1, "OPERATION_REFUSED: ")


def test_a_client_is_set_shown_and_set_back(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    out(run(folder, "client", "create", "app-narrow", "--title", "应用", "--json"))
    changed = out(run(folder, "client", "set", "app-narrow", "--only-persisted", "--depth", "4", "--json"))
    assert (changed["settings"]["onlyPersisted"], changed["settings"]["depth"]) == (True, 4)
    assert "onlyPersisted depth=4" in run(folder, "client", "list").stdout
    beyond = run(folder, "client", "set", "app-narrow", "--depth", "21")
    assert beyond.stderr.startswith("CLIENT_REFUSED: ")
    assert "as for everybody" in run(folder, "client", "set", "app-narrow").stdout
