"""Measures the processor time that hostile documents cost before they are refused or planned.

Usage: python -m benchmarks.hostile_documents [--rounds 5]. Prints the slowest documents, in
milliseconds, each the median of the rounds; the aim is 50.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from tests.resolvers.hostile_documents import PLANNED, REFUSED
from tests.resolvers.world import CITY, HALL, World, make, opened

AIM = 50.0


async def cost(world: World, query: str, rounds: int) -> float:
    """Return the median cost of a document that was not seen before, in milliseconds."""
    times = []
    for _ in range(rounds):
        world.rooms.caches.documents.clear()
        world.rooms.caches.plans.clear()
        before = time.process_time()
        await world.ask(query, {}, HALL)
        times.append((time.process_time() - before) * 1000)
    return median(times)


async def measure(home: Path, rounds: int) -> None:
    """Print what each document costs, the slowest first."""
    async with opened(home) as city:
        world = make(city)
        documents = {**REFUSED, **PLANNED}
        costs = {name: await cost(world, query, rounds) for name, query in documents.items()}
    slowest = sorted(costs.items(), key=lambda pair: -pair[1])
    for name, spent in slowest[:12]:
        print(f"{spent:8.1f} ms  {name}")
    late = sum(spent > AIM for spent in costs.values())
    print(f"{len(costs)} documents, {late} above {AIM:g} ms, median {median(costs.values()):.1f} ms")


def main() -> None:
    """Make the demo city in a folder of its own and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        target = home / "sources"
        target.mkdir()
        subprocess.run([sys.executable, str(CITY / "generate.py"), "--target", str(target)], check=True)
        asyncio.run(measure(home, rounds))


if __name__ == "__main__":
    main()
