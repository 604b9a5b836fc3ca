"""Starts everything that a run needs: the database, the service, the homes, and the servers one by one."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import psutil

from benchmarks import children, cluster, home
from benchmarks.contestants import Contestant
from benchmarks.workloads.questions import Workload
from benchmarks.workloads.scale import Scale

PLAIN = {"Content-Type": "application/json", "Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources, and a folder for all that is made during the run."""

    cluster: cluster.Cluster
    hall_port: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Standing:
    """A running server and how it is asked."""

    contestant: Contestant
    url: str
    headers: Mapping[str, str]
    running: psutil.Process

    def body(self, workload: Workload, variant: int) -> str:
        """Return the body of a question."""
        document = workload.document(self.contestant.documents)
        return json.dumps({"query": document, "variables": workload.variants[variant]})

    def address(self, workload: Workload) -> str:
        """Return where a question is asked."""
        return self.url + self.contestant.path.replace("{workload}", workload.name)

    def bodies(self, workload: Workload) -> Sequence[str]:
        """Return the bodies of a question, with all its variables."""
        return [self.body(workload, number) for number in range(len(workload.variants))]

    def ask(self, http: httpx2.Client, workload: Workload, variant: int) -> httpx2.Response:
        """Return the answer to a question."""
        body = self.body(workload, variant)
        return http.post(self.address(workload), content=body, headers=dict(self.headers))


@contextmanager
def sources(scale: Scale, kept: Path | None) -> Iterator[Sources]:
    """Yield the sources, filled; they share the cores beside the first with the load."""
    port = children.free_port()
    with (
        tempfile.TemporaryDirectory(prefix="govgraph-bench-") as folder,
        cluster.started(scale, kept) as made,
    ):
        command = [*children.PYTHON, "benchmarks.hall", str(port)]
        with children.child(command, alone=False) as running, client() as http:
            children.await_answer(http, f"http://127.0.0.1:{port}/services", running)
            yield Sources(made, port, Path(folder))


def client() -> httpx2.Client:
    """Return an HTTP client that asks nobody but whom it is told to."""
    return httpx2.Client(trust_env=False, timeout=120)


def new_home(given: Sources, name: str) -> Path:
    """Return a home of our server for the six questions; made once, then copied."""
    first = given.folder / "home"
    if not first.is_dir():
        home.make_home(first, home.workload_texts(given.cluster.socket, given.hall_port))
    copy = given.folder / f"home-{name}"
    shutil.copytree(first, copy)
    return copy


@contextmanager
def standing(contestant: Contestant, kept_home: Path | None = None) -> Iterator[Standing]:
    """Yield a contestant that answers."""
    port = children.free_port()
    url = f"http://127.0.0.1:{port}"
    command = [part.replace("{port}", str(port)) for part in contestant.command]
    with children.child(command, alone=True, **contestant.environment) as running, client() as http:
        children.await_answer(http, url + contestant.alive, running)
        headers = home.headers(http, url, kept_home) if kept_home else PLAIN
        yield Standing(contestant, url, headers, running)
