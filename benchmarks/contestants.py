"""Who is asked: our server in its settings, the floors below it and the peers beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.children import PYTHON
from benchmarks.cluster import CITY, INSURANCE, Cluster
from benchmarks.peers.install import NotInstalledError, installed, node
from benchmarks.product import SETTINGS
from benchmarks.workloads.questions import FOLDER

ALL = frozenset({"W1", "W2", "W3", "W4", "W5", "W6"})
PEERS = Path(__file__).resolve().parent / "peers"
DRIVER, ROUTE, HANDWRITTEN = "driver", "route", "handwritten"
POSTGRAPHILE, MERCURIUS, STRAWBERRY = "postgraphile", "mercurius", "strawberry"
TITLES: Mapping[str, str] = {
    "bare": "GovGraph (a) bare",
    "masked": "GovGraph (b) token, masks",
    "governed": "GovGraph (c) governed",
    DRIVER: "driver loop, no HTTP",
    ROUTE: "bare route, same bytes",
    HANDWRITTEN: "hand-written ASGI",
    POSTGRAPHILE: "PostGraphile 5",
    MERCURIUS: "mercurius with graphql-jit",
    STRAWBERRY: "Strawberry, SQLAlchemy",
}
"""Every contestant, in the order of the table."""

PRODUCTION: Mapping[str, str] = {"NODE_ENV": "production", "GRAPHILE_ENV": "production"}


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server to start: `{port}` in its command is replaced; `documents` holds how it spells the questions.

    `path` is where it is asked, `{workload}` in it replaced; `alive` answers as soon as it stands.
    `answers` are the workloads it can answer.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    path: str = "/graphql"
    alive: str = "/"
    documents: Path = FOLDER
    answers: frozenset[str] = ALL

    @property
    def title(self) -> str:
        """Return its name for the table."""
        return TITLES[self.name]


def sources(cluster: Cluster, hall_port: int) -> Mapping[str, str]:
    """Return where the sources are, as floors and peers read it from their environment."""
    return {
        "POSTGRESQL_FOLDER": cluster.socket,
        "CITY_DATABASE": CITY,
        "INSURANCE_DATABASE": INSURANCE,
        "HALL_URL": f"http://127.0.0.1:{hall_port}/services",
    }


def product(setting: str, home: Path, profile: Path | None = None) -> Contestant:
    """Return our server in a setting; its profile is written to a file where one is named."""
    if setting not in SETTINGS:
        raise SystemExit(f"no such setting: {setting}; choose one of {', '.join(SETTINGS)}")
    command = [*PYTHON, "benchmarks.product", setting, str(home), "{port}"]
    return Contestant(setting, command, {"PROFILE": str(profile)} if profile else {}, alive="/health/live")


def route(answers: Path) -> Contestant:
    """Return the bare route over a folder of answers."""
    command = [*PYTHON, "benchmarks.floors.route", str(answers), "{port}"]
    return Contestant(ROUTE, command, path="/{workload}")


def floor_or_peer(name: str, environment: Mapping[str, str]) -> Contestant:
    """Return a floor or a peer by name. Raises `NotInstalledError` where it cannot be installed."""
    match name:
        case "handwritten":
            command = [*PYTHON, "benchmarks.floors.handwritten", "{port}"]
            return Contestant(name, command, environment, path="/{workload}")
        case "strawberry":
            command = [*PYTHON, "benchmarks.peers.strawberry.server", "{port}"]
            return Contestant(name, command, environment, "/", documents=PEERS / "documents")
        case "mercurius":
            return _with_node(name, environment, PEERS / "documents", ALL)
        case "postgraphile":
            return _with_node(name, environment, PEERS / name, ALL - {"W6"})
    raise SystemExit(f"no such server: {name}; choose among {', '.join(TITLES)}")


def _with_node(
    name: str, environment: Mapping[str, str], documents: Path, answers: frozenset[str]
) -> Contestant:
    folder = installed(name)
    if not Path(node(folder)).exists():
        raise NotInstalledError("the package of Node.js holds none for this machine")
    command = [node(folder), str(folder / "server.mjs"), "{port}"]
    return Contestant(name, command, {**environment, **PRODUCTION}, documents=documents, answers=answers)
