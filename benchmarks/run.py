"""Asks our server, the floors below it and the peers beside it the same six questions, and compares.

Usage: python -m benchmarks.run [--only W1,W3] [--servers bare,governed,handwritten] [--rounds 3]
[--seconds 1.5] [--scale small] [--data FOLDER] [--growth]. Prints tables and promises, and keeps them in
benchmarks/results/.
"""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import children, contestants, report
from benchmarks.answers import DifferentAnswerError, compare, data_of
from benchmarks.contestants import DRIVER, ROUTE, TITLES
from benchmarks.growing import SERIES, grown
from benchmarks.measuring import Figures, Terms, folder_of_results, measure
from benchmarks.peers.install import NotInstalledError
from benchmarks.product import SETTINGS
from benchmarks.standing import Sources, Standing, client, new_home, sources, standing
from benchmarks.workloads.questions import Workload, workloads
from benchmarks.workloads.scale import FULL, SMALL

Absent = dict[str, str]


def started(names: Sequence[str], given: Sources, stack: ExitStack, absent: Absent) -> Iterator[Standing]:
    """Yield the servers that could be started; the others are noted with the reason."""
    environment = contestants.sources(given.cluster, given.hall_port)
    for name in names:
        if name in SETTINGS:
            home = new_home(given, name)
            yield stack.enter_context(standing(contestants.product(name, home), home))
        elif name not in (ROUTE, DRIVER):
            try:
                found = contestants.floor_or_peer(name, environment)
            except NotInstalledError as error:
                absent[name] = str(error)
            else:
                yield stack.enter_context(standing(found))


def agreed(servers: Sequence[Standing], chosen: Sequence[Workload], absent: Absent) -> list[Standing]:
    """Return the servers that answer alike: those in the clear among themselves, those with masks too.

    The first of each kind is believed; one that differs is noted as absent, our own ends the run.
    """
    kept: list[Standing] = []
    with client() as http:
        for server in servers:
            masked = server.contestant.name in ("masked", "governed")
            like = [one for one in kept if (one.contestant.name in ("masked", "governed")) == masked]
            try:
                for workload in chosen:
                    if workload.name in server.contestant.answers:
                        compare([*like[:1], server], workload, http)
            except DifferentAnswerError as error:
                if server.contestant.name in SETTINGS:
                    raise SystemExit(str(error)) from None
                absent[server.contestant.name] = str(error)
            else:
                kept.append(server)
    return kept


def route(
    servers: Sequence[Standing], chosen: Sequence[Workload], given: Sources, stack: ExitStack
) -> Standing:
    """Return the bare route, with the bytes that the first server answers."""
    folder = given.folder / "answers"
    folder.mkdir()
    with client() as http:
        for workload in chosen:
            data_of(servers[0], http, workload, 0)
            content = servers[0].ask(http, workload, 0).content
            (folder / f"{workload.name}.json").write_bytes(content)
    return stack.enter_context(standing(contestants.route(folder)))


def measured(
    arguments: argparse.Namespace, chosen: Sequence[Workload], terms: Terms
) -> tuple[Figures, Mapping[str, str]]:
    """Return the figures, and who could not be measured and why."""
    names = arguments.servers.split(",") if arguments.servers else list(TITLES)
    absent: Absent = {}
    with (
        sources(SMALL if arguments.scale == "small" else FULL, arguments.data) as given,
        ExitStack() as stack,
    ):
        servers = agreed(list(started(names, given, stack, absent)), chosen, absent)
        for name, reason in absent.items():
            print(f"not measured: {TITLES[name]}: {reason}")
        if ROUTE in names:
            servers.append(route(servers, chosen, given, stack))
        return measure(servers, chosen, terms, given), absent


def read_arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="workloads, separated by commas; all where left out")
    parser.add_argument("--servers", default="", help=f"among {', '.join(TITLES)}; all where left out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--scale", choices=("full", "small"), default="full")
    parser.add_argument("--data", type=Path, help="keep the database in this folder, for the next time")
    parser.add_argument("--growth", action="store_true", help="draw how cost grows with the work as well")
    return parser.parse_args()


def main() -> None:
    """Measure, print and keep the figures."""
    arguments = read_arguments()
    children.leave_first_core()
    every = workloads(SMALL if arguments.scale == "small" else FULL)
    only = arguments.only.split(",") if arguments.only else [workload.name for workload in every]
    chosen = [workload for workload in every if workload.name in only]
    terms = Terms(arguments.seconds, arguments.rounds, arguments.connections)
    figures, absent = measured(arguments, chosen, terms)
    written = report.text(figures, chosen, terms, absent)
    print(f"\n{written}")
    whole = not arguments.only and not arguments.servers and arguments.scale == "full"
    name = f"{datetime.now(UTC):%Y-%m-%d}-workloads" if whole else "last-part"
    report.keep(folder_of_results(), name, written, figures)
    if arguments.growth:
        grown(list(SERIES), arguments.data)


if __name__ == "__main__":
    main()
