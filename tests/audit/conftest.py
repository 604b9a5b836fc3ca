"""A log in a folder of its own, and records to put in."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from audit.log import Log, open_log
from audit.opening import EMBEDDED, Keeping
from audit.record import AccessRecord, Coordinates, Outcome, SubjectList
from govgraph.clock import Clock, system_clock
from govgraph.digests import hex_digest
from govgraph.keyring import Keyring
from tests.audit.replicas import keeping_in
from tests.audit.tampering import SIZE, Copy

MakeRecord = Callable[[int], AccessRecord]
DOCUMENT = "query Q($a: String!) { person(idNo: $a) { name } }"
OPERATION = (hex_digest(DOCUMENT.encode()), DOCUMENT)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def keyring(home: Path) -> Keyring:
    return Keyring(home / "keys")


@pytest.fixture
def clock() -> Clock:
    return system_clock()


@pytest.fixture(params=["embedded", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def keeping(request: pytest.FixtureRequest) -> Keeping:
    """How the log is kept: a test that asks for it runs on both stores."""
    if request.param == "embedded":
        return EMBEDDED
    return keeping_in(request.getfixturevalue("new_postgresql_database")())


@pytest.fixture
async def log(home: Path, keyring: Keyring, clock: Clock, keeping: Keeping) -> AsyncIterator[Log]:
    opened = await open_log(home / "audit", keyring, clock, keeping)
    yield opened
    await opened.aclose()


@pytest.fixture
async def embedded_log(home: Path, keyring: Keyring, clock: Clock) -> AsyncIterator[Log]:
    opened = await open_log(home / "audit", keyring, clock)
    yield opened
    await opened.aclose()


@pytest.fixture
def operation() -> tuple[str, str]:
    return OPERATION


@pytest.fixture
def record() -> MakeRecord:
    def make(number: int) -> AccessRecord:
        return AccessRecord(
            receipt=f"receipt-{number}",
            time=f"2026-06-30T01:02:03.{number:06}Z",
            request=f"request-{number}",
            outcome=Outcome.ANSWERED,
            client="yiwu-service-hall",
            purpose="ZM-HOUSE-BUY",
            coordinates=Coordinates(asked=("Person.name",), masked={"Person.name": "NM"}),
            rows={"Person": 3},
            subjects={"Person": 3},
            subject_total=3,
        )

    return make


@pytest.fixture
async def copy(home: Path, keyring: Keyring, clock: Clock, record: MakeRecord, tmp_path: Path) -> Copy:
    log = await open_log(home / "audit", keyring, clock)
    for number in range(SIZE):
        listed = SubjectList(("a", "b")) if number % 2 else SubjectList()
        await log.append(record(number), listed)
    await log.aclose()
    shutil.copytree(home / "audit", tmp_path / "copy" / "audit")
    shutil.copy(home / "audit.checkpoint", tmp_path / "copy" / "audit.checkpoint")
    return Copy(tmp_path / "copy", log.verifier_key, keyring)
