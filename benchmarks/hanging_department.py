"""What one department that never answers costs those who ask the others: their 99th percentile, beside calm.

Usage: python -m benchmarks.hanging_department [--rounds 5] [--seconds 4]. Four callers ask for fields of two
departments, two more those of a third, which is well in every other round and else takes connections and says
nothing. Both kinds of round follow each other in one process, so that a busy machine troubles both alike.
Prints both percentiles of the four and their ratio, which should be at most 1.2, and keeps them in
benchmarks/results/.
"""

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import httpx2
import uvloop

from tests.server.living import Living, living
from tests.server.small_city import CHEN

RESULTS = Path(__file__).resolve().parent / "results" / "hanging-department.txt"
PROMISED = 1.2
CALLERS, VICTIMS = 4, 2
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


async def asked(city: Living, query: str, token: str, until: float) -> list[float]:
    """Ask one question again and again; return the milliseconds of each answer."""
    sent = {"Authorization": f"Bearer {token}", "Purpose": "CHECK-ONE"}
    waits = []
    limits = httpx2.Limits(max_connections=1)
    async with httpx2.AsyncClient(base_url=city.url, timeout=30, trust_env=False, limits=limits) as http:
        while time.perf_counter() < until:
            began = time.perf_counter()
            answer = await http.post("/graphql", json={"query": query}, headers=sent)
            waits.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200
    return waits


async def one_round(city: Living, seconds: float) -> Round:
    """Return what the callers waited for; the third department is asked beside them."""
    await city.platform.publisher.reopen("housing-fund")  # its guard begins anew, with a closed circuit
    token = await city.token("app-one")
    until = time.perf_counter() + seconds
    victims = [asyncio.create_task(asked(city, HANGING, token, until)) for _ in range(VICTIMS)]
    well = await asyncio.gather(*(asked(city, WELL, token, until) for _ in range(CALLERS)))
    hung = sum(len(waits) for waits in await asyncio.gather(*victims))
    return Round([wait for waits in well for wait in waits], hung)


async def measured(rounds: int, seconds: float) -> list[tuple[Round, Round]]:
    """Return pairs of rounds: calm, and with a department that hangs."""
    pairs = []
    with tempfile.TemporaryDirectory() as home:
        async with living(Path(home), log_level="warning") as city:
            await one_round(city, seconds / 2)
            for _ in range(rounds):
                calm = await one_round(city, seconds)
                city.housing.hang()
                pairs.append((calm, await one_round(city, seconds)))
                city.housing.release()
    return pairs


def told(pairs: Sequence[tuple[Round, Round]]) -> tuple[str, bool]:
    """Return the table, and whether the promise was kept: the median of the ratios of all rounds."""
    lines = ["round   calm p99 ms   hanging p99 ms   ratio   asked of the hanging one"]
    ratios = []
    for number, (calm, hanging) in enumerate(pairs, 1):
        before, after = calm.slowest_of_hundred, hanging.slowest_of_hundred
        ratios.append(after / before)
        lines.append(
            f"{number:5}   {before:11.2f}   {after:14.2f}   {after / before:5.2f}   {hanging.hung:24}"
        )
    kept = median(ratios) <= PROMISED
    said = "kept" if kept else "MISSED"
    lines.append(f"A hanging department: others' p99 x {median(ratios):.2f}, promised x {PROMISED}: {said}")
    return "\n".join(lines), kept


def main(arguments: Sequence[str]) -> int:
    """Measure, print, keep; return 0 where the promise was kept."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--rounds", type=int, default=5)
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
