"""No token leaves without its record, and a refusal of one leaves its own: never a secret, never a token."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from audit.errors import LogFullError
from tests.server.living import Living, living, stored_log
from tests.server.small_city import CHEN

pytestmark = pytest.mark.anyio
FORM = {"grant_type": "client_credentials"}


async def last(platform: Living, count: int = 1) -> list[dict[str, Any]]:
    """Return the last records of the log, the oldest first."""
    log = platform.platform.log
    return [orjson.loads(row.leaf) for row in await log.range(log.size - count, count)]


async def test_a_token_that_is_given_out_is_recorded_with_its_client_and_purpose(platform: Living) -> None:
    form = {**FORM, "purpose": "CHECK-ONE"}
    auth = ("app-one", platform.secrets["app-one"])
    given = await platform.http.post("/oauth/token", data=form, auth=auth)
    (record,) = await last(platform)
    kept = {
        part: record.get(part) for part in ("kind", "event", "phase", "outcome", "client", "role", "subject")
    }
    assert kept == {
        "kind": "management",
        "event": "token.issue",
        "phase": "outcome",
        "outcome": "answered",
        "client": "app-one",
        "role": "application",
        "subject": "app-one",
    }
    assert record["detail"] == {"purpose": "CHECK-ONE"}
    assert record["address"] == "127.0.0.1"
    stored = stored_log(platform.home)
    assert platform.secrets["app-one"] not in stored
    assert given.json()["access_token"] not in stored


@pytest.mark.parametrize(
    ("name", "secret", "subject"),
    [("app-one", "wrong", "app-one"), ("nobody", "x", None), (CHEN, CHEN, None)],
)
async def test_a_token_that_is_refused_is_recorded_and_a_client_named_where_there_is_one(
    platform: Living, name: str, secret: str, subject: str | None
) -> None:
    answer = await platform.http.post("/oauth/token", data=FORM, auth=(name, secret))
    assert answer.status_code == 401
    (record,) = await last(platform)
    assert (record["event"], record["outcome"], record.get("subject")) == ("token.refuse", "refused", subject)
    assert record["detail"] == {"code": "invalid_client"}
    assert "client" not in record
    assert CHEN not in stored_log(platform.home)


async def test_what_is_asked_wrongly_is_recorded_too(platform: Living) -> None:
    auth = ("app-one", platform.secrets["app-one"])
    await platform.http.post("/oauth/token", data={"grant_type": "password"}, auth=auth)
    (record,) = await last(platform)
    assert (record["event"], record["detail"]) == ("token.refuse", {"code": "unsupported_grant_type"})


async def test_no_token_is_given_out_where_its_record_cannot_be_written(
    platform: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_batch: Any) -> None:
        raise LogFullError("The disk that holds the audit log is full")

    with monkeypatch.context() as patch:
        patch.setattr(platform.platform.log.opened.desk.store, "write", full)
        auth = ("app-one", platform.secrets["app-one"])
        refused = await platform.http.post("/oauth/token", data=FORM, auth=auth)
    assert refused.status_code == 503
    assert refused.json()["errors"][0]["extensions"]["code"] == "LOG_FULL"
    assert "access_token" not in refused.text
    assert await platform.token("app-one")


async def test_refusals_to_one_address_fill_no_disk_and_keep_nobody_out(tmp_path: Path) -> None:
    async with living(tmp_path, anonymous_limit=3) as platform:
        size = platform.platform.log.size
        for _ in range(12):
            answer = await platform.http.post("/oauth/token", data=FORM, auth=("app-one", "wrong"))
            assert answer.status_code == 401
        assert 3 <= platform.platform.log.size - size <= 8, "a minute may end meanwhile"
        assert await platform.token("app-one")
