"""`govgraph audit verify|prove|evidence` and `govgraph drill tamper`, in processes of their own."""

import json
import shutil
from pathlib import Path

import pytest

from server.cli.audit import commands as audit_commands
from tests.server.test_command_line import home, out, run, served

__all__ = ["home", "served"]
Served = tuple[Path, dict[str, str]]


@pytest.fixture
def kept(served: Served, tmp_path: Path) -> Path:
    """A checkpoint fetched earlier, kept elsewhere."""
    shutil.copy(served[0] / "audit.checkpoint", tmp_path / "kept")
    return tmp_path / "kept"


def test_a_server_is_verified_over_its_tiles_with_the_key_from_paper(
    served: Served, kept: Path, tmp_path: Path
) -> None:
    folder, said = served
    key = shutil.copy(folder / "audit.vkey", tmp_path / "paper.vkey")
    there = ("audit", "verify", "--server", said["url"], "--key", str(key))
    out(run(folder, "client", "list", "--json"))
    found = out(run(tmp_path, *there, "--checkpoint", str(kept), "--json"))
    assert (found["ok"], len(found["compared"])) == (True, 1)
    since = out(run(tmp_path, *there, "--since", str(kept), "--json"))
    assert since["newer"] >= since["older"]
    alone = run(tmp_path, *there)
    assert alone.stderr.startswith("WARNING: ")
    kept.write_text(kept.read_text().replace("\n1", "\n2", 1))
    changed = run(tmp_path, *there, "--since", str(kept))
    assert (changed.returncode, changed.stderr.split(":")[0]) == (1, "LOG_CHECKPOINT_INVALID")
    nobody = run(tmp_path, *there, "--entries")
    assert nobody.stderr.startswith("NOT_SIGNED_IN: ")


def test_a_copied_folder_is_verified_proved_and_made_evidence_of_offline(
    served: Served, kept: Path, tmp_path: Path
) -> None:
    folder, _ = served
    out(run(folder, "client", "list", "--json"))
    shutil.copytree(folder / "audit", tmp_path / "taken" / "audit")
    key = shutil.copy(folder / "audit.vkey", tmp_path / "taken" / "audit.vkey")
    copied = ("--folder", str(tmp_path / "taken" / "audit"))
    given = (*copied, "--key", str(key))
    assert out(run(tmp_path, "audit", "verify", *given, "--checkpoint", str(kept), "--json"))["ok"]
    assert out(run(tmp_path, "audit", "verify", *given, "--since", str(kept), "--json"))["ok"]
    receipt = start_receipt(tmp_path / "taken" / "audit")
    proof = run(tmp_path, "audit", "prove", receipt, *copied)
    assert proof.stdout.startswith("c2sp.org/tlog-proof@v1\nindex 0\n")
    package = tmp_path / "package.zip"
    made = out(run(tmp_path, "audit", "evidence", receipt, *copied, "-o", str(package), "--json"))
    assert made == {"file": str(package), "positions": [0]}
    found = run(tmp_path, "audit", "verify", "--evidence", str(package), "--key", str(key))
    assert (found.returncode, found.stderr) == (0, "")
    assert receipt in found.stdout
    own = run(tmp_path, "audit", "verify", "--evidence", str(package))
    assert own.stderr.endswith(key.read_text() if isinstance(key, Path) else Path(key).read_text())
    content = package.read_bytes()
    package.write_bytes(content.replace(b"platform.start", b"platform.stopt"))
    changed = run(tmp_path, "audit", "verify", "--evidence", str(package), "--key", str(key))
    assert (changed.returncode, changed.stderr.split(":")[0]) == (1, "EVIDENCE_INVALID")
    unknown = run(tmp_path, "audit", "prove", "nobody", *copied)
    assert unknown.stderr.startswith("RECEIPT_UNKNOWN: ")


def start_receipt(folder: Path) -> str:
    """Return the receipt of the first record."""
    import sqlite3  # noqa: PLC0415
    from contextlib import closing  # noqa: PLC0415

    with closing(sqlite3.connect(folder / "log.db")) as store:
        row = store.execute("SELECT leaf FROM leaf WHERE position = 0").fetchone()
    return str(json.loads(row[0])["receipt"])


def test_only_the_audit_administrator_is_given_evidence(served: Served) -> None:
    folder, _ = served
    refused = run(folder, "audit", "evidence", "anything")
    assert (refused.returncode, refused.stderr.split(":")[0]) == (1, "TOKEN_INVALID")


def test_the_drill_finds_every_tampering_and_leaves_the_log_as_it_was(served: Served) -> None:
    folder, _ = served
    for _ in range(3):
        out(run(folder, "client", "list", "--json"))
    run(folder, "audit", "show", "nothing")
    run(folder, "audit", "show", "nothing")
    run(folder, "audit", "show", "nothing")
    run(folder, "audit", "show", "nothing")
    told = out(run(folder, "drill", "tamper", "--json"))
    assert told["ok"]
    assert {one["drill"] for one in told["drills"]} >= {"edit", "delete", "rebuild", "roll-back"}
    shown = run(folder, "drill", "tamper")
    assert "ROLLED_BACK" in shown.stdout
    assert out(run(folder, "audit", "verify", "--json"))["ok"]


def test_a_log_too_short_to_be_tampered_with_is_told(tmp_path: Path) -> None:
    out(run(tmp_path, "migrate", "--json"))
    done = run(tmp_path, "drill", "tamper")
    assert done.returncode == 1
    assert done.stderr.split(":")[0] in {"LOG_UNREADABLE", "DOCUMENT_NOT_FOUND"}


def test_the_words_of_a_command_are_kept_as_they_were_given() -> None:
    asked = audit_commands.Verifying(server="x", entries=True)
    assert (asked.server, asked.entries, asked.key) == ("x", True, None)
