"""A cost that grows with something, and how fast: the exponent of the power it follows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import linear_regression

LINEAR = 1.1
"""Above this exponent a cost is called worse than linear; the tenth is what noise may add."""

LAST = 3
"""Points that tell how a cost grows where the work outweighs what every request costs anyway."""


@dataclass(frozen=True, slots=True)
class Curve:
    """`points` are (how much work, milliseconds), by growing work; `line` names it in the chart's legend."""

    line: str
    points: Sequence[tuple[float, float]]

    @property
    def overall(self) -> float:
        """Return the exponent over all points: 2 means that twice the work costs four times as much."""
        return exponent(self.points)

    @property
    def at_the_end(self) -> float:
        """Return the exponent over the last three points, which no flat beginning can hide."""
        return exponent(self.points[-LAST:])

    @property
    def linear(self) -> bool:
        """Return whether the cost grows linearly or better."""
        return max(self.overall, self.at_the_end) <= LINEAR


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return the exponent of the power that fits the points best."""
    works, costs = zip(*points, strict=True)
    return linear_regression([math.log(work) for work in works], [math.log(cost) for cost in costs]).slope
