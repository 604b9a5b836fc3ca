"""The driver alone: the statements of a question over asyncpg, one after the other, no HTTP and no JSON.

Usage: python -m benchmarks.floors.driver request.json. Prints one JSON object like `benchmarks.load`. What it
reaches is what any server in this language could reach at most.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import uvloop

from benchmarks.floors import statements as sql
from benchmarks.floors.statements import Databases
from benchmarks.load import WARM_UP, Tally, percentile

Ask = Callable[[Databases, Mapping[str, str]], Awaitable[object]]


async def one_person(on: Databases, given: Mapping[str, str]) -> None:
    """W1."""
    await on.city.fetch(sql.PERSON, given["idNo"])


async def enterprises(on: Databases, given: Mapping[str, str]) -> None:
    """W2."""
    await on.city.fetch(sql.ENTERPRISES, given["district"], given["status"])


async def holders(on: Databases, given: Mapping[str, str]) -> None:
    """W3."""
    rows = await on.city.fetch(sql.HOLDERS, given["district"], given["status"])
    await asyncio.gather(
        on.city.fetch(sql.REPRESENTATIVES, [row[2] for row in rows]),
        on.city.fetch(sql.PERMITS, [row[0] for row in rows]),
    )


async def insured(on: Databases, given: Mapping[str, str]) -> None:
    """W4."""
    persons = await on.city.fetch(sql.INSURED, given["division"])
    months = await on.insurance.fetch(sql.MONTHS, [row[0] for row in persons])
    await on.city.fetch(sql.EMPLOYERS, list({row[1] for row in months}))


async def persons_of_division(on: Databases, given: Mapping[str, str]) -> None:
    """W5."""
    await on.city.fetch(sql.PERSONS, given["division"])


ASKED: Mapping[str, Ask] = {
    "W1": one_person,
    "W2": enterprises,
    "W3": holders,
    "W4": insured,
    "W5": persons_of_division,
}


async def measure(
    workload: str, variants: Sequence[Mapping[str, str]], connections: int, seconds: float
) -> Mapping[str, float]:
    """Return the figures of a question; latencies in milliseconds, processor time in microseconds."""
    names = (os.environ[name] for name in ("POSTGRESQL_FOLDER", "CITY_DATABASE", "INSURANCE_DATABASE"))
    async with sql.databases(*names) as on:
        tally = Tally(time.perf_counter() + seconds * WARM_UP, seconds)
        used, done = time.process_time(), 0

        async def ask(number: int) -> None:
            nonlocal done
            while not tally.over:
                asked = time.perf_counter()
                await ASKED[workload](on, variants[number % len(variants)])
                tally.count(asked, time.perf_counter(), right=True)
                number, done = number + 1, done + 1

        async with asyncio.TaskGroup() as tasks:
            for number in range(connections):
                tasks.create_task(ask(number * len(variants) // connections))
        used = time.process_time() - used
    return {
        "rate": len(tally.latencies) / (tally.over - tally.begin),
        "p50": percentile(tally.latencies, 50),
        "p99": percentile(tally.latencies, 99),
        "count": len(tally.latencies),
        "wrong": tally.wrong,
        "server": used * 1e6 / max(1, done),
    }


def main() -> None:
    """Measure what the file named on the command line asks for."""
    request = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(measure(**request))))


if __name__ == "__main__":
    main()
