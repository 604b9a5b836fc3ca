"""Who is asked: our server in its settings, the floors below it and the peers beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.children import PYTHON
from benchmarks.cluster import CITY, INSURANCE, Cluster
from benchmarks.product import SETTINGS
from benchmarks.workloads.questions import FOLDER


@dataclass(frozen=True, slots=True)
class Contestant:
    """A server to start: `{port}` in its command is replaced; `documents` holds how it spells the questions.

    `answers` are the workloads it can answer; `masked` says that its data are not in the clear.
    """

    name: str
    title: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    path: str = "/graphql"
    alive: str = "/health/live"
    documents: Path = FOLDER
    answers: frozenset[str] = frozenset({"W1", "W2", "W3", "W4", "W5", "W6"})
    masked: bool = False


TITLES = {
    "bare": "GovGraph bare",
    "masked": "GovGraph token, masks",
    "governed": "GovGraph governed",
}


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
    return Contestant(
        setting,
        TITLES[setting],
        [*PYTHON, "benchmarks.product", setting, str(home), "{port}"],
        {"PROFILE": str(profile)} if profile else {},
        masked=setting != "bare",
    )
