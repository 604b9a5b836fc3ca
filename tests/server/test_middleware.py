"""What stands around every request: proxies, other origins, a prefix, and the last net."""

import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from govgraph.errors import CallerError
from govgraph.settings import Settings
from server.log_lines import JsonLines
from server.metrics.traffic import Traffic
from server.middleware import middleware
from tests.server.living import living, stored_log
from tests.server.small_city import CHEN

pytestmark = pytest.mark.anyio


def asking(endpoint: Callable[[Request], Awaitable[Response]], **given: Any) -> httpx2.AsyncClient:
    """Return a client of one address behind the layers."""
    settings = Settings.model_validate(given)
    app = Starlette(
        routes=[Route("/", endpoint, methods=["GET", "POST"])], middleware=middleware(settings, Traffic())
    )
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://inside")


async def seen(request: Request) -> Response:
    """Answer with what the address sees of the caller."""
    host = request.client.host if request.client else ""
    return JSONResponse({"host": host, "scheme": request.url.scheme})


FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


async def test_forwarded_headers_are_believed_from_trusted_addresses_only() -> None:
    async with asking(seen, trusted_proxies="127.0.0.1") as http:
        assert (await http.get("/", headers=FORWARDED)).json() == {"host": "203.0.113.9", "scheme": "https"}
    for trusted in ("", "10.0.0.1"):
        async with asking(seen, trusted_proxies=trusted) as http:
            assert (await http.get("/", headers=FORWARDED)).json() == {"host": "127.0.0.1", "scheme": "http"}


async def test_another_origin_may_ask_only_where_the_setting_names_it() -> None:
    preflight = {
        "Origin": "https://app.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,purpose",
    }
    async with asking(seen, cors_origins="https://app.example, https://b.example") as http:
        allowed = await http.options("/", headers=preflight)
        assert allowed.headers["access-control-allow-origin"] == "https://app.example"
        other = await http.options("/", headers={**preflight, "Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in other.headers
    async with asking(seen) as http:
        closed = await http.get("/", headers={"Origin": "https://app.example"})
        assert "access-control-allow-origin" not in closed.headers


async def test_what_escapes_is_rebuilt_for_caller_and_log(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_request: Request) -> Response:
        raise RuntimeError(f"person {CHEN} is broken")

    with caplog.at_level(logging.INFO):
        async with asking(broken) as http:
            response = await http.get("/", headers={"X-Request-Id": "case-9"})
    assert response.status_code == 500
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert response.headers["x-request-id"] == "case-9"
    lines = [JsonLines().format(record) for record in caplog.records]
    assert CHEN not in response.text + "".join(lines)
    [failure] = [json.loads(line) for line in lines if json.loads(line)["event"] == "failure"]
    assert failure["failure"] == "RuntimeError"
    assert failure["request"] == "case-9"
    assert failure["place"].startswith("test_middleware.py:")


async def test_a_coded_error_keeps_its_code_and_status() -> None:
    async def refusing(_request: Request) -> Response:
        raise CallerError("This is wrong", where="here", remedy="Do better.")

    async with asking(refusing) as http:
        response = await http.get("/")
    assert response.status_code == 400
    assert response.json()["errors"][0] == {
        "message": "This is wrong (here). Do better.",
        "extensions": {"code": "BAD_REQUEST", "kind": "caller", "remedy": "Do better.", "where": "here"},
    }


async def test_behind_a_proxy_with_a_prefix_everything_is_found(tmp_path: Path) -> None:
    given = {"root_path": "/data", "public_url": "https://city.example/data", "trusted_proxies": "127.0.0.1"}
    async with living(tmp_path, **given) as platform:
        page = (await platform.http.get("/")).text
        metadata = (await platform.http.get("/.well-known/oauth-authorization-server")).json()
        response = await platform.ask("{ nothing }", **{"X-Forwarded-For": "203.0.113.9"})
        record = await platform.record(response)
    assert 'href="/data/static/page.css"' in page
    assert metadata["token_endpoint"] == "https://city.example/data/oauth/token"
    assert record["address"] == "203.0.113.9"


async def test_start_and_stop_are_recorded(tmp_path: Path) -> None:
    async with living(tmp_path) as platform:
        instance = platform.platform.instance
    stored = stored_log(tmp_path)
    for event in ("platform.start", "platform.stop"):
        assert f'"event":"{event}"' in stored
    assert instance in stored
