"""What a large catalogue costs: memory, a caller's graph, a publication, introspection, and the event loop.

Usage: python benchmarks/catalogue.py [--resources 5000] [--rounds 5]. Prints a table and writes it to
benchmarks/results/. Each part runs in a process of its own, so that its memory is its own.
"""

import argparse
import asyncio
import gc
import os
import platform
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from graphql import get_introspection_query  # noqa: E402 - needs the root on the path

from auth.grants import FieldGrant, Grant  # noqa: E402
from auth.policy import permissions  # noqa: E402
from govgraph.database import migrate, open_database  # noqa: E402
from govgraph.sealing import Sealer  # noqa: E402
from resolvers.snapshot import Snapshot  # noqa: E402
from schema.assemble import assemble  # noqa: E402
from schema.build import EAGER, WHOLE, build  # noqa: E402
from schema.catalog import Catalog  # noqa: E402
from schema.draft import Draft, Origin  # noqa: E402
from schema.manifest import read_manifest_text  # noqa: E402
from schema.store import CatalogStore  # noqa: E402
from schema.visibility import ceilings, view  # noqa: E402
from tests.resolvers.world import Log, Open, World, make  # noqa: E402
from tests.schema.large import FULL, everything, large, manifest  # noqa: E402

RESULTS = Path(__file__).resolve().parent / "results"
WHO = ("big-data", "STUDY")
ASKED = "{ __typename }"
PAUSE = 0.002
"""Seconds between two looks at the event loop."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value and what it should be at most; None where nothing was promised."""

    name: str
    value: float
    unit: str
    most: float | None = None

    def line(self) -> str:
        """Return the figure as a line of the table."""
        verdict = "met" if self.most is None or self.value <= self.most else "MISSED"
        judged = "" if self.most is None else f"  {verdict}, at most {self.most:g}"
        return f"{self.name:<66}{self.value:>10,.1f} {self.unit}{judged}"


@dataclass(slots=True)
class Loop:
    """Watches how long the event loop did not turn, though this process worked: not what others took."""

    gaps: list[float] = field(default_factory=list)

    async def watch(self) -> None:
        """Look at the loop again and again, until cancelled."""
        last = time.perf_counter(), time.process_time()
        while True:
            await asyncio.sleep(PAUSE)
            now = time.perf_counter(), time.process_time()
            self.gaps.append(min(now[0] - last[0] - PAUSE, now[1] - last[1]))
            last = now

    @property
    def longest(self) -> float:
        """Return the longest gap, in milliseconds."""
        return max(self.gaps) * 1000


@asynccontextmanager
async def watched() -> AsyncIterator[Loop]:
    """Watch the loop while something is done."""
    loop = Loop()
    task = asyncio.create_task(loop.watch())
    await asyncio.sleep(PAUSE * 5)
    yield loop
    task.cancel()


def memory() -> float:
    """Return the megabytes that are held by what was made since `tracemalloc` was started."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / 1e6


def stored(number: int) -> Draft:
    """Return a department's draft as the store keeps it."""
    draft = read_manifest_text(manifest(number), "manifest.yaml")
    return replace(draft, origin=Origin(draft.origin.file))


def grants(catalog: Catalog) -> list[Grant]:
    """Return grants of everything in a catalog."""
    days = (date(2026, 1, 1), date(2026, 12, 31))
    return [
        Grant(f"G-{name}", *WHO, name, {key: FieldGrant(FULL) for key in one.fields}, *days)
        for name, one in catalog.resources.items()
    ]


def took(work: Callable[[Any], object], given: Any) -> float:
    """Return the milliseconds of processor time that some work takes."""
    before = time.process_time()
    work(given)
    return (time.process_time() - before) * 1000


def graphs(resources: int, rounds: int) -> list[Figure]:
    """Return what a caller's graph costs, whole and piece by piece."""
    figures = []
    for size, most in ((50, 50.0), (EAGER, None), (resources, None)):
        seen = view(catalog := large(size), everything(catalog))
        gc.collect()
        name = f"graph of {size} resources x 20 fields, {'whole' if size <= EAGER else 'piece by piece'}"
        figures.append(Figure(name, median(took(build, seen) for _ in range(rounds)), "ms", most))
    name = f"view of {resources} granted resources"
    return [*figures, Figure(name, took(lambda one: view(one, everything(one)), large(resources)), "ms")]


