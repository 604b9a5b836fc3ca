"""What one department that never answers costs those who ask the others: their 99th percentile, beside calm.

Usage: python -m benchmarks.hanging_department [--rounds 9] [--seconds 4]. Four callers ask for fields of two
departments, one answer after the other; two more ask those of a third at a pace of their own, whether it
answers or not, so that every round asks the platform for the same. In each turn the third is well, takes
connections and says nothing, and is well again, in one process: what the machine does meanwhile troubles all
three alike, and the two calm rounds of a turn say how far chance alone moves the figure. A round lasts until
it has a thousand answers: of fewer, the slowest hundredth is a handful of accidents. The verdict is the
median over all turns of the ratio of the hanging round to the mean of the two beside it, which should be at
most 1.2. Prints the table and keeps it in benchmarks/results/.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median, quantiles

import httpx2
import uvloop

from tests.server.living import Living, living
from tests.server.small_city import CHEN

RESULTS = Path(__file__).resolve().parent / "results" / "hanging-department.txt"
PROMISED = 1.2
CALLERS, VICTIMS = 4, 2
LEAST = 1_000  # answers of a round
PACE = 0.1  # seconds between two questions of one who asks the third department
WAITING = 8  # questions of one of them that wait for their answer at most; more are left out
WELL = f'{{ person(idNo: "{CHEN}") {{ name medicalInsurance {{ state }} }} }}'
HANGING = f'{{ person(idNo: "{CHEN}") {{ housingFund {{ state }} }} }}'


@dataclass(frozen=True, slots=True)
class Round:
    """Milliseconds of every answer to those who ask what is well, and answers to those who do not."""

    waits: Sequence[float]
    hung: int

    @property
    def slowest_of_hundred(self) -> float:
        """Return the 99th percentile."""
        return quantiles(self.waits, n=100)[98]


@dataclass(frozen=True, slots=True)
class Turn:
    """A round with a department that hangs, between two in which it is well."""

    before: Round
    hanging: Round
    after: Round

    @property
    def ratio(self) -> float:
        """Return what the hanging round took of the mean of the calm ones beside it, by 99th percentile."""
        return self.hanging.slowest_of_hundred / mean(
            (self.before.slowest_of_hundred, self.after.slowest_of_hundred)
        )

    @property
    def chance(self) -> float:
        """Return how many times as long the slower of the two calm rounds took: what chance alone does."""
        calm = (self.before.slowest_of_hundred, self.after.slowest_of_hundred)
        return max(calm) / min(calm)


@dataclass(slots=True)
class Measuring:
    """The answers of a round that is under way, in milliseconds; it is over after a while, with enough."""

    until: float
    waits: list[float] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Return whether the round is over."""
        return time.perf_counter() >= self.until and len(self.waits) >= LEAST


async def asked(city: Living, query: str, token: str, round_: Measuring) -> None:
    """Ask one question again and again, and keep what each answer took."""
    sent = {"Authorization": f"Bearer {token}", "Purpose": "CHECK-ONE"}
    limits = httpx2.Limits(max_connections=1)
    async with httpx2.AsyncClient(base_url=city.url, timeout=30, trust_env=False, limits=limits) as http:
        while not round_.over:
            began = time.perf_counter()
            answer = await http.post("/graphql", json={"query": query}, headers=sent)
            round_.waits.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200


async def paced(city: Living, query: str, token: str, round_: Measuring) -> int:
    """Ask at a pace, whatever became of the questions before; return how many were answered."""
    sent = {"Authorization": f"Bearer {token}", "Purpose": "CHECK-ONE"}
    asked_of, answered = 0, []

    async def one(http: httpx2.AsyncClient) -> None:
        answer = await http.post("/graphql", json={"query": query}, headers=sent)
        answered.append(answer.status_code)

    async with (
        httpx2.AsyncClient(base_url=city.url, timeout=60, trust_env=False) as http,
        asyncio.TaskGroup() as questions,
    ):
        due = time.perf_counter()
        while not round_.over:
            if asked_of - len(answered) < WAITING:
                asked_of += 1
                questions.create_task(one(http))
            due += PACE
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
    return answered.count(200)


async def one_round(city: Living, seconds: float) -> Round:
    """Return what the callers waited for; the third department is asked beside them."""
    await city.platform.publisher.reopen("housing-fund")  # its guard begins anew, with a closed circuit
    token = await city.token("app-one")
    round_ = Measuring(time.perf_counter() + seconds)
    victims = [asyncio.create_task(paced(city, HANGING, token, round_)) for _ in range(VICTIMS)]
    await asyncio.gather(*(asked(city, WELL, token, round_) for _ in range(CALLERS)))
    return Round(round_.waits, sum(await asyncio.gather(*victims)))


async def measured(rounds: int, seconds: float) -> list[Turn]:
    """Return turns: calm, with a department that hangs, and calm again."""
    turns = []
    with tempfile.TemporaryDirectory() as home:
        async with living(Path(home), log_level="warning") as city:
            await one_round(city, seconds / 2)
            for _ in range(rounds):
                before = await one_round(city, seconds)
                city.housing.hang()
                hanging = await one_round(city, seconds)
                city.housing.release()
                turns.append(Turn(before, hanging, await one_round(city, seconds)))
    return turns


def told(turns: Sequence[Turn]) -> tuple[str, bool]:
    """Return the table, and whether the promise was kept."""
    lines = [
        "turn   calm p99 ms   hanging p99 ms   calm p99 ms   ratio   chance alone   answers, asked of it"
    ]
    for number, turn in enumerate(turns, 1):
        before, hanging, after = (one.slowest_of_hundred for one in (turn.before, turn.hanging, turn.after))
        asked_of = f"{len(turn.hanging.waits)}, {turn.hanging.hung}"
        lines.append(
            f"{number:4}   {before:11.2f}   {hanging:14.2f}   {after:11.2f}   {turn.ratio:5.2f}   "
            f"{turn.chance:12.2f}   {asked_of:>14}"
        )
    ratio, chance = (
        median(values) for values in zip(*((one.ratio, one.chance) for one in turns), strict=True)
    )
    said = "kept" if ratio <= PROMISED else "MISSED"
    lines.append(
        f"A hanging department: others' p99 x {ratio:.2f} (chance alone x {chance:.2f}), "
        f"promised x {PROMISED}: {said}"
    )
    return "\n".join(lines), ratio <= PROMISED


def main(arguments: Sequence[str]) -> int:
    """Measure, print, keep; return 0 where the promise was kept."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rounds", type=int, default=9)
    given.add_argument("--seconds", type=float, default=4.0)
    wanted = given.parse_args(arguments)
    logging.getLogger("govgraph").setLevel(logging.CRITICAL)  # each timeout would be a line
    table, kept = told(uvloop.run(measured(wanted.rounds, wanted.seconds)))
    print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(table + "\n", encoding="utf-8")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
