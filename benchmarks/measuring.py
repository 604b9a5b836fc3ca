"""Round after round, every question of every contestant, so that a noisy machine disturbs all alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import children, contestants
from benchmarks.standing import Sources, Standing, client
from benchmarks.workloads.questions import Workload

SHOWN = ("rate", "p50", "p99", "server", "source")
"""Answers a second, milliseconds, and microseconds of processor time for one answer."""

Figures = dict[tuple[str, str], list[Mapping[str, float]]]
"""What each run counted, by workload and contestant."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How long and how often is measured."""

    seconds: float
    rounds: int
    connections: int


WARMING = Terms(seconds=0.4, rounds=1, connections=16)


def measure(servers: Sequence[Standing], chosen: Sequence[Workload], terms: Terms, given: Sources) -> Figures:
    """Return the figures of all rounds; the driver loop is measured where the hand-written server is.

    A first round is not counted: PostgreSQL plans a statement anew the first five times on a connection.
    """
    figures: Figures = {}
    pairs = [(workload, server) for workload in chosen for server in servers]
    pairs = [(workload, server) for workload, server in pairs if workload.name in server.contestant.answers]
    for workload, server in pairs:
        asked(server, workload, WARMING, given)
    for number in range(terms.rounds):
        for workload, server in pairs:
            note(figures, workload, server.contestant.name, asked(server, workload, terms, given))
            if server.contestant.name == contestants.HANDWRITTEN and workload.name != "W6":
                note(figures, workload, contestants.DRIVER, driven(workload, terms, given))
        print(f"round {number + 1} of {terms.rounds}", flush=True)
    return figures


def note(figures: Figures, workload: Workload, name: str, counted: Mapping[str, float]) -> None:
    """Keep the figures of one run. Raises `SystemExit` where answers were wrong."""
    if counted["wrong"]:
        title = contestants.TITLES[name]
        raise SystemExit(f"{counted['wrong']:.0f} answers of {title} to {workload.name} were wrong")
    figures.setdefault((workload.name, name), []).append(counted)


def asked(server: Standing, workload: Workload, terms: Terms, given: Sources) -> Mapping[str, float]:
    """Return the figures of one server in one round."""
    with client() as http:
        length = len(server.ask(http, workload, 0).content)
    request = {
        "url": server.address(workload),
        "headers": server.headers,
        "bodies": server.bodies(workload),
        "length": length,
        "connections": terms.connections,
        "seconds": terms.seconds,
        "watched": {"server": server.running.pid, "source": given.cluster.pid},
    }
    return children.load(request, given.folder)


def driven(workload: Workload, terms: Terms, given: Sources) -> Mapping[str, float]:
    """Return the figures of the driver loop in one round."""
    request = {
        "workload": workload.name,
        "variants": list(workload.variants),
        "connections": terms.connections,
        "seconds": terms.seconds,
    }
    command = [*children.on_own_core(), *children.PYTHON, "benchmarks.floors.driver"]
    environment = contestants.sources(given.cluster, given.hall_port)
    return children.counted(command, request, given.folder, **environment)


def medians(figures: Figures) -> Mapping[tuple[str, str], Mapping[str, float]]:
    """Return the median of each figure over the rounds, by workload and contestant."""
    return {
        key: {name: median(run[name] for run in runs) for name in SHOWN if name in runs[0]}
        for key, runs in figures.items()
    }


def folder_of_results() -> Path:
    """Return where results are kept."""
    folder = Path(__file__).resolve().parent / "results"
    folder.mkdir(exist_ok=True)
    return folder
