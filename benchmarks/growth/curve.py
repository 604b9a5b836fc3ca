"""A cost that grows with something, and how fast: the exponent of the power it follows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LINEAR = 1.1
"""Above this exponent a cost is called worse than linear; the tenth is what noise may add."""


@dataclass(frozen=True, slots=True)
class Curve:
    """`points` are (how much work, milliseconds), by growing work; `line` names it in the chart's legend."""

    line: str
    points: Sequence[tuple[float, float]]

    @property
    def exponent(self) -> float:
        """Return the steepest exponent between points that lie apart by the factor 2 or more.

        2 means that twice the work costs four times as much. What costs the same however little work there
        is would hide growth at small work, never at large: the steepest stretch is told.
        """
        return max((slope(one, other) for one, other in pairwise(apart(self.points))), default=0.0)

    @property
    def overall(self) -> float:
        """Return the exponent between the first and the last point."""
        return slope(self.points[0], self.points[-1])


def slope(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the exponent of the power through two points."""
    return math.log(other[1] / one[1]) / math.log(other[0] / one[0])


def apart(points: Sequence[tuple[float, float]]) -> Sequence[tuple[float, float]]:
    """Return the points of which each has at least twice the work of the one before."""
    kept = list(points[:1])
    for point in points[1:]:
        if point[0] >= 2 * kept[-1][0]:
            kept.append(point)
    return kept
