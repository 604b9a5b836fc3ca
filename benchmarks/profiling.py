"""Where our server's time goes: one question, one setting, asked under load while a profile is taken.

Usage: python -m benchmarks.profiling [--only W1] [--setting governed] [--scale small] [--data FOLDER].
Prints the functions that took most time of their own, then those that took most with all they called.
Figures of a profiled server say where, never how much: the profiler itself costs more than half.
"""

import argparse
import io
import pstats
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import children, contestants
from benchmarks.standing import Sources, client, new_home, sources, standing
from benchmarks.workloads.questions import Workload, workloads
from benchmarks.workloads.scale import FULL, SMALL, Scale

SHOWN = 45


def profiled(given: Sources, workload: Workload, setting: str, seconds: float, connections: int) -> str:
    """Return the profile of one question as text."""
    file = given.folder / f"{workload.name}-{setting}.profile"
    home = new_home(given, f"profile-{workload.name}-{setting}")
    contestant = contestants.product(setting, home, file)
    with standing(contestant, home) as server, client() as http:
        answers = [server.ask(http, workload, variant) for variant in range(len(workload.variants))]
        server.running.send_signal(signal.SIGUSR1)
        request = {
            "url": server.address(workload),
            "headers": server.headers,
            "bodies": server.bodies(workload),
            "length": len(answers[0].content),
            "connections": connections,
            "seconds": seconds,
        }
        counted = children.load(request, given.folder)
    head = (
        f"{workload.name} · {contestant.title} · {counted['count']:.0f} answers under the profiler, "
        f"{counted['wrong']:.0f} wrong\n"
    )
    return head + listed(file, "tottime") + listed(file, "cumulative")


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
                    text = profiled(found, workload, setting, given.seconds, given.connections)
                    sys.stdout.write(text)


def main() -> None:
    """Profile what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="W1", help="workloads, separated by commas")
    parser.add_argument("--setting", default="bare,governed", help="bare, masked, governed")
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
