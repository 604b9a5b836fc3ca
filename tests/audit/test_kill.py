"""Killed without warning, at any moment: what was acknowledged is there, and the tree goes on."""

import os
import random
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from audit.verify import verify

CHILD = Path(__file__).with_name("writing_child.py")
ROUNDS = 50
SERIES = 10 if os.environ.get("GOVGRAPH_PROVE") == "1" else 1


def killed_run(home: Path, start: str, after: float) -> list[tuple[int, str]]:
    """Let a child write, kill it `after` seconds, and return what it had been told is durable."""
    with subprocess.Popen(
        [sys.executable, str(CHILD), str(home), start], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        timer = threading.Timer(after, child.kill)
        timer.start()
        lines = child.stdout.read().splitlines(keepends=True)
        timer.cancel()
    whole = [line.split() for line in lines if line.endswith("\n")]
    return [(int(position), receipt) for position, receipt in whole]


@pytest.mark.slow
@pytest.mark.parametrize("series", range(SERIES))
def test_every_acknowledged_record_survives_a_kill(tmp_path: Path, series: int) -> None:
    chance = random.Random(20261123 + series)
    acknowledged: dict[int, str] = {}
    size = 0
    for number in range(ROUNDS):
        told = killed_run(tmp_path, f"run{number}", chance.uniform(0.0, 0.2))
        assert not acknowledged.keys() & dict(told).keys()
        acknowledged.update(told)
        result = verify(tmp_path / "audit", (tmp_path / "audit.vkey").read_text())
        assert result.ok, result.problem
        assert result.size >= max(size, len(acknowledged))
        size = result.size
    connection = sqlite3.connect(tmp_path / "audit" / "log.db")
    stored = dict(connection.execute("SELECT position, receipt FROM leaf"))
    connection.close()
    assert acknowledged
    assert acknowledged.items() <= stored.items()
