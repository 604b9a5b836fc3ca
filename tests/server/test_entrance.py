"""Bodies that do not end, and requests that nobody stands behind."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic
from typing import Any

import anyio
import httpx2
import pytest
from anyio import to_thread

from server.strangers import place
from tests.server.living import Living, living, stored_log

pytestmark = pytest.mark.anyio
LIMIT = 5
ASKED = {"query": "{ a }"}


@pytest.fixture
async def strict(tmp_path: Path) -> AsyncIterator[Living]:
    """A platform with little patience."""
    async with living(tmp_path, body_timeout=0.5, anonymous_limit=LIMIT) as platform:
        yield platform


def _half_a_body(port: int, path: str, kind: str) -> tuple[bytes, float]:
    """Return what the server says to a client that never sends the rest, and how long that took."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: 1000\r\n\r\n"
    started = monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(head.encode() + b'{"query"')
        said = b""
        while part := client.recv(65_536):
            said += part
    return said, monotonic() - started


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/graphql", "application/json"),
        ("/control/graphql", "application/json"),
        ("/oauth/token", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_body_that_never_ends_is_refused_and_its_connection_closed(
    strict: Living, path: str, kind: str
) -> None:
    port = strict.platform.settings.port
    with anyio.fail_after(8):
        said, seconds = await to_thread.run_sync(_half_a_body, port, path, kind)
    assert seconds < 5
    assert (b"TOKEN_MISSING" if "control" in path else b"BODY_TOO_SLOW") in said
    assert b"connection: close" in said.lower()


async def _refused(http: httpx2.AsyncClient, path: str, **sent: Any) -> str:
    response = await http.post(path, **({"json": ASKED} | sent))
    return str(response.json()["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize("path", ["/graphql", "/control/graphql"])
@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"headers": {"Authorization": "Bearer x"}},
        {"json": None, "content": b"{", "headers": {"Content-Type": "application/json"}},
        {"json": None, "content": b"{", "headers": {"Content-Type": "text/plain"}},
    ],
)
async def test_refusals_of_nobody_in_particular_stop_filling_the_disk(
    strict: Living, path: str, sent: dict[str, Any]
) -> None:
    for _ in range(LIMIT):
        assert await _refused(strict.http, path, **sent) != "TOO_MANY_REQUESTS"
    assert await _refused(strict.http, path, **sent) == "TOO_MANY_REQUESTS"
    told, size = stored_log(strict.home), strict.platform.log.checkpoint()
    assert "TOO_MANY_REQUESTS" in told
    for _ in range(20):
        response = await strict.http.post(path, **({"json": ASKED} | sent))
        assert response.status_code == 429
    assert strict.platform.log.checkpoint() == size


async def test_a_valid_token_is_heard_whatever_its_neighbours_do(strict: Living) -> None:
    for _ in range(LIMIT + 2):
        await _refused(strict.http, "/graphql")
    answered = await strict.ask("{ __typename }")
    assert answered.status_code == 200
    control = await strict.control("security-administrator")
    assert (await control.ask("{ status { version } }"))["status"]
    assert (await (await strict.control()).ask("{ status { version } }"))["status"]


def test_an_ipv6_network_counts_as_one_address() -> None:
    assert place("2001:db8::1") == place("2001:db8::ffff:2") != place("2001:db8:0:1::1")
    assert place("::ffff:192.0.2.1") == place("192.0.2.1") != place("192.0.2.2")
    assert place("") == ""


async def test_a_form_of_many_fields_is_refused_in_the_words_of_the_standard(strict: Living) -> None:
    form = {f"field{number}": "1" for number in range(60)}
    response = await strict.http.post("/oauth/token", data=form)
    assert response.status_code == 400
    assert response.json()["error"] == "invalid_request"


@pytest.mark.parametrize("path", ["/audit/log/evidence/x", "/audit/log/tile/entries/000.p/1"])
async def test_strangers_at_the_log_stop_filling_it_too(strict: Living, path: str) -> None:
    for _ in range(LIMIT):
        assert (await strict.http.get(path)).status_code == 401
    assert (await strict.http.get(path)).status_code == 429
    size = strict.platform.log.size
    for _ in range(3):
        answer = await strict.http.get(path, headers={"Authorization": "Bearer x"})
        assert answer.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_REQUESTS"
    assert strict.platform.log.size == size
    auditor = {"Authorization": f"Bearer {await strict.token('audit-administrator')}"}
    assert (await strict.http.get(path, headers=auditor)).status_code in (200, 404)
