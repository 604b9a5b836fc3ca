"""Generated records for searches: what they name is chosen at random, so that some names return often."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from audit.entry import Entry
from audit.subjects import Digests
from govgraph.clock import rfc3339
from govgraph.digests import digest

BEGUN = datetime(2026, 6, 1, tzinfo=UTC)
CLIENTS = ("yiwu-service-hall", "law-enforcement-app", "shell-company-alert", "public-pages")
FIELDS = (
    "Person.name",
    "Person.idNo",
    "Person.phone",
    "Enterprise.name",
    "PropertyRight.share",
    "Division.name",
)
SOURCES = {
    "Person": "public-security",
    "Enterprise": "market-regulation",
    "PropertyRight": "natural-resources",
}
OUTCOMES = ("answered", "answered", "answered", "answered", "partial", "refused", "failed")


def person(number: int) -> bytes:
    """Return the digest of one generated person."""
    return digest(f"person {number}".encode())


def generated(count: int, seed: int = 1, persons: int = 0) -> Iterator[Entry]:
    """Yield so many entries in order, of about one second each, about as many persons."""
    chance = random.Random(seed)
    persons = persons or max(count // 4, 10)
    moment = BEGUN
    for position in range(count):
        moment += timedelta(microseconds=chance.randrange(2_000_000))
        late = moment - timedelta(seconds=chance.choice((0, 0, 0, 9)))  # a slow answer's record comes later
        if chance.random() < 0.03:
            yield Entry(position, _change(chance, position, rfc3339(late)))
            continue
        subjects = tuple(
            sorted({person(chance.randrange(persons)) for _ in range(chance.choice((0, 1, 1, 3)))})
        )
        yield Entry(
            position, _access(chance, position, rfc3339(late), len(subjects)), Digests(subjects, (), "")
        )


def _change(chance: random.Random, position: int, moment: str) -> dict[str, Any]:
    event = chance.choice(("grant.put", "grant.revoke", "audit.read", "client.create"))
    return {
        "format": 1,
        "kind": "management",
        "receipt": f"r{position}",
        "time": moment,
        "event": event,
        "phase": "outcome",
        "outcome": "answered",
        "client": "security-administrator",
        "subject": f"G-2026-{chance.randrange(40):04}",
    }


def _access(chance: random.Random, position: int, moment: str, persons: int) -> dict[str, Any]:
    fields = sorted(chance.sample(FIELDS, chance.randrange(1, 4)))
    types = sorted({name.partition(".")[0] for name in fields})
    outcome = chance.choice(OUTCOMES)
    leaf = {
        "format": 1,
        "kind": "access",
        "receipt": f"r{position}",
        "time": moment,
        "outcome": outcome,
        "client": chance.choice(CLIENTS),
        "end_user": f"330702-{chance.randrange(200):04}",
        "case_number": f"2026-{chance.randrange(5000):06}",
        "purpose": chance.choice(("ZM-HOUSE-BUY", "SUPERVISION", "KK-SCREEN")),
        "grants": [f"G-2026-{chance.randrange(40):04}"],
        "coordinates": {"asked": fields},
    }
    if outcome == "refused":
        return {**leaf, "codes": ["FIELD_NOT_AVAILABLE"]}
    told = {name: chance.randrange(1, 20) for name in types}
    return {
        **leaf,
        "coordinates": {"asked": fields, "returned": fields},
        "rows": told,
        "subjects": {name: persons for name in types if persons and name == "Person"},
        "subject_total": persons,
        "level": chance.choice(("L2", "L3", "L4")),
        "sources": {SOURCES[name]: "answered" for name in types if name in SOURCES},
    }
