"""How cost grows with the work: rows, depth, sources, catalog, grants, connections; a chart each.

Usage: python -m benchmarks.growing [--only rows,depth] [--data FOLDER]. Prints the exponents; charts and
figures go to benchmarks/results/. Fails where one is worse than linear.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import children
from benchmarks.growth import series
from benchmarks.growth.chart import Chart, svg
from benchmarks.measuring import folder_of_results
from benchmarks.standing import Sources, sources
from benchmarks.workloads.scale import FULL

SERIES: Mapping[str, Callable[[Sources], Chart]] = {
    "rows": series.rows,
    "depth": series.depth,
    "sources": series.side_by_side,
    "catalog": series.catalog,
    "grants": series.grants,
    "concurrency": series.concurrency,
}


def told(name: str, chart: Chart) -> str:
    """Return the figures and exponents of a chart as text."""
    lines = []
    for curve in chart.curves:
        cells = "  ".join(f"{work:,.0f}: {cost:,.1f} ms" for work, cost in curve.points)
        verdict = "linear or better" if curve.linear else "WORSE THAN LINEAR"
        exponents = f"exponent {curve.overall:.2f}, at the end {curve.at_the_end:.2f}"
        lines.append(f"{name:<12}{curve.line}: {exponents}: {verdict}\n            {cells}")
    return "\n".join(lines)


def keep(name: str, chart: Chart) -> None:
    """Write a chart and its figures."""
    folder = folder_of_results()
    (folder / f"growth-{name}.svg").write_text(svg(chart), encoding="utf-8")
    figures = [
        {
            "line": curve.line,
            "points": curve.points,
            "exponent": round(curve.overall, 3),
            "at the end": round(curve.at_the_end, 3),
        }
        for curve in chart.curves
    ]
    content = {
        "taken": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "load": round(os.getloadavg()[0], 1),
        "title": chart.title,
        "work": chart.work,
        "curves": figures,
    }
    (folder / f"growth-{name}.json").write_text(
        json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def grown(names: Sequence[str], data: Path | None) -> bool:
    """Measure, print and draw each series; return whether all grow linearly or better."""
    held = True
    with sources(FULL, data) as given:
        for name in names:
            chart = SERIES[name](given)
            print(told(name, chart), flush=True)
            keep(name, chart)
            held &= all(curve.linear for curve in chart.curves)
    return held


def main() -> None:
    """Measure what was asked for; end with 1 where a cost grows worse than linearly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(SERIES), help="series, separated by commas")
    parser.add_argument("--data", type=Path, help="keep the database in this folder, for the next time")
    arguments = parser.parse_args()
    children.leave_first_core()
    sys.exit(not grown(arguments.only.split(","), arguments.data))


if __name__ == "__main__":
    main()
