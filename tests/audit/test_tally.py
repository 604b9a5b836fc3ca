"""What reports count equals a plain recount of the records."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.entry import Entry
from audit.index.gathering import Gatherer
from audit.index.store import IndexStore
from audit.index.tally import Dimension, Tally
from audit.index.terms import Terms
from govgraph.clock import ZONE
from govgraph.database import Database
from tests.audit.generated_records import generated

DOCUMENT = (
    "query Q { a: personVerify(idNo: VALUE) { match } "
    "enterpriseVerify (uscc: VALUE) { match } person { name } }"
)
PARTS = ("", "", "", "begin", "part", "end")


def records(seed: int, count: int = 60) -> list[Entry]:
    """Return generated records, some of them of streams, some refused for a field, some with a document."""
    made = []
    for entry in generated(count, seed):
        leaf = dict(entry.leaf)
        part = PARTS[(seed + entry.position) % len(PARTS)]
        if part and leaf["kind"] == "access":
            leaf["part"] = part
        if leaf["outcome"] == "refused":
            leaf["coordinates"] = {
                "refused": ["Person.phone", "Person.name", "Division.code"][: entry.position % 4]
            }
        made.append(replace(entry, leaf=leaf, document=DOCUMENT if entry.position % 3 == 0 else ""))
    return made


def counted(entries: Sequence[Entry]) -> dict[tuple[str, str, str], Tally]:
    """Return what the index would keep of records, in one batch."""
    return dict(Gatherer(Terms(b"k" * 32)).batch(0, len(entries), entries).tallies)


def day_of(leaf: dict[str, Any]) -> str:
    return datetime.fromisoformat(leaf["time"]).astimezone(ZONE).date().isoformat()


def asked(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return the leaves that are a call: whole answers, and the ends of streams."""
    return [
        one.leaf for one in entries if one.leaf["kind"] == "access" and one.leaf.get("part") in {None, "end"}
    ]


@given(st.integers(0, 10**6))
def test_calls_denials_and_rows_equal_a_recount(seed: int) -> None:
    entries = records(seed)
    found = counted(entries)
    for member, dimension in (("client", Dimension.CLIENT), ("purpose", Dimension.PURPOSE)):
        calls = Counter((day_of(leaf), dimension, leaf[member]) for leaf in asked(entries))
        assert {key: one.calls for key, one in found.items() if key[1] == dimension and one.calls} == calls
    denials = sum(leaf["outcome"] == "refused" for leaf in asked(entries))
    assert sum(one.denials for key, one in found.items() if key[1] is Dimension.ALL) == denials
    rows: Counter[str] = Counter()
    for entry in entries:
        if entry.leaf.get("part") in {None, "part"}:
            rows.update(entry.leaf.get("rows", {}))
    told: Counter[str] = Counter()
    for (_, dimension, name), one in found.items():
        if dimension == Dimension.RESOURCE and one.rows:
            told[name] += one.rows
    assert told == rows


@given(st.integers(0, 10**6))
def test_sources_pairs_and_proofs_equal_a_recount(seed: int) -> None:
    entries = records(seed)
    found = counted(entries)
    pairs = Counter(
        f"{leaf['client']} {source}" for leaf in asked(entries) for source in leaf.get("sources", {})
    )
    told: Counter[str] = Counter()
    for (_, dimension, name), one in found.items():
        if dimension == Dimension.PAIR and one.calls:
            told[name] += one.calls
    assert told == pairs
    calls = asked(entries)
    answered = [
        one
        for one in entries
        if one.leaf["outcome"] in {"answered", "partial"} and one.document and one.leaf in calls
    ]
    assert sum(one.proofs for key, one in found.items() if key[1] is Dimension.ALL) == 2 * len(answered)


def test_a_resource_is_denied_once_for_all_its_fields_that_were_refused() -> None:
    leaf = {
        "kind": "access",
        "time": "2026-06-30T16:30:00Z",
        "outcome": "refused",
        "client": "a",
        "coordinates": {"refused": ["Person.phone", "Person.name"]},
    }
    found = counted([Entry(0, leaf)])
    assert found["2026-07-01", Dimension.RESOURCE, "Person"] == Tally(calls=1, denials=1)
    assert found["2026-07-01", Dimension.CLIENT, "a"] == Tally(calls=1, denials=1)


@pytest.mark.anyio
async def test_counts_of_several_batches_add_up_in_the_store(database: Database, tmp_path: Path) -> None:
    entries = records(5, 200)
    store, gatherer = IndexStore(database), Gatherer(Terms(b"k" * 32))
    await store.open()
    for at in range(0, 200, 50):
        assert await store.add(gatherer.batch(at, 50, entries[at : at + 50]))
    whole = counted(entries)
    for dimension in Dimension:
        kept = await store.tallies(dimension, "2026-01-01", "2026-12-31")
        expected = [(key[0], key[2], one) for key, one in sorted(whole.items()) if key[1] == dimension]
        assert list(kept) == expected
    assert not await store.tallies(Dimension.ALL, "2027-01-01", "2027-12-31")
