"""The command line where nothing was set up yet: looking makes nothing, and two persons begin."""

from pathlib import Path

from tests.server.test_command_line import out, run


def test_a_home_that_cannot_be_made_is_told_by_its_code() -> None:
    done = run(Path("/proc/nothing"), "catalog", "search", "x", "--server", "")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(("HOME_UNUSED: ", "HOME_UNUSABLE: "))
    done = run(Path("/proc/nothing"), "client", "create", "x-x", "--title", "x")
    assert done.stderr.startswith("HOME_UNUSABLE: ")
    assert "Traceback" not in done.stderr


def test_looking_makes_no_home(tmp_path: Path) -> None:
    for words in (("catalog", "search", "x"), ("catalog", "show"), ("client", "list"), ("proposal", "list")):
        done = run(tmp_path / "none", *words)
        assert done.returncode == 1
        assert done.stderr.startswith("HOME_UNUSED: ")
    assert not (tmp_path / "none").exists()


def test_two_persons_fill_a_seat_from_the_command_line(tmp_path: Path) -> None:
    holders = {}
    for role in ("security-administrator", "system-administrator", "audit-administrator"):
        made = out(run(tmp_path, "client", "create", role, "--title", role, "--role", role, "--json"))
        holders[role] = {"GOVGRAPH_CLIENT_ID": role, "GOVGRAPH_CLIENT_SECRET": made["client_secret"]}
    assert out(run(tmp_path, "setup", "finish", "--json")) == {"finished": True, "now": True}
    assert run(tmp_path, "client", "list").stderr.startswith("ROLE_NOT_ALLOWED: ")
    draft = ("client", "create", "operator-1", "--title", "x", "--role", "operator", "--json")
    proposed = out(run(tmp_path, *draft, **holders["security-administrator"]))
    second = holders["system-administrator"]
    assert [one["client"] for one in out(run(tmp_path, "proposal", "list", "--json", **second))] == [
        "operator-1"
    ]
    filled = out(run(tmp_path, "client", "approve", proposed["proposal"], "--json", **second))
    assert filled["client_secret"]
    asked = out(run(tmp_path, "keys", "backup", str(tmp_path / "copy"), "--json", **second))
    copied = run(tmp_path, "keys", "approve", asked["proposal"], "--json", **holders["audit-administrator"])
    assert "token-signing.pem" in out(copied)["keys"]
