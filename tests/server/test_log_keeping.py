"""Keeping the log by control graph and command line; a whole platform with its log in PostgreSQL."""

from collections.abc import Callable
from pathlib import Path

import pytest

from audit.verify import verify
from tests.server.living import Living, living
from tests.server.small_city import CHEN
from tests.server.test_command_line import home, out, run, served
from tests.server.test_control import code_of

__all__ = ["home", "served"]

BACKUP = "mutation ($t: String!) { backupLog(target: $t) { size root } }"
ROTATE = "mutation { rotateDigests }"


@pytest.mark.anyio
@pytest.mark.postgresql
async def test_a_platform_answers_with_its_log_in_postgresql(
    tmp_path: Path, new_postgresql_database: Callable[[], str]
) -> None:
    (tmp_path / "home").mkdir()
    async with living(tmp_path / "home", log_url=new_postgresql_database()) as city:
        answer = await city.ask("query ($a: IdNumber!) { person(idNo: $a) { name } }", variables={"a": CHEN})
        record = await city.record(answer)
        assert record["client"] == "app-one"
        control = await city.control("system-administrator")
        made = (await control.ask(BACKUP, t=str(tmp_path / "backup")))["backupLog"]
        assert made["size"] > record["index"]
        assert not (city.home / "audit" / "log.db").exists()
    found = verify(tmp_path / "backup" / "audit", (city.home / "audit.vkey").read_text())
    assert (found.ok, found.size) == (True, made["size"])


@pytest.mark.anyio
async def test_only_the_system_administrator_backs_up_and_rotates_and_each_is_recorded(
    platform: Living, tmp_path: Path
) -> None:
    for client in ("security-administrator", "audit-administrator", "operator", "app-one"):
        control = await platform.control(client)
        assert await code_of(control, BACKUP, t=str(tmp_path / client)) == "ROLE_NOT_ALLOWED"
        assert await code_of(control, ROTATE) == "ROLE_NOT_ALLOWED"
    control = await platform.control("system-administrator")
    size = platform.platform.log.size
    assert (await control.ask(BACKUP, t=str(tmp_path / "backup")))["backupLog"]["size"] >= size
    assert await code_of(control, BACKUP, t=str(tmp_path / "backup")) == "LOG_BACKUP_REFUSED"
    name = (await control.ask(ROTATE))["rotateDigests"]
    assert name == platform.platform.log.opened.desk.seal.key
    written = await platform.platform.log.entries(size, 200)
    events = [leaf for leaf in written if b'"event":"log.backup"' in leaf or b'"event":"keys.rotate"' in leaf]
    assert len(events) == 6
    assert name.encode() in b"".join(events)


def test_a_log_is_backed_up_and_put_back_from_the_command_line(home: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "backup")
    made = out(run(home, "audit", "backup", target, "--json"))
    assert made["target"] == target
    shown = run(home, "audit", "restore", target)
    assert shown.returncode == 1
    assert "were signed for" in shown.stderr
    done = out(run(home, "audit", "restore", target, "--accept-loss", "--json"))
    assert done["size"] == made["size"]
    assert done["lost"] > 0
    assert run(home, "audit", "verify").returncode == 0


def test_the_roles_are_printed_as_sql(home: Path) -> None:
    printed = run(home, "audit", "roles").stdout
    assert "CREATE ROLE govgraph_log_writer NOLOGIN" in printed
    assert "GRANT INSERT, SELECT (batch) ON govgraph_log.incoming TO govgraph_log_writer" in printed


def test_a_key_is_rotated_from_the_command_line(home: Path) -> None:
    assert len(out(run(home, "keys", "rotate", "digests", "--json"))["name"]) == 8
    assert run(home, "keys", "rotate", "cursors").returncode == 2
