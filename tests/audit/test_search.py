"""Records are found by everything they name: exactly those that a plain look at every record finds."""

import os
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from audit.entry import Entry
from audit.errors import SearchRefusedError
from audit.index.gathering import Gatherer
from audit.index.positions import BLOCK, bits_of, falling, shortened, spelled
from audit.index.store import CHUNK, IndexStore
from audit.index.terms import Family, Terms, microseconds, names_in
from audit.search import NAMED, Search, positions
from govgraph.database import open_database
from tests.audit.generated_records import FIELDS, generated, person

pytestmark = pytest.mark.anyio
COUNT = 1_000_000 if os.environ.get("GOVGRAPH_PROVE") == "1" else BLOCK + 3 * CHUNK + 77
END = 2**60


@dataclass(frozen=True, slots=True)
class Indexed:
    """Generated records and the index over them."""

    entries: Sequence[Entry]
    store: IndexStore
    terms: Terms

    async def found(self, search: Search, below: int = END) -> list[int]:
        return [at async for at in positions(search, self.store, self.terms, below)]


@pytest.fixture(scope="module")
def entries() -> Sequence[Entry]:
    """Generated records, the same for both stores."""
    return list(generated(COUNT))


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
async def indexed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, entries: Sequence[Entry]
) -> AsyncIterator[Indexed]:
    folder = tmp_path_factory.mktemp("index")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'index.db'}"
    else:
        url = request.getfixturevalue("new_postgresql_database")()
    database = await open_database(url, folder)
    built = Indexed(entries, IndexStore(database), Terms(b"k" * 32))
    await built.store.open()
    gatherer = Gatherer(built.terms)
    at = 0
    while at < COUNT:
        count = min(random.Random(at).randrange(1, 9000), BLOCK - at % BLOCK, COUNT - at)
        batch = gatherer.batch(at, count, built.entries[at : at + count])
        assert await built.store.add(batch)
        gatherer.kept(batch)
        at += count
    yield built
    await database.aclose()


Plain = tuple[Entry, set[tuple[Family, str]], set[str], int]


def plain(entry: Entry) -> Plain:
    """Return a record as a plain look takes it: its names, those that a text is looked for in, its time."""
    names = set(names_in(entry.leaf))
    told = {name.lower() for family, name in names if family is not Family.CASE}
    return entry, names, told, microseconds(entry.leaf["time"])


def fits(search: Search, one: Plain) -> bool:
    """Return what a plain look at one record says."""
    entry, names, told, moment = one
    return (
        all((NAMED[part], name) in names for part, name in search.named.items())
        and (not search.persons or not set(search.persons).isdisjoint(entry.digests.subjects))
        and (not search.resources or any((Family.RESOURCE, name) in names for name in search.resources))
        and all(
            (Family.CASE, word) in names or any(word.lower() in name for name in told)
            for word in search.text.split()
        )
        and (not search.since or moment >= microseconds(search.since))
        and (not search.until or moment < microseconds(search.until))
    )


def searches(entries: Sequence[Entry], count: int) -> list[Search]:
    """Return searches made of what some record says, so that most of them find something."""
    chance = random.Random(7)
    made = []
    for _ in range(count):
        leaf = chance.choice(entries).leaf
        named = {part: name for part in NAMED if isinstance(name := leaf.get(part), str)}
        named |= {"decision": leaf["outcome"], "field": chance.choice(FIELDS)}
        chosen = {part: named[part] for part in chance.sample(sorted(named), chance.randrange(0, 3))}
        times = sorted(chance.choice(entries).leaf["time"] for _ in range(2))
        made.append(
            Search(
                since=times[0] if chance.random() < 0.5 else "",
                until=times[1] if chance.random() < 0.5 else "",
                named=chosen,
                persons=(person(chance.randrange(9)), person(10**9)) if chance.random() < 0.2 else (),
                resources=("PropertyRight", "Division") if chance.random() < 0.2 else (),
                text=chance.choice(("", "", "", "HALL", "phone Person", leaf.get("case_number", "revoke"))),
            )
        )
    return made


@pytest.fixture(scope="module")
def looked(entries: Sequence[Entry]) -> Sequence[tuple[Search, list[int]]]:
    """Searches, each with what a plain look at every record finds, the last record first."""
    plainly = [plain(entry) for entry in entries]
    return [
        (search, [one[0].position for one in plainly if fits(search, one)][::-1])
        for search in searches(entries, 60)
    ]


async def test_every_search_finds_what_a_plain_look_at_every_record_finds(
    indexed: Indexed, looked: Sequence[tuple[Search, list[int]]]
) -> None:
    for search, expected in looked:
        assert await indexed.found(search) == expected, search


async def test_a_search_goes_on_before_a_position_and_repeats_nothing(indexed: Indexed) -> None:
    search = Search(named={"client": "public-pages"}, text="phone")
    whole = await indexed.found(search)
    assert len(whole) > 100
    middle = whole[len(whole) // 2]
    assert await indexed.found(search, middle) == whole[len(whole) // 2 + 1 :]


async def test_a_search_with_no_part_finds_every_record(indexed: Indexed) -> None:
    assert await indexed.found(Search(), 5) == [4, 3, 2, 1, 0]
    assert (await indexed.found(Search()))[0] == COUNT - 1


@pytest.mark.parametrize(
    "search", [Search(since="yesterday"), Search(until="2026-06-01T00:00:00"), Search(text="a")]
)
async def test_a_search_that_cannot_be_understood_is_refused(indexed: Indexed, search: Search) -> None:
    with pytest.raises(SearchRefusedError):
        await indexed.found(search)


async def test_a_batch_that_does_not_follow_is_not_kept(indexed: Indexed) -> None:
    again = Gatherer(indexed.terms).batch(0, 10, indexed.entries[:10])
    assert not await indexed.store.add(again)
    assert await indexed.store.size() == COUNT


async def test_signs_that_mean_something_to_a_store_are_text_to_a_search(indexed: Indexed) -> None:
    for text in ("%%", "__", "'or", "100%"):
        assert await indexed.found(Search(text=text)) == []


async def test_the_index_holds_no_digest_of_a_person_and_no_case_number(indexed: Indexed) -> None:
    if indexed.store.database.dialect != "sqlite":
        return  # the same rows, in files of PostgreSQL
    folder = Path(str(indexed.store.database.engine.url.database)).parent
    stored = b"".join(path.read_bytes() for path in folder.glob("index.db*"))
    assert person(3) not in stored
    assert person(3)[:8] not in stored
    assert b"2026-00" not in stored.replace(b"g-2026-00", b"")


@pytest.mark.parametrize("offsets", [[], [0], [65_535], [0, 7, 8, 4096, 65_535], list(range(0, BLOCK, 3))])
def test_positions_are_the_same_in_both_spellings(offsets: list[int]) -> None:
    kept = spelled(offsets)
    assert list(falling(bits_of(kept))) == offsets[::-1]
    assert bits_of(shortened(kept)) == bits_of(kept)
    assert len(shortened(kept)) <= BLOCK // 8 + 1
