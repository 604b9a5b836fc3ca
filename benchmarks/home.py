"""Sets our own server up for the benchmark: a home with the catalog published and the grants in force."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx2

from govgraph.clock import system_clock
from govgraph.settings import Settings
from server.app import Surrounding, application, build
from server.cli import catalog, clients, grants
from server.cli.connection import Connection
from server.home import held

WORKLOADS = Path(__file__).resolve().parent / "workloads"
CLIENT, PURPOSE = "benchmark", "BENCHMARK"
SECRET = "client-secret"
ENVIRONMENT = "environment.json"
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Texts:
    """What a home is made from: manifests and grants by the name of their file, values by department."""

    manifests: Mapping[str, str]
    grants: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]


def settings_of(home: Path, port: int = 0) -> Settings:
    """Return the settings of every measured server: lists as long as the longest question, time enough."""
    return Settings(
        home=home, port=port, page_limit=MOST_ROWS, deadline=60, source_timeout=60, body_limit=64_000_000
    )


def surrounding(values: Mapping[str, Mapping[str, str]]) -> Surrounding:
    """Return the addresses of the sources; all are on this machine."""
    return Surrounding(values, egress_allowed="127.0.0.0/8")


def workload_texts(socket: str, hall_port: int) -> Texts:
    """Return the catalog and the grants of the six questions."""
    folder = {"POSTGRESQL_FOLDER": socket}
    return Texts(
        manifests=texts(sorted((WORKLOADS / "catalog").glob("*.yaml"))),
        grants=texts([WORKLOADS / "grants.yaml"]),
        values={
            "registers": folder,
            "human-resources": folder,
            "service-hall": {"HALL_PORT": str(hall_port)},
        },
    )


def texts(files: Sequence[Path]) -> Mapping[str, str]:
    """Return files by name."""
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def make_home(home: Path, given: Texts) -> None:
    """Make clients, publish and grant as an administrator would; the secret of the client is kept beside."""
    anyio.run(_made, home, given)
    (home / ENVIRONMENT).write_text(json.dumps(given.values), encoding="utf-8")


async def _made(home: Path, given: Texts) -> None:
    with held(home):
        async with build(settings_of(home), system_clock(), surrounding(given.values)) as platform:
            transport = httpx2.ASGITransport(application(platform))
            async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as http:
                control = Connection(http, "http://localhost", platform.administrator.token)
                draft = {"id": CLIENT, "title": CLIENT, "role": "application"}
                client = (await control.ask(clients.CREATE, client=draft))["createClient"]
                await control.ask(catalog.APPLY, files=_files(given.manifests))
                await control.ask(grants.APPLY, files=_files(given.grants))
    (home / SECRET).write_text(client["clientSecret"], encoding="utf-8")


def _files(given: Mapping[str, str]) -> Sequence[Mapping[str, str]]:
    return [{"name": name, "text": text} for name, text in given.items()]


def headers(http: httpx2.Client, url: str, home: Path) -> Mapping[str, str]:
    """Return the headers that the client asks with, its token just issued."""
    secret = (home / SECRET).read_text(encoding="utf-8")
    answer = http.post(
        f"{url}/oauth/token", data={"grant_type": "client_credentials"}, auth=(CLIENT, secret)
    ).raise_for_status()
    return {
        "Authorization": f"Bearer {answer.json()['access_token']}",
        "Purpose": PURPOSE,
        "Content-Type": "application/json",
        "Accept": "application/graphql-response+json",
    }
