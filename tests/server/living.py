"""A platform over the small city, served over real HTTP in this process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from auth.clients import Client
from auth.principal import Role
from auth.tokens import Realm, TokenIssuer
from govgraph.clock import Clock, system_clock
from govgraph.settings import Settings
from server.app import Surrounding, application, build
from server.cli.connection import Connection
from server.home import held
from server.parts import Platform
from server.serving import listen, served
from tests.server.small_city import KEY, MANIFESTS, RestDepartment, grants, rest_department, write_people

CLIENTS = (
    ("app-one", Role.APPLICATION, None),
    ("app-two-purposes", Role.APPLICATION, None),
    ("app-without-grant", Role.APPLICATION, None),
    ("clerk-housing", Role.CLERK, "housing-fund"),
    ("reviewer-big-data", Role.REVIEWER, "big-data"),
    ("security-administrator", Role.SECURITY_ADMINISTRATOR, None),
    ("audit-administrator", Role.AUDIT_ADMINISTRATOR, None),
    ("system-administrator", Role.SYSTEM_ADMINISTRATOR, None),
    ("operator", Role.OPERATOR, None),
)
GRANTS = (
    ("app-one", "CHECK-ONE", 1),
    ("app-two-purposes", "CHECK-ONE", 2),
    ("app-two-purposes", "CHECK-TWO", 3),
)


@dataclass(frozen=True, slots=True)
class Living:
    """A running platform, its address, and its two REST departments."""

    platform: Platform
    http: httpx2.AsyncClient
    url: str
    home: Path
    secrets: dict[str, str]
    housing: RestDepartment
    medical: RestDepartment

    async def token(self, client: str) -> str:
        """Return a new access token, got over HTTP."""
        response = await self.http.post(
            "/oauth/token", data={"grant_type": "client_credentials"}, auth=(client, self.secrets[client])
        )
        return str(response.json()["access_token"])

    def old_token(self, client: str, **realm: str) -> str:
        """Return a token that expired, or one of another realm where `realm` changes issuer or audience."""
        own = self.platform.tokens.realm
        changed = Realm(realm.get("issuer", own.issuer), realm.get("audience", own.audience), own.keys)
        past = datetime.now(UTC) - (timedelta() if realm else timedelta(hours=2))
        issuer = TokenIssuer(changed, Clock(lambda: past), 600)
        return issuer.issue(Client(client, client, Role.APPLICATION))

    async def ask(
        self, query: Any, client: str = "app-one", variables: Any = None, **headers: str
    ) -> httpx2.Response:
        """Ask the data graph as a client, with a new token unless one is given."""
        sent = {"Purpose": "CHECK-ONE", **headers}
        if "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {await self.token(client)}"
        body = {"query": query} | ({"variables": variables} if variables is not None else {})
        return await self.http.post("/graphql", json=body, headers={k: v for k, v in sent.items() if v})

    async def control(self, client: str = "") -> Connection:
        """Return a way to the control graph as a client, or as the administrator of this machine."""
        token = await self.token(client) if client else self.platform.administrator.token
        return Connection(self.http, self.url, token)

    async def record(self, response: httpx2.Response) -> dict[str, Any]:
        """Return the access record of an answer, from the log itself."""
        found = await self.platform.log.find(response.json()["extensions"]["govgraph"]["receipt"])
        assert found is not None
        return found


@asynccontextmanager
async def living(home: Path, egress: str = "127.0.0.0/8", **given: Any) -> AsyncIterator[Living]:
    """Run the platform on a free port, all published and granted; sources may stand in `egress`."""
    write_people(home)
    sock = listen("127.0.0.1", 0)
    port = sock.getsockname()[1]
    chosen = {
        "source_timeout": 0.6,
        "deadline": 3.0,
        "anonymous_limit": 100_000,
        "audit_pause": 3600,
        **given,
    }
    settings = Settings.model_validate({"home": home, "port": port, **chosen})
    with held(home):
        async with rest_department() as housing, rest_department() as medical:
            values = {
                "housing-fund": {"HOUSING_PORT": str(housing.port)},
                "medical-insurance": {"MEDICAL_PORT": str(medical.port)},
            }
            surrounding = Surrounding(values, egress)
            async with (
                build(settings, system_clock(), surrounding) as platform,
                served(application(platform), platform, sock),
                httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as http,
            ):
                url = f"http://127.0.0.1:{port}"
                started = Living(platform, http, url, home, {}, housing, medical)
                await _set_up(started)
                yield started


def stored_log(home: Path) -> str:
    """Return everything the log's files hold, as text."""
    stored = b"".join(path.read_bytes() for path in home.glob("audit/*") if path.is_file())
    return stored.decode("utf-8", "replace")


async def _set_up(started: Living) -> None:
    control = await started.control()
    for name, role, department in CLIENTS:
        draft = {"id": name, "title": name, "role": role.value, "department": department}
        made = await control.ask(
            "mutation ($c: ClientDraft!) { createClient(client: $c) { clientId clientSecret proposal } }",
            c=draft,
        )
        started.secrets[name] = made["createClient"]["clientSecret"]
    for department in ("housing-fund", "medical-insurance"):
        await control.ask(
            "mutation ($r: String!, $v: String!) { setSecret(reference: $r, value: $v) }",
            r=f"{department}/api-key",
            v=KEY,
        )
    files = [{"name": name, "text": text} for name, text in MANIFESTS]
    await control.ask("mutation ($f: [FileText!]!) { publishManifests(files: $f) { version } }", f=files)
    given = [{"name": f"{client}.yaml", "text": grants(client, purpose, n)} for client, purpose, n in GRANTS]
    await control.ask("mutation ($f: [FileText!]!) { putGrants(files: $f) { id } }", f=given)
