"""The figures as a person reads them: a table for each workload, then the promises."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.contestants import HANDWRITTEN, MERCURIUS, POSTGRAPHILE, STRAWBERRY, TITLES
from benchmarks.measuring import Figures, Terms, medians
from benchmarks.verdict import Judged, Medians, judged
from benchmarks.workloads.questions import Workload

AGAINST = {
    POSTGRAPHILE: "/PostGr.",
    HANDWRITTEN: "/hand",
    STRAWBERRY: "/Strawb.",
    MERCURIUS: "/mercur.",
}
HEAD = f"{'':<28}{'answers/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'server µs':>11}{'source µs':>11}"


def text(figures: Figures, chosen: Sequence[Workload], terms: Terms, absent: Mapping[str, str]) -> str:
    """Return everything as text; `absent` are the contestants that could not be measured, with the reason."""
    found = medians(figures)
    parts = [conditions(terms)]
    parts += [table(found, workload) for workload in chosen]
    parts += [f"not measured: {TITLES[name]}: {reason}" for name, reason in absent.items()]
    parts.append(promises(list(judged(found))))
    return "\n\n".join(part for part in parts if part) + "\n"


def conditions(terms: Terms) -> str:
    """Return under which conditions the figures were taken; no names of machines."""
    load = f", load average {os.getloadavg()[0]:.1f} at the end" if hasattr(os, "getloadavg") else ""
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · Python {platform.python_version()} · "
        f"{platform.machine()} · {os.cpu_count()} cores, the server on one, all else on the rest{load}"
        f" · {terms.connections} connections · median of {terms.rounds} rounds of {terms.seconds:g} s"
    )


def table(found: Medians, workload: Workload) -> str:
    """Return the table of one workload; the last columns: how many times as often as another it answers."""
    lines = [
        f"{workload.name} {workload.title}",
        HEAD + "".join(f"{short:>10}" for short in AGAINST.values()),
    ]
    for name, title in TITLES.items():
        one = found.get((workload.name, name))
        if one is not None:
            lines.append(f"{title:<28}{cells(one)}{ratios(found, workload, one['rate'])}")
    return "\n".join(lines)


def cells(one: Mapping[str, float]) -> str:
    """Return the figures of one server."""
    source = f"{one['source']:>11,.0f}" if "source" in one else f"{'-':>11}"
    return f"{one['rate']:>10,.1f}{one['p50']:>9.2f}{one['p99']:>9.2f}{one['server']:>11,.0f}{source}"


def ratios(found: Medians, workload: Workload, rate: float) -> str:
    """Return how many times as often as each of the others it answers."""
    others = [found.get((workload.name, other)) for other in AGAINST]
    return "".join(f"{rate / one['rate']:>9.2f}x" if one else f"{'-':>10}" for one in others)


def promises(found: Sequence[Judged]) -> str:
    """Return each promise with what was reached."""
    return "\n".join(
        f"{'must' if one.promise.must else 'aim':<6}{one.workload}  {TITLES[one.promise.ours]} at least "
        f"{one.promise.factor:g} x {TITLES[one.promise.other]}: {one.reached:.2f} x ({one.by_time:.2f} x by "
        f"processor time), "
        f"{'held' if one.held else 'MISSED'}"
        for one in found
    )


def keep(folder: Path, name: str, written: str, figures: Figures) -> None:
    """Write the text, and all figures of all rounds as JSON."""
    (folder / f"{name}.txt").write_text(written, encoding="utf-8")
    rows = [
        {"workload": workload, "server": server, "rounds": [dict(run) for run in runs]}
        for (workload, server), runs in figures.items()
    ]
    promised = [
        {**asdict(one.promise), "workload": one.workload, "reached": round(one.reached, 3), "held": one.held}
        for one in judged(medians(figures))
    ]
    content = json.dumps({"figures": rows, "promises": promised}, indent=1)
    (folder / f"{name}.json").write_text(content + "\n", encoding="utf-8")
