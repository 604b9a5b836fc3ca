"""The servers that are measured: each a child of its own, on the core that is kept for them."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psutil

ROOT = Path(__file__).resolve().parent.parent
PYTHON = (sys.executable, "-m")
PATIENCE = 60.0


@contextmanager
def child(command: Sequence[str], *, alone: bool, **environment: str) -> Iterator[psutil.Process]:
    """Run a server until the end of the context; `alone` puts it on the core kept for servers."""
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    with subprocess.Popen([*(on_own_core() if alone else ()), *command], cwd=ROOT, env=given) as running:
        try:
            yield psutil.Process(running.pid)
        finally:
            running.terminate()
            try:
                running.wait(30)
            except subprocess.TimeoutExpired:
                running.kill()


def on_own_core() -> Sequence[str]:
    """Return what puts a command on the first core; nothing where the system cannot."""
    return ("taskset", "--cpu-list", "0") if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else ()


def leave_first_core() -> None:
    """Put this process, and all it starts later, on the cores beside the first."""
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, os.sched_getaffinity(0) - {0})


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


def await_answer(http: httpx2.Client, url: str, running: psutil.Process) -> None:
    """Return once a server answers. Raises `SystemExit` where it ended, or does not within a minute."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and running.is_running() and running.status() != psutil.STATUS_ZOMBIE:
        try:
            http.get(url)
        except httpx2.TransportError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"no answer from {url}")


def seconds_of(running: psutil.Process) -> float:
    """Return the processor time that a process and its children have used."""
    used = 0.0
    for one in (running, *running.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        used += times.user + times.system + (times.children_user + times.children_system) * (one is running)
    return used


def load(request: Mapping[str, object], folder: Path) -> Mapping[str, float]:
    """Return what one run of the load counted."""
    return counted([*PYTHON, "benchmarks.load"], request, folder)


def counted(
    command: Sequence[str], request: Mapping[str, object], folder: Path, **environment: str
) -> Mapping[str, float]:
    """Return the JSON object that a command prints, which takes its request from a file."""
    file = folder / "request.json"
    file.write_text(json.dumps(request), encoding="utf-8")
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(
        [*command, str(file)], stdout=subprocess.PIPE, check=True, text=True, cwd=ROOT, env=given
    )
    figures: Mapping[str, float] = json.loads(done.stdout)
    return figures
