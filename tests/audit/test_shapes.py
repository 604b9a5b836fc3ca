"""Records alike are worked out once, and found and counted as if each had been looked at alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from audit.entry import Entry
from audit.index.gathering import Gatherer
from audit.index.positions import BLOCK
from audit.index.shapes import Days, Shapes, word
from audit.index.tally import Key, Tally, counted
from audit.index.terms import UNTOLD, Family, Terms, microseconds, names_in
from govgraph.clock import ZONE, rfc3339
from tests.audit.generated_records import generated

KEY = b"k" * 32
DOCUMENT = "query Q { a: personVerify(idNo: VALUE) { match } }"
BEGUN = datetime.fromisoformat("2000-01-01")
INSTANTS = st.datetimes(min_value=BEGUN, max_value=BEGUN + timedelta(days=36_500))


def city_day(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(ZONE).date().isoformat()


def looked_at_alone(first: int, entries: list[Entry]) -> dict[str, Any]:
    """Return what a batch holds, by the plain definition."""
    terms, block = Terms(KEY), first - first % BLOCK
    postings: dict[int, list[int]] = {}
    words: dict[int, tuple[str, str]] = {}
    tallies: dict[Key, Tally] = {}
    for entry in entries:
        names = dict.fromkeys(names_in(entry.leaf))
        persons = {*entry.digests.subjects, *entry.digests.keys}
        for term in {*(terms.of(*name) for name in names), *map(terms.of_person, persons)}:
            postings.setdefault(term, []).append(entry.position - block)
        for family, name in names:
            told = entry.document or name if family is Family.OPERATION else name
            if family not in UNTOLD:
                words[terms.of(family, name)] = (family.value, told.lower())
        for (dimension, name), tally in counted(entry.leaf, entry.document):
            key = (city_day(entry.leaf["time"]), dimension, name)
            tallies[key] = tallies.get(key, Tally()) + tally
    return {"postings": postings, "words": words, "tallies": tallies}


@given(st.integers(0, 10**6), st.integers(0, 6), st.sampled_from((0, 100, BLOCK, 3 * BLOCK + 7)))
def test_a_batch_equals_what_each_record_alone_is_found_by_and_counts_for(
    seed: int, alike: int, first: int
) -> None:
    made = list(generated(12, seed))
    made += [replace(entry, leaf={**entry.leaf, "end_user": "u"}) for entry in made[:alike] * 3]
    made += [replace(entry, document=DOCUMENT, leaf=entry.leaf | {"operation": "aa"}) for entry in made[:6]]
    made += [replace(entry, leaf={**entry.leaf, "part": "end"}) for entry in made[:6]]
    entries = [replace(entry, position=first + at) for at, entry in enumerate(made)]
    batch = Gatherer(Terms(KEY)).batch(first, len(entries), entries)
    expected = looked_at_alone(first, entries)
    assert {term: list(offsets) for term, offsets in batch.postings.items()} == expected["postings"]
    assert batch.words == expected["words"]
    assert batch.tallies == expected["tallies"]
    assert list(batch.times) == [microseconds(entry.leaf["time"]) for entry in entries]


def test_records_that_differ_in_persons_case_official_and_numbers_have_one_shape() -> None:
    shapes, entry = Shapes(Terms(KEY)), next(one for one in generated(9) if one.leaf["kind"] == "access")
    other = {"receipt": "r", "time": "2026-07-30T01:02:03Z", "end_user": "u", "case_number": "c"}
    leaf = {**entry.leaf, **other, "rows": dict.fromkeys(entry.leaf["rows"], 77), "subject_total": 5}
    assert shapes.of(entry) is shapes.of(Entry(9, leaf))
    assert shapes.of(entry) is not shapes.of(Entry(9, {**leaf, "purpose": "OTHER"}))
    assert shapes.of(entry) is not shapes.of(Entry(9, leaf, document=DOCUMENT))
    assert word(Family.CASE, "2026-1") is None


@given(st.lists(INSTANTS, min_size=1, max_size=8))
def test_the_day_is_that_of_the_citys_clock(instants: list[datetime]) -> None:
    days = Days()
    for instant in instants:
        for later in (timedelta(), timedelta(minutes=59), timedelta(hours=8)):
            moment = rfc3339(instant.replace(tzinfo=UTC) + later)
            assert days.of(moment) == city_day(moment)
            local = (instant + later).replace(tzinfo=ZONE).isoformat()
            assert days.of(local) == city_day(local)
