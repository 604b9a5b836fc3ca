"""What Redis costs a governed look-up by key, beside the memory twin: both asked in turn, in one process.

Usage: python -m benchmarks.shared_state [--rounds 5] [--data FOLDER]. Question W1 counts against a quota and
leaves its durable record. Prints answers a second from 16 callers, the processor time of one answer on the
event loop, and how long one count takes alone. Needs redis-server.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from statistics import median

import uvloop

from benchmarks.home import ENVIRONMENT, settings_of, surrounding
from benchmarks.stages import Asked, bodies, issued
from benchmarks.standing import new_home, sources
from benchmarks.workloads.questions import Workload, workloads
from benchmarks.workloads.scale import SMALL
from govgraph.clock import system_clock
from govgraph.shared.address import connections
from govgraph.shared.memory import MemoryState
from govgraph.shared.redis import RedisState, Terms
from govgraph.shared.state import SharedState
from server.app import application, build
from server.home import held
from server.serving import TURN
from tests.servers.redis import Server, program

SECONDS = 1.0
COUNTS = 2000


@asynccontextmanager
async def asked(home: Path, redis_url: str, workload: Workload) -> AsyncIterator[Asked]:
    """Yield a question put to our application, whose shared state lies where the address says."""
    values = json.loads((home / ENVIRONMENT).read_text(encoding="utf-8"))
    settings = settings_of(home).model_copy(update={"redis_url": redis_url})
    with held(home):
        async with build(settings, system_clock(), surrounding(values)) as platform:
            app = application(platform)
            question = Asked(app, await issued(app, home), bodies(workload))
            await question.many(time.perf_counter() + SECONDS)
            yield question


async def counted(question: Asked) -> tuple[float, float]:
    """Return answers a second, and microseconds of the event loop for one."""
    loop, began = time.thread_time(), time.perf_counter()
    count = await question.many(began + SECONDS)
    return count / (time.perf_counter() - began), (time.thread_time() - loop) / count * 1e6


async def one_count(state: SharedState) -> float:
    """Return the microseconds that one count takes, asked one after the other."""
    await state.settle()
    began = time.perf_counter()
    for _ in range(COUNTS):
        await state.charge("benchmark", 1, 10**9)
    return (time.perf_counter() - began) / COUNTS * 1e6


async def measure(homes: Mapping[str, Path], redis: Server, rounds: int) -> None:
    """Print the figures of both twins, each on its own home."""
    [workload] = [one for one in workloads(SMALL) if one.name == "W1"]
    figures: dict[str, list[tuple[float, float]]] = {"memory": [], "redis": []}
    async with AsyncExitStack() as stack:
        questions = {
            name: await stack.enter_async_context(asked(homes[name], url, workload))
            for name, url in (("memory", ""), ("redis", redis.url))
        }
        for _ in range(rounds):
            for name, question in questions.items():
                figures[name].append(await counted(question))
    rate = {name: median(one for one, _ in told) for name, told in figures.items()}
    loop = {name: min(one for _, one in told) for name, told in figures.items()}
    shared = RedisState(connections(redis.url), b"benchmark" * 4, Terms())
    alone = {"memory": await one_count(MemoryState()), "redis": await one_count(shared)}
    await shared.aclose()
    print(f"{'':10}{'answers/s':>12}{'loop µs':>12}{'one count µs':>14}")
    for name in figures:
        print(f"{name:10}{rate[name]:12,.0f}{loop[name]:12,.0f}{alone[name]:14,.1f}")
    print(f"redis / memory: {rate['redis'] / rate['memory']:.2f} of the answers")


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="keep the database in this folder, for the next time")
    arguments = parser.parse_args()
    if program() is None:
        raise SystemExit("redis-server is not installed")
    sys.setswitchinterval(TURN)
    with tempfile.TemporaryDirectory() as folder, sources(SMALL, arguments.data) as given:
        redis = Server(Path(folder))
        redis.start()
        try:
            homes = {name: new_home(given, name) for name in ("memory", "redis")}
            uvloop.run(measure(homes, redis, arguments.rounds))
        finally:
            redis.stop()


if __name__ == "__main__":
    main()
