"""Replicas in processes of their own, killed or stopped while they sign: one tree, nothing lost or twice."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import pytest

from audit.backup import back_up
from audit.log import open_log
from govgraph.clock import system_clock
from govgraph.keyring import Keyring
from tests.audit.replicas import keeping_in, leaves

pytestmark = pytest.mark.postgresql
CHILD = Path(__file__).with_name("writing_child.py")
PROVING = os.environ.get("GOVGRAPH_PROVE") == "1"
KILLS = {signal.SIGKILL: 12 if PROVING else 3, signal.SIGSTOP: 4 if PROVING else 1}


@pytest.fixture
def url(new_postgresql_database: Callable[[], str]) -> str:
    return new_postgresql_database()


@contextmanager
def writing(home: Path, start: str, url: str) -> Iterator[tuple[subprocess.Popen[str], dict[int, str]]]:
    """Yield a replica in a process of its own, and what it was told is durable so far."""
    told: dict[int, str] = {}
    command = [sys.executable, str(CHILD), str(home), start, url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        lines = child.stdout

        def listen() -> None:
            for line in lines:
                if line.endswith("\n"):
                    position, receipt = line.split()
                    assert int(position) not in told
                    told[int(position)] = receipt

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield child, told
        finally:
            child.kill()
            thread.join()


def wait_for(condition: Callable[[], bool], child: subprocess.Popen[str]) -> None:
    """Return once it is so; a child that ended before is a failure."""
    while not condition():
        assert child.poll() is None
        threading.Event().wait(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGSTOP])
def test_the_tree_goes_on_while_the_sequencer_is_killed_or_hangs(
    tmp_path: Path, url: str, way: signal.Signals
) -> None:
    chance = random.Random(20261123)
    acknowledged: dict[int, str] = {}
    homes = [tmp_path / f"replica-{number}" for number in range(KILLS[way] + 1)]
    (homes[0]).mkdir()
    with writing(homes[0], "run-first", url) as (sequencer, told):
        wait_for(lambda: len(told) > 20, sequencer)
        acknowledged.update(told)
    acknowledged.update(told)
    for number in range(1, KILLS[way] + 1):
        shutil.copytree(homes[0] / "keys", homes[number] / "keys")
        with writing(homes[0], f"run-{number}-old", url) as (old, of_old):
            wait_for(lambda: len(of_old) > 20, old)
            with writing(homes[number], f"run-{number}-new", url) as (new, of_new):
                wait_for(lambda: len(of_new) > 20, new)
                threading.Event().wait(chance.uniform(0, 0.3))
                old.send_signal(way)
                wanted = len(of_new) + 50
                wait_for(lambda wanted=wanted: len(of_new) > wanted, new)
        assert not of_old.keys() & of_new.keys()
        assert not acknowledged.keys() & {*of_old, *of_new}
        acknowledged |= of_old | of_new
    check(tmp_path, homes[0], url, acknowledged)


def check(tmp_path: Path, home: Path, url: str, acknowledged: dict[int, str]) -> None:
    """Hold the log against what was acknowledged, and verify it whole."""

    async def read() -> None:
        log = await open_log(home / "audit", Keyring(home / "keys"), system_clock(), keeping_in(url))
        found = [(position, receipt) for position, receipt, _ in await leaves(log)]
        assert (await back_up(log, tmp_path / "copy")).ok
        await log.aclose()
        assert [position for position, _ in found] == list(range(len(found)))
        receipts = [receipt for _, receipt in found]
        assert len(set(receipts)) == len(receipts)
        assert acknowledged.items() <= dict(found).items()

    anyio.run(read)
