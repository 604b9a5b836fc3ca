"""Asks the index of the log typical questions, over generated records, and says what 95 of 100 of them take.

Usage: python -m benchmarks.audit_search [--records 10000000] [--stores sqlite,postgresql] [--rounds 20]
Writes the table to benchmarks/results/audit-search.md.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from audit.index.gathering import Gatherer
from audit.index.store import IndexStore
from audit.index.terms import Terms
from audit.search import Search, positions
from benchmarks.cluster import configured
from govgraph.database import Database, open_database
from tests.audit.generated_records import generated, person

AT_ONCE = 4096
PAGE = 50
NEWEST = 2**62
AIM: Mapping[str, float] = {"sqlite": 3.0, "postgresql": 1.0}
"""Seconds that 95 of 100 questions may take."""
RESULT = Path(__file__).parent / "results" / "audit-search.md"


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question took, in seconds, sorted."""

    store: str
    question: str
    seconds: Sequence[float]

    @property
    def worst(self) -> float:
        """Return what 95 of 100 stay below."""
        return self.seconds[max(0, -(-len(self.seconds) * 95 // 100) - 1)]


def questions(chance: random.Random, records: int) -> Mapping[str, Search]:
    """Return one of each typical question, made of names that occur."""
    client = chance.choice(("yiwu-service-hall", "law-enforcement-app", "public-pages"))
    hour = f"2026-06-{1 + chance.randrange(max(1, records // 90_000)) % 28:02}T{chance.randrange(24):02}"
    return {
        "one person": Search(persons=(person(chance.randrange(max(records // 4, 10))),)),
        "one case": Search(named={"case_number": f"2026-{chance.randrange(5000):06}"}),
        "client and field": Search(named={"client": client, "field": "Person.phone"}),
        "client, purpose, an hour": Search(
            f"{hour}:00:00Z", f"{hour}:59:59Z", {"client": client, "purpose": "SUPERVISION"}
        ),
        "end user, refused": Search(
            named={"end_user": f"330702-{chance.randrange(200):04}", "decision": "refused"}
        ),
        "words": Search(text="phone failed"),
        "nothing fits": Search(named={"client": "security-administrator", "field": "Person.name"}),
    }


async def fill(store: IndexStore, terms: Terms, records: int) -> float:
    """Put generated records into the index and return how many seconds of it were the index's."""
    entries, gatherer, spent = generated(records), Gatherer(terms), 0.0
    for first in range(0, records, AT_ONCE):
        some = list(islice(entries, AT_ONCE))
        begun = time.perf_counter()
        batch = gatherer.batch(first, len(some), some)
        await store.add(batch)
        gatherer.kept(batch)
        spent += time.perf_counter() - begun
    return spent


async def ask(store: IndexStore, terms: Terms, search: Search) -> float:
    """Return the seconds that the first page of a search takes."""
    begun, found = time.perf_counter(), 0
    async with aclosing(positions(search, store, terms, NEWEST)) as fitting:
        async for _ in fitting:
            found += 1
            if found == PAGE:
                break
    return time.perf_counter() - begun


async def measured(name: str, database: Database, records: int, rounds: int) -> list[Asked]:
    """Fill an index, ask each question so often, and return what each took."""
    store, terms, chance = IndexStore(database), Terms(b"k" * 32), random.Random(records)
    await store.open()
    spent = await fill(store, terms, records)
    print(
        f"{name}: {records:,} records indexed in {spent:,.0f} s ({records / spent:,.0f} a second)", flush=True
    )
    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        for question, search in questions(chance, records).items():
            taken.setdefault(question, []).append(await ask(store, terms, search))
    await database.aclose()
    return [Asked(name, question, sorted(seconds)) for question, seconds in taken.items()]


@contextmanager
def address(name: str, folder: Path) -> Iterator[str]:
    """Yield the address of an empty store."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'index.db'}"
        return
    with configured(folder / "data") as server:
        yield str(server.get_uri())


def table(asked: Sequence[Asked], records: int) -> str:
    """Return the figures as a table in Markdown."""
    lines = [
        "# Searching the log",
        "",
        f"{records:,} generated records; the first page of {PAGE}; milliseconds, median and 95 of 100.",
        "",
        "| Store | Question | Median | 95 of 100 | Aim |",
        "| --- | --- | ---: | ---: | --- |",
    ]
    for one in asked:
        middle, aim = one.seconds[len(one.seconds) // 2], AIM[one.store]
        kept = "kept" if one.worst <= aim else "MISSED"
        figures = f"{middle * 1000:.1f} | {one.worst * 1000:.1f} | below {aim:.0f} s: {kept}"
        lines.append(f"| {one.store} | {one.question} | {figures} |")
    return "\n".join(lines) + "\n"


async def main() -> None:
    """Measure, print and keep."""
    reading = argparse.ArgumentParser(description=__doc__)
    reading.add_argument("--records", type=int, default=10_000_000)
    reading.add_argument("--stores", default="sqlite,postgresql")
    reading.add_argument("--rounds", type=int, default=20)
    given = reading.parse_args()
    asked: list[Asked] = []
    for name in given.stores.split(","):
        with tempfile.TemporaryDirectory(prefix="govgraph-bench-") as made:
            folder = Path(made)
            with address(name, folder) as url:
                asked += await measured(name, await open_database(url, folder), given.records, given.rounds)
    text = table(asked, given.records)
    RESULT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    asyncio.run(main())
