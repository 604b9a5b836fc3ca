"""What was promised of the figures: what must hold, what is aimed at, and by how much it holds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from benchmarks.contestants import HANDWRITTEN, MERCURIUS, POSTGRAPHILE, STRAWBERRY

Medians = Mapping[tuple[str, str], Mapping[str, float]]
DATABASE_ONLY = ("W1", "W2", "W3", "W4", "W5")


@dataclass(frozen=True, slots=True)
class Promise:
    """A setting of ours answers at least `factor` times as often as another server, on these workloads."""

    must: bool
    ours: str
    factor: float
    other: str
    workloads: tuple[str, ...]


PROMISES = (
    Promise(True, "governed", 1.2, POSTGRAPHILE, DATABASE_ONLY),
    Promise(True, "governed", 15.0, STRAWBERRY, DATABASE_ONLY),
    Promise(True, "bare", 0.7, HANDWRITTEN, ("W1",)),
    Promise(True, "bare", 1.0, HANDWRITTEN, ("W2", "W3", "W4", "W5", "W6")),
    Promise(False, "governed", 2.0, POSTGRAPHILE, DATABASE_ONLY),
    Promise(False, "bare", 1.0, MERCURIUS, DATABASE_ONLY),
    Promise(False, "bare", 2.0, HANDWRITTEN, ("W6",)),
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A promise on one workload; `reached` is the factor that was measured.

    `by_time` is the same factor taken from processor time alone: what an answer costs the server, where the
    sources or a noisy neighbour kept it waiting.
    """

    promise: Promise
    workload: str
    reached: float
    by_time: float

    @property
    def held(self) -> bool:
        """Return whether the promise was kept."""
        return self.reached >= self.promise.factor


def judged(medians: Medians) -> Iterator[Judged]:
    """Yield each promise on each workload that both servers were measured on."""
    for promise in PROMISES:
        for workload in promise.workloads:
            ours, other = medians.get((workload, promise.ours)), medians.get((workload, promise.other))
            if ours and other:
                yield Judged(
                    promise, workload, ours["rate"] / other["rate"], other["server"] / ours["server"]
                )