def held(resources: int) -> list[Figure]:
    """Return the memory of a catalog with all that hangs on it."""
    tracemalloc.start()
    catalog = assemble(stored(number) for number in range(resources // 50)).catalog
    snapshot = Snapshot(catalog, {}, ceilings(catalog))
    published = memory()
    few = Catalog(1, catalog.departments, catalog.sources, dict(list(catalog.resources.items())[:50]))
    given = grants(few)
    caller = memory()
    allowed = permissions(*WHO, given, snapshot.ceilings, date(2026, 6, 30))
    schema = build(view(catalog, allowed))
    one = memory() - caller
    everything = memory()
    widest = build(view(catalog, permissions(*WHO, grants(catalog), snapshot.ceilings, date(2026, 6, 30))))
    whole = memory() - everything
    del schema, widest
    return [
        Figure(f"memory of {resources} catalogued resources", published, "MB", 100.0),
        Figure("memory of a caller's rights and graph, 50 resources of these", one, "MB"),
        Figure(f"memory of a caller's grants, rights and graph, all {resources}", whole, "MB"),
    ]


async def publication(resources: int, rounds: int) -> list[Figure]:
    """Return what publishing one department of many costs while others ask."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        address = f"sqlite:///{home / 'platform.db'}"
        await migrate(address, home)
        database = await open_database(address, home)
        store = CatalogStore(database, Sealer(bytes(32)))
        await store.publish(*(read_manifest_text(manifest(n), "m.yaml") for n in range(resources // 50)))
        await store.drafts()
        world = asked_by_few(await store.current())
        gc.collect()
        gc.freeze()  # as the server does once it has opened its catalog
        answers: list[bool] = []
        async with watched() as loop:
            asking = asyncio.create_task(ask_on(world, answers))
            times = [await published(store, world, number) for number in range(rounds)]
            asking.cancel()
        await database.aclose()
    return [
        Figure(f"publishing 50 of {resources} resources", median(times), "ms", 1000.0),
        Figure("requests that failed meanwhile", answers.count(False), f"of {len(answers)}", 0.0),
        Figure("longest gap of the event loop meanwhile", loop.longest, "ms", 100.0),
    ]


async def ask_on(world: World, answers: list[bool]) -> None:
    """Ask again and again, until cancelled, noting whether there was an answer."""
    while True:
        answers.append((await world.ask(ASKED, None, WHO)).data is not None)
        await asyncio.sleep(PAUSE)


async def published(store: CatalogStore, world: World, number: int) -> float:
    """Return the milliseconds from a department's draft to the new catalog in force."""
    draft = await asyncio.to_thread(read_manifest_text, manifest(3, title=f"第{number}版"), "m.yaml")
    before = time.perf_counter()
    await store.publish(draft)
    catalog = await store.current()
    world.snapshot = Snapshot(catalog, world.connectors, ceilings(catalog))
    return (time.perf_counter() - before) * 1000


def asked_by_few(catalog: Catalog) -> World:
    """Return a world over a catalog in which one client may use fifty resources."""
    few = Catalog(1, catalog.departments, catalog.sources, dict(list(catalog.resources.items())[:50]))
    return make(Open(catalog, grants(few), {}, []))


async def introspection(resources: int) -> list[Figure]:
    """Return what describing graphs costs, and how long the event loop stood still."""
    figures = []
    for size in (50, WHOLE, resources):
        catalog = large(size)
        world = make(Open(catalog, grants(catalog), {}, []))
        world.with_rooms(log=Log())
        gc.collect()
        gc.freeze()
        async with watched() as loop:
            before = time.perf_counter()
            given = await world.ask(get_introspection_query(), None, WHO)
            spent = (time.perf_counter() - before) * 1000
            again = time.perf_counter()
            await world.ask(get_introspection_query(), None, WHO)
            kept = (time.perf_counter() - again) * 1000
        told = f"{len(given.data) / 1e6:.1f} MB" if given.data else str(given.errors[0]["extensions"]["code"])
        figures += [
            Figure(f"introspection of {size} resources ({told})", spent, "ms"),
            Figure("  asked again", kept, "ms"),
            Figure("  longest gap of the event loop meanwhile", loop.longest, "ms", 100.0),
        ]
    return figures


def measured(part: str, resources: int, rounds: int) -> Sequence[Figure]:
    """Return the figures of one part."""
    match part:
        case "graphs":
            return graphs(resources, rounds)
        case "held":
            return held(resources)
        case "publication":
            return asyncio.run(publication(resources, rounds))
    return asyncio.run(introspection(resources))


def main() -> None:
    """Measure each part in a process of its own, print and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--resources", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--part", choices=("graphs", "held", "publication", "introspection"))
    given = parser.parse_args()
    if given.part:
        figures = measured(given.part, given.resources, given.rounds)
        sys.stdout.write("".join(f"{one.line()}\n" for one in figures))
        return
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    machine = f"Python {platform.python_version()} · {platform.machine()} · {os.cpu_count()} cores"
    text = f"{today} · catalogue · {machine}\n\n"
    for part in ("graphs", "held", "publication", "introspection"):
        command = [sys.executable, __file__, "--part", part]
        options = ["--resources", str(given.resources), "--rounds", str(given.rounds)]
        text += subprocess.run([*command, *options], check=True, capture_output=True, text=True).stdout
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{today}-catalogue.txt").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
