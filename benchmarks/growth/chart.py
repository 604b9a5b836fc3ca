"""A chart with logarithmic axes as SVG, small enough to be read in a document."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.growth.curve import Curve

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 66, 30, 46, 46
COLOURS = ("#1f5fa8", "#c4561e", "#3b7d3b")
STYLE = (
    "text{font:11px system-ui,sans-serif;fill:#333}.title{font-size:13px;font-weight:600}"
    ".grid{stroke:#e2e2e2}.axis{stroke:#888}.linear{stroke:#999;stroke-dasharray:4 4}"
)


@dataclass(frozen=True, slots=True)
class Chart:
    """What is drawn: `work` names the horizontal axis."""

    title: str
    work: str
    curves: Sequence[Curve]


@dataclass(frozen=True, slots=True)
class Axis:
    """Turns values into places between `start` and `end`, by their logarithm."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the place of a value."""
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return self.start + share * (self.end - self.start)


def svg(chart: Chart) -> str:
    """Return the chart as SVG; the dashed line grows linearly from the first point."""
    across = axis((x for curve in chart.curves for x, _ in curve.points), LEFT, WIDTH - RIGHT, whole=False)
    up = axis((y for curve in chart.curves for _, y in curve.points), HEIGHT - BOTTOM, TOP, whole=True)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text class="title" x="{LEFT}" y="18">{escape(chart.title)}</text>',
        *grid(across, up, chart),
        linear(chart.curves[0], across, up),
        *(drawn(curve, across, up, n) for n, curve in enumerate(chart.curves)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def axis(values: Iterable[float], start: float, end: float, *, whole: bool) -> Axis:
    """Return an axis that holds the values; `whole` widens it to powers of ten."""
    found = list(values)
    low, high = min(found), max(found)
    if whole:
        low, high = 10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high) + 1e-9)
    return Axis(low, high if high > low else low * 10, start, end)


def grid(across: Axis, up: Axis, chart: Chart) -> Iterable[str]:
    """Yield lines and labels of both axes."""
    for power in range(round(math.log10(up.low)), round(math.log10(up.high)) + 1):
        y = up.at(10.0**power)
        yield f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{10.0**power:g} ms</text>'
    for x, _ in chart.curves[0].points:
        place = across.at(x)
        yield f'<text x="{place:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{x:,.0f}</text>'
    foot = HEIGHT - BOTTOM
    yield f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{foot}" y2="{foot}"/>'
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text x="{middle}" y="{HEIGHT - 10}" text-anchor="middle">{escape(chart.work)}</text>'


def linear(curve: Curve, across: Axis, up: Axis) -> str:
    """Return the line of linear growth, as far as the chart goes."""
    x, y = curve.points[0]
    factor = min(across.high / x, up.high / y)
    ends = f'x2="{across.at(x * factor):.1f}" y2="{up.at(y * factor):.1f}"'
    return f'<line class="linear" x1="{across.at(x):.1f}" y1="{up.at(y):.1f}" {ends}/>'


def drawn(curve: Curve, across: Axis, up: Axis, number: int) -> str:
    """Return one curve with its points and its entry in the legend."""
    colour = COLOURS[number % len(COLOURS)]
    places = [(across.at(x), up.at(y)) for x, y in curve.points]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
    legend = f'<text x="{WIDTH - RIGHT}" y="{TOP - 8 + 14 * number}" text-anchor="end" style="fill:{colour}">'
    return (
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'
        f"{legend}{escape(curve.line)}</text>"
    )
