"""`/audit/log/…` over HTTP: open hashes, records for the audit role only, and every reading recorded."""

from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from audit import checkpoint
from audit.errors import LogFullError
from audit.evidence import check
from audit.note import read_verifier
from audit.tiles import read_bundle, read_hashes
from audit.tree import leaf_hash, root
from audit.verify_tiles import TileCheck, verify_tiles
from server.cli.audit.remote_log import RemoteLog
from tests.server.living import Living
from tests.server.small_city import CHEN

pytestmark = pytest.mark.anyio
LOG = "/audit/log"
ENTRIES = f"{LOG}/tile/entries/000.p/1"


async def signed_in(platform: Living, client: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {await platform.token(client)}"}


def size_of(platform: Living) -> int:
    log = platform.platform.log
    return checkpoint.read(log.checkpoint(), read_verifier(log.verifier_key)).size


async def last_event(platform: Living) -> dict[str, Any]:
    """Return what the last record says."""
    entries = await platform.platform.log.entries(size_of(platform) - 1, 1)
    found: dict[str, Any] = orjson.loads(entries[0])
    return found


async def test_the_checkpoint_is_open_and_not_kept_by_caches(platform: Living) -> None:
    response = await platform.http.get(f"{LOG}/checkpoint")
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["cache-control"] == "no-cache"


async def test_the_tiles_are_open_lead_to_the_signed_root_and_may_be_kept_for_ever(platform: Living) -> None:
    note = (await platform.http.get(f"{LOG}/checkpoint")).text
    signed = checkpoint.read(note, read_verifier(platform.platform.log.verifier_key))
    before = size_of(platform)
    response = await platform.http.get(f"{LOG}/tile/0/000.p/{signed.size}")
    assert response.headers["content-type"] == "application/octet-stream"
    assert "immutable" in response.headers["cache-control"]
    assert root(read_hashes(response.content)) == signed.root
    assert size_of(platform) == before, "reading hashes leaves no record"


@pytest.mark.parametrize("path", ["0/000", "0/000.p/256", "0/00", "1/000.p/1", "entries/x", "../../keys"])
async def test_tiles_that_do_not_exist_are_told_by_code(platform: Living, path: str) -> None:
    response = await platform.http.get(f"{LOG}/tile/{path}")
    assert response.status_code == 404
    assert response.json()["errors"][0]["extensions"]["code"] in {"TILE_UNKNOWN", "ADDRESS_NOT_FOUND"}


@pytest.mark.parametrize(
    "client", ["app-one", "clerk-housing", "security-administrator", "system-administrator", "operator"]
)
async def test_records_are_shown_to_no_other_role_and_the_attempt_is_recorded(
    platform: Living, client: str
) -> None:
    headers = await signed_in(platform, client)
    for path in (ENTRIES, f"{LOG}/evidence/anything"):
        response = await platform.http.get(path, headers=headers)
        assert response.status_code == 403
        assert response.json()["errors"][0]["extensions"]["code"] == "ROLE_NOT_ALLOWED"
        found = await last_event(platform)
        assert (found["client"], found["event"], found["outcome"]) == (client, "read-audit", "refused")


async def test_nobody_and_the_machines_own_token_see_no_record(platform: Living) -> None:
    own = {"Authorization": f"Bearer {platform.platform.administrator.token}"}
    for headers in ({}, own):
        response = await platform.http.get(ENTRIES, headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert (await last_event(platform))["event"] == "audit.read_entries"


async def test_the_audit_administrator_reads_entries_and_leaves_a_record_before_the_answer(
    platform: Living,
) -> None:
    headers = await signed_in(platform, "audit-administrator")
    size = size_of(platform)
    response = await platform.http.get(f"{LOG}/tile/entries/000.p/{size}", headers=headers)
    assert response.headers["cache-control"].startswith("private")
    tile = await platform.http.get(f"{LOG}/tile/0/000.p/{size}")
    assert [leaf_hash(entry) for entry in read_bundle(response.content)] == read_hashes(tile.content)
    found = await last_event(platform)
    assert (found["client"], found["event"]) == ("audit-administrator", "audit.read_entries")
    assert found["detail"] == {"records": f"0..{size - 1}"}


async def test_no_entry_leaves_where_its_reading_can_not_be_recorded(
    platform: Living, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = await signed_in(platform, "audit-administrator")
    store = platform.platform.log.opened.desk.store

    def failing(_batch: Any) -> None:
        raise LogFullError("The disk that holds the audit log is full")

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", failing)
        response = await platform.http.get(ENTRIES, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (503, "application/json")


async def test_an_evidence_package_is_made_of_an_answer_and_holds_no_value_of_it(platform: Living) -> None:
    answer = await platform.ask(f'{{ person(idNo: "{CHEN}") {{ name }} }}')
    receipt = answer.json()["extensions"]["govgraph"]["receipt"]
    headers = await signed_in(platform, "audit-administrator")
    response = await platform.http.get(f"{LOG}/evidence/{receipt}", headers=headers)
    assert response.headers["content-type"] == "application/zip"
    found = check(response.content, platform.platform.log.verifier_key)
    assert found.receipt == receipt
    assert CHEN.encode() not in response.content
    event = await last_event(platform)
    assert (event["event"], event["subject"]) == ("audit.evidence", receipt)


async def test_a_receipt_nobody_got_is_unknown_and_not_repeated(platform: Living) -> None:
    headers = await signed_in(platform, "audit-administrator")
    response = await platform.http.get(f"{LOG}/evidence/{CHEN}", headers=headers)
    assert (response.status_code, CHEN in response.text) == (404, False)
    event = await last_event(platform)
    assert (event["event"], event["outcome"], "subject" in event) == ("audit.evidence", "refused", False)


async def test_a_server_is_verified_from_elsewhere_over_its_tiles(platform: Living, tmp_path: Path) -> None:
    key = platform.platform.log.verifier_key
    kept = {"yesterday": platform.platform.log.checkpoint()}
    for _ in range(300):
        await platform.http.get("/control/graphql")
    async with httpx2.AsyncClient(base_url=platform.url, trust_env=False) as http:
        found = await verify_tiles(RemoteLog(http), TileCheck(key, kept))
        assert (found.ok, len(found.compared)) == (True, 1)
        assert found.size > 300
        token = await platform.token("audit-administrator")
        whole = await verify_tiles(RemoteLog(http, token), TileCheck(key, kept, entries=True))
        assert whole.ok
        assert whole.checkpoint_time
