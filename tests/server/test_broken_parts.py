"""Parts that break or change while the platform runs: a source, the log, the catalog."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import anyio
import httpx2
import orjson
import pytest

from audit.errors import LogFullError
from schema.manifest import read_manifest_text
from tests.server.living import living
from tests.server.small_city import CHEN, HOUSING

pytestmark = pytest.mark.anyio
ASKED = f'{{ person(idNo: "{CHEN}") {{ name housingFund {{ state }} medicalInsurance {{ state }} }} }}'


async def test_a_stopped_source_is_null_with_its_code_and_the_others_answer(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        await platform.housing.stop()
        body = (await platform.ask(ASKED)).json()
    assert body["data"]["person"] == {
        "name": "陈**",
        "housingFund": None,
        "medicalInsurance": {"state": "PAYING"},
    }
    assert [error["extensions"]["code"] for error in body["errors"]] == ["SOURCE_UNAVAILABLE"]
    assert "127.0.0.1" not in str(body)


async def test_no_data_leaves_after_a_failed_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with living(tmp_path) as platform:
        store, token = platform.platform.log.opened.desk.store, await platform.token("app-one")

        def failing(_batch: Any) -> None:
            raise OSError(5, f"input/output error {CHEN}")

        with monkeypatch.context() as patch:
            patch.setattr(store, "write", failing)
            first = await platform.ask(ASKED, Authorization=f"Bearer {token}")
        second = await platform.ask(ASKED, Authorization=f"Bearer {token}")
        ready = await platform.http.get("/health/ready")
        control = await platform.http.post(
            "/control/graphql",
            json={"query": 'mutation { revokeClient(id: "app-one") }'},
            headers={"Authorization": f"Bearer {platform.platform.administrator.token}"},
        )
        clients = await platform.platform.auth.clients()
    for response in (first, second):
        assert response.status_code == 503
        assert response.json()["errors"][0]["extensions"]["code"] == "LOG_POISONED"
        assert "data" not in response.json()
        assert CHEN not in response.text
    assert ready.status_code == 503
    assert ready.json()["parts"] == {"database": True, "log": False, "catalog": True, "shared": True}
    assert control.json()["errors"][0]["extensions"]["code"] == "LOG_POISONED"
    assert not [client.id for client in clients if client.revoked]


async def test_a_full_disk_is_told_by_readiness_until_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with living(tmp_path) as platform:
        store, token = platform.platform.log.opened.desk.store, await platform.token("app-one")

        def full(_batch: Any) -> None:
            raise LogFullError("The disk that holds the audit log is full")

        with monkeypatch.context() as patch:
            patch.setattr(store, "write", full)
            refused = await platform.ask(ASKED, Authorization=f"Bearer {token}")
            during = await platform.http.get("/health/ready")
        size = store.size()
        after = await platform.http.get("/health/ready")
        again = await platform.http.get("/health/ready")
        events = [orjson.loads(leaf).get("event") for (leaf,) in leaves(tmp_path, size)]
    assert refused.json()["errors"][0]["extensions"]["code"] == "LOG_FULL"
    assert (during.status_code, during.json()["parts"]["log"]) == (503, False)
    assert (after.status_code, after.json()["parts"]["log"], again.status_code) == (200, True, 200)
    assert events == ["log.resumed"]


def leaves(folder: Path, first: int) -> list[tuple[bytes]]:
    """Return the leaves from a position on."""
    found = next(folder.rglob("log.db"))
    with closing(sqlite3.connect(found)) as connection:
        return connection.execute("SELECT leaf FROM leaf WHERE position >= ?", (first,)).fetchall()


async def test_a_running_query_finishes_on_the_version_it_began_with(tmp_path: Path) -> None:
    async with living(tmp_path, source_timeout=20, deadline=20) as platform:
        answers: list[httpx2.Response] = []
        publisher = platform.platform.publisher
        before = publisher.snapshot().catalog.version
        platform.housing.hang()
        asked = platform.housing.requests

        async def ask() -> None:
            answers.append(await platform.ask(ASKED))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(ask)
            with anyio.fail_after(10):
                while platform.housing.requests == asked:  # noqa: ASYNC110 the other side of a socket
                    await anyio.sleep(0.01)
            changed = HOUSING.replace("title: 状态", "title: 缴存状态")
            await publisher.publish([read_manifest_text(changed, "housing.yaml")])
            platform.housing.release()
        record = await platform.record(answers[0])
        later = await platform.record(await platform.ask(ASKED))
    assert answers[0].json()["data"]["person"]["housingFund"] == {"state": "PAYING"}
    assert (record["catalog"], later["catalog"]) == (before, before + 1)
