"""Where our server's time goes: one question, one setting, asked under load while a profile is taken.

Usage: python -m benchmarks.profiling [--only W1] [--setting governed] [--sampled] [--scale small]
[--data FOLDER]. Prints the functions that took most time of their own, then those that took most with what
they called. The profiler sees every call and costs more than half; with `--sampled` the server runs
undisturbed and is looked at from outside 250 times a second.
"""

import argparse
import io
import pstats
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import children, contestants, sampling
from benchmarks.standing import Sources, Standing, client, new_home, sources, standing
from benchmarks.workloads.questions import Workload, workloads
from benchmarks.workloads.scale import FULL, SMALL, Scale

SHOWN = 45


@dataclass(frozen=True, slots=True)
class Manner:
    """How it is asked and looked at."""

    seconds: float
    connections: int
    sampled: bool


def profiled(given: Sources, workload: Workload, setting: str, manner: Manner) -> str:
    """Return the profile of one question as text."""
    file = given.folder / f"{workload.name}-{setting}.profile"
    home = new_home(given, f"profile-{workload.name}-{setting}")
    contestant = contestants.product(setting, home, None if manner.sampled else file)
    with standing(contestant, home) as server:
        counted = watched(server, workload, manner, file)
    head = f"{workload.name} · {contestant.title} · {counted['count']:.0f} answers while it was watched\n"
    if manner.sampled:
        return head + sampling.shares(file)
    return head + listed(file, "tottime") + listed(file, "cumulative")


def watched(server: Standing, workload: Workload, manner: Manner, file: Path) -> Mapping[str, float]:
    """Ask each variant once, then ask under load while the profile is taken; return what was counted."""
    with client() as http:
        answers = [server.ask(http, workload, variant) for variant in range(len(workload.variants))]
    request = {
        "url": server.address(workload),
        "headers": server.headers,
        "bodies": server.bodies(workload),
        "length": len(answers[0].content),
        "connections": manner.connections,
        "seconds": manner.seconds,
    }
    if not manner.sampled:
        server.running.send_signal(signal.SIGUSR1)
        return children.load(request, file.parent)
    with sampling.begin(server.running.pid, manner.seconds, file):
        return children.load(request, file.parent)


def listed(file: Path, order: str) -> str:
    """Return the functions of a profile, the dearest first."""
    text = io.StringIO()
    pstats.Stats(str(file), stream=text).strip_dirs().sort_stats(order).print_stats(SHOWN)
    return text.getvalue()


def run(names: Sequence[str], settings: Sequence[str], scale: Scale, given: argparse.Namespace) -> None:
    """Print the profile of each question in each setting."""
    with sources(scale, given.data) as found:
        for workload in workloads(scale):
            if workload.name in names:
                for setting in settings:
                    manner = Manner(given.seconds, given.connections, given.sampled)
                    sys.stdout.write(profiled(found, workload, setting, manner))


def main() -> None:
    """Profile what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="W1", help="workloads, separated by commas")
    parser.add_argument("--setting", default="bare,governed", help="bare, masked, governed")
    parser.add_argument("--sampled", action="store_true", help="look from outside, without slowing it down")
    parser.add_argument("--scale", choices=("full", "small"), default="full")
    parser.add_argument("--data", type=Path, help="keep the database in this folder, for the next time")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--connections", type=int, default=16)
    given = parser.parse_args()
    children.leave_first_core()
    scale = FULL if given.scale == "full" else SMALL
    run(given.only.split(","), given.setting.split(","), scale, given)


if __name__ == "__main__":
    main()
