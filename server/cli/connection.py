"""Where a command goes: the server on this home, one on another machine, or the stores themselves.

All three speak to the control graph. Where no server runs, the platform is opened in this process
under the same lock and asked without a network.
"""

import base64
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson

from govgraph.clock import system_clock
from govgraph.settings import Settings
from server.errors import (
    HomeLockedError,
    HomeUnusedError,
    NotSignedInError,
    ServerRefusedError,
    ServerUnreachableError,
)
from server.home import LOCK, held, running_server, write_private

TOKENS = "tokens.json"
DEMO_CLIENTS = "demo-clients.json"
TIMEOUT = 120.0


@dataclass(frozen=True, slots=True)
class Target:
    """Where a command goes and as whom.

    `server` is empty for this home, `acting` for the administrator of this machine. A command that
    only `looks` makes no home where there is none.
    """

    server: str = ""
    acting: str = ""
    purpose: str = ""
    looks: bool = False


@dataclass(frozen=True, slots=True)
class Connection:
    """An open way to a server. `token` is empty where nobody signed in."""

    http: httpx2.AsyncClient
    url: str
    token: str

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Return the data of the control graph. Raises `ServerRefusedError` with the server's own code."""
        body = await self.post("/control/graphql", {"query": document, "variables": variables})
        if body.get("errors"):
            raise ServerRefusedError(body["errors"][0])
        data: dict[str, Any] = body["data"]
        return data

    async def post(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Return the JSON object a server answers with. Raises `ServerUnreachableError`."""
        sent = {"Authorization": f"Bearer {self.token}", **(headers or {})} if self.token else headers
        try:
            response = await self.http.post(path, json=body, headers=dict(sent or {}))
        except httpx2.TransportError as error:
            raise ServerUnreachableError("No server answers", where=self.url) from error
        return read_answer(response, self.url)


def read_answer(response: httpx2.Response, url: str) -> dict[str, Any]:
    """Return the JSON object of a response. Raises `ServerUnreachableError` for anything else."""
    try:
        value = orjson.loads(response.content)
    except orjson.JSONDecodeError as error:
        raise ServerUnreachableError("What answers is no GovGraph server", where=url) from error
    if not isinstance(value, dict):
        raise ServerUnreachableError("What answers is no GovGraph server", where=url)
    return value


@asynccontextmanager
async def connected(target: Target, settings: Settings) -> AsyncIterator[Connection]:
    """Yield a way to the control graph, signed in. Raises coded errors where there is none."""
    if target.server:
        async with _remote(target.server) as http:
            yield Connection(http, target.server, await sign_in(http, target, settings))
        return
    if target.looks and not (settings.home / LOCK).is_file():
        raise HomeUnusedError("Nothing was set up under this home", where=str(settings.home))
    with ExitStack() as stack:
        try:
            stack.enter_context(held(settings.home))
        except HomeLockedError:
            running = running_server(settings.home)
            if running is None:
                raise
            async with _remote(running.url) as http:
                yield await _signed_in(http, running.url, running.token, target, settings)
            return
        async with _inside(settings) as (http, own):
            yield await _signed_in(http, "http://localhost", own, target, settings)


async def _signed_in(
    http: httpx2.AsyncClient, url: str, own: str, target: Target, settings: Settings
) -> Connection:
    return Connection(http, url, await sign_in(http, target, settings) if signs_in(target) else own)


def _remote(url: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=url.rstrip("/"), timeout=TIMEOUT, trust_env=False)


@asynccontextmanager
async def _inside(settings: Settings) -> AsyncIterator[tuple[httpx2.AsyncClient, str]]:
    from server.app import application, build  # noqa: PLC0415 - heavy, and needed only here
    from server.log_lines import set_up_logging  # noqa: PLC0415

    set_up_logging("error")

    async with build(settings, system_clock(settings.demo_today)) as platform:
        transport = httpx2.ASGITransport(application(platform))
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
            yield http, platform.administrator.token


def signs_in(target: Target) -> bool:
    """Return whether the command acts as a client, and not as the administrator of this machine."""
    return bool(target.acting or os.environ.get("GOVGRAPH_TOKEN") or os.environ.get("GOVGRAPH_CLIENT_ID"))


async def sign_in(http: httpx2.AsyncClient, target: Target, settings: Settings) -> str:
    """Return an access token: a stored one, or a new one for the client named. Raises `NotSignedInError`."""
    if not target.acting and os.environ.get("GOVGRAPH_TOKEN"):
        return os.environ["GOVGRAPH_TOKEN"]
    name, secret = _credentials(target, settings)
    if name:
        return await new_token(http, name, secret, target.purpose)
    stored = _stored_tokens(settings).get(target.server.rstrip("/"), "")
    if not stored:
        raise NotSignedInError("The command needs a client to act as")
    return stored


def _credentials(target: Target, settings: Settings) -> tuple[str, str]:
    if not target.acting:
        return os.environ.get("GOVGRAPH_CLIENT_ID", ""), os.environ.get("GOVGRAPH_CLIENT_SECRET", "")
    if target.acting == os.environ.get("GOVGRAPH_CLIENT_ID"):
        return target.acting, os.environ.get("GOVGRAPH_CLIENT_SECRET", "")
    for entry in _json(settings.home / DEMO_CLIENTS, []):
        if entry["client_id"] == target.acting:
            return target.acting, entry["client_secret"]
    raise NotSignedInError("The secret of the client is not known here", where=target.acting)


async def new_token(http: httpx2.AsyncClient, name: str, secret: str, purpose: str = "") -> str:
    """Return an access token from the token endpoint. Raises `NotSignedInError`."""
    basic = base64.b64encode(f"{name}:{secret}".encode()).decode()
    form = {"grant_type": "client_credentials"} | ({"purpose": purpose} if purpose else {})
    url = str(http.base_url)
    try:
        response = await http.post("/oauth/token", data=form, headers={"Authorization": f"Basic {basic}"})
    except httpx2.TransportError as error:
        raise ServerUnreachableError("No server answers", where=url) from error
    body = read_answer(response, url)
    if "access_token" not in body:
        raise NotSignedInError("The server gives this client no token", where=name)
    return str(body["access_token"])


def keep_token(settings: Settings, server: str, token: str) -> None:
    """Keep a token for later commands against a server, readable by its owner only."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = {**_stored_tokens(settings), server.rstrip("/"): token}
    write_private(settings.home / TOKENS, orjson.dumps(kept))


def _stored_tokens(settings: Settings) -> dict[str, str]:
    kept: dict[str, str] = _json(settings.home / TOKENS, {})
    return kept


def _json(path: Path, absent: Any) -> Any:
    try:
        return orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return absent
