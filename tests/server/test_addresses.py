"""Every address answers what it is for, and says nothing it should not."""

import re

import httpx2
import pytest

from audit.checkpoint import read
from audit.note import read_verifier
from tests.server.living import Living

pytestmark = pytest.mark.anyio


async def test_live_names_the_instance_and_ready_its_parts(platform: Living) -> None:
    live = (await platform.http.get("/health/live")).json()
    ready = (await platform.http.get("/health/ready")).json()
    assert live == {"status": "live", "instance": platform.platform.instance}
    assert ready["parts"] == {"database": True, "log": True, "catalog": True, "shared": True}


async def test_the_metadata_names_addresses_that_answer(platform: Living) -> None:
    metadata = (await platform.http.get("/.well-known/oauth-authorization-server")).json()
    assert metadata["issuer"] == platform.url
    keys = await platform.http.get(metadata["jwks_uri"])
    assert [key["alg"] for key in keys.json()["keys"]] == ["ES256"]
    assert not {"d"} & set(keys.json()["keys"][0])
    token = await platform.http.post(
        metadata["token_endpoint"],
        data={"grant_type": "client_credentials"},
        auth=("app-one", platform.secrets["app-one"]),
    )
    assert token.json()["token_type"] == "Bearer"
    assert token.headers["cache-control"] == "no-store"


async def test_a_wrong_secret_gets_no_token(platform: Living) -> None:
    form = {"grant_type": "client_credentials"}
    response = await platform.http.post("/oauth/token", data=form, auth=("app-one", "wrong"))
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"
    assert response.headers["www-authenticate"].startswith("Basic")


async def test_a_token_request_that_is_no_form_is_refused(platform: Living) -> None:
    response = await platform.http.post("/oauth/token", json={"grant_type": "client_credentials"})
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_request"


async def test_a_form_beyond_any_reason_is_refused(platform: Living) -> None:
    response = await platform.http.post("/oauth/token", data={"grant_type": "x" * 1_000_000})
    assert response.status_code in {400, 413}


async def test_the_checkpoint_holds_under_the_verifier_key(platform: Living) -> None:
    response = await platform.http.get("/audit/log/checkpoint")
    assert response.headers["content-type"].startswith("text/plain")
    verifier = read_verifier((platform.home / "audit.vkey").read_text())
    assert read(response.text, verifier).size > 0


async def test_an_address_that_is_not_there_says_so_with_a_code(platform: Living) -> None:
    for path, status, code in (
        ("/nothing", 404, "ADDRESS_NOT_FOUND"),
        ("/static/../errors.py", 404, "ADDRESS_NOT_FOUND"),
        ("/static/other.css", 404, "ADDRESS_NOT_FOUND"),
        ("/oauth/token", 405, "METHOD_NOT_ALLOWED"),
        ("/demo/run/h1", 404, "ADDRESS_NOT_FOUND"),
    ):
        response = await platform.http.get(path)
        assert response.status_code == status, path
        assert response.json()["errors"][0]["extensions"]["code"] == code


async def test_the_page_names_no_address_outside(platform: Living) -> None:
    page = await platform.http.get("/")
    assert page.status_code == 200
    script = await platform.http.get("/static/page.js")
    style = await platform.http.get("/static/page.css")
    for response in (page, script, style):
        assert response.status_code == 200
        assert not re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]+", response.text)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|style=", page.text)


async def test_the_page_shows_the_catalog_in_a_demonstration_only(platform: Living) -> None:
    assert "人口基本信息" not in (await platform.http.get("/")).text


async def test_every_answer_carries_the_headers_of_safety(platform: Living) -> None:
    for path in ("/", "/health/live", "/nothing", "/graphql", "/audit/log/checkpoint"):
        headers = (await platform.http.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "server" not in headers


async def test_a_well_formed_request_id_comes_back(platform: Living) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    sent = {"X-Request-Id": "case-1", "traceparent": trace}
    headers = (await platform.http.get("/health/live", headers=sent)).headers
    assert headers["x-request-id"] == "case-1"
    assert headers["traceparent"] == trace


@pytest.mark.parametrize("sent", ["a b", "x" * 65, "330799199003071013", "case-330799199003071013", "ä"])
async def test_a_request_id_that_must_not_be_recorded_is_replaced(platform: Living, sent: str) -> None:
    header = httpx2.Headers([(b"X-Request-Id", sent.encode())])
    returned = (await platform.http.get("/health/live", headers=header)).headers["x-request-id"]
    assert re.fullmatch(r"[0-9a-f]{32}", returned)


@pytest.mark.parametrize("sent", ["00-" + "0" * 32 + "-00f067aa0ba902b7-01", "01-x", "x" * 200])
async def test_a_trace_parent_that_is_none_is_dropped(platform: Living, sent: str) -> None:
    response = await platform.http.get("/health/live", headers={"traceparent": sent})
    assert "traceparent" not in response.headers


async def test_the_record_carries_the_request_id(platform: Living) -> None:
    response = await platform.ask("{ nothing }", **{"X-Request-Id": "case-2"})
    assert (await platform.record(response))["request"] == "case-2"
