"""Each rule notices what it is for just above its bound, and stays silent at the bound."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from audit.alerts.alert import Alert, Rule
from audit.alerts.rules import AlertRules
from audit.alerts.watch import Watch, microseconds_of
from audit.alerts.watcher import Watcher
from audit.entry import Entry
from audit.errors import LogFullError
from audit.index.follower import Follower
from audit.index.store import IndexStore
from audit.index.terms import Terms
from audit.log import Log, open_log
from audit.record import AccessRecord, Coordinates, Outcome, SubjectList
from audit.subjects import Digests
from govgraph.clock import Clock, rfc3339
from govgraph.database import open_database
from govgraph.keyring import Keyring
from tests.audit.generated_records import person

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 6, 30, 4, 0, tzinfo=UTC)  # a Tuesday, twelve o'clock in the city
RULES = AlertRules(
    person_limit=10, client_person_limit=30, row_limit=100, miss_limit=5, key_limit=8, denial_limit=4
)


@dataclass
class Stream:
    """A stream of records made by hand, and what a watch says of it."""

    watch: Watch = field(default_factory=lambda: Watch(RULES))
    moment: datetime = NOON
    position: int = 0
    alerts: list[Alert] = field(default_factory=list)

    def add(
        self, seconds: float = 1, persons: Iterable[int] = (), keys: Iterable[int] = (), **said: Any
    ) -> "Stream":
        """Add one access, `seconds` after the one before."""
        self.moment += timedelta(seconds=seconds)
        leaf = {
            "kind": "access",
            "time": rfc3339(self.moment),
            "outcome": "answered",
            "client": "hall",
        } | said
        digests = Digests(tuple(map(person, persons)), tuple(map(person, keys)), "")
        entry = Entry(self.position, leaf, digests)
        self.alerts += self.watch.see(entry, microseconds_of(self.moment))
        self.position += 1
        return self

    @property
    def rules(self) -> set[Rule]:
        """Return the rules that noticed something."""
        return {alert.rule for alert in self.alerts}


def test_an_end_user_who_reads_more_persons_than_the_bound_is_noticed_at_the_next_one() -> None:
    stream = Stream()
    for number in range(10):
        stream.add(persons=[number, number], end_user="330702-0815")
    assert not stream.alerts
    stream.add(persons=[10], end_user="330702-0815")
    (alert,) = stream.alerts
    assert (alert.rule, alert.end_user, alert.position) == (Rule.BULK_PERSONS, "330702-0815", 10)
    assert alert.detail["persons"] == "11"
    assert alert.since == rfc3339(NOON + timedelta(seconds=1))


def test_the_same_person_again_is_one_person_and_two_end_users_are_two() -> None:
    stream = Stream()
    for number in range(40):
        stream.add(persons=[number % 10], end_user="330702-0815")
        stream.add(persons=[number % 10], end_user="330702-0816")
    assert not stream.alerts


def test_what_is_over_for_the_length_of_the_window_does_not_count() -> None:
    stream = Stream()
    for number in range(60):
        stream.add(seconds=61, persons=[number], end_user="330702-0815")
    assert not stream.alerts
    stream.add(seconds=59, persons=[100], end_user="330702-0815")


def test_a_client_is_noticed_for_persons_and_for_rows_whoever_it_acts_for() -> None:
    persons, rows = Stream(), Stream()
    for number in range(31):
        persons.add(persons=[number])
    assert persons.rules == {Rule.BULK_PERSONS}
    rows.add(rows={"Person": 60, "Division": 40})
    assert not rows.alerts
    rows.add(rows={"Person": 1})
    assert rows.rules == {Rule.BULK_ROWS}


def test_the_end_of_a_stream_is_not_counted_beside_its_batches() -> None:
    stream = Stream()
    stream.add(rows={"Person": 60}, part="part").add(rows={"Person": 60}, part="end")
    assert not stream.alerts


def test_keys_that_find_nothing_are_noticed_and_so_are_many_different_ones() -> None:
    missing, found = Stream(), Stream()
    for number in range(6):
        missing.add(keys=[number])
    assert missing.rules == {Rule.ENUMERATION}
    for number in range(8):
        found.add(keys=[number], rows={"Person": 1}, end_user="330702-0815")
    assert not found.alerts
    found.add(keys=[8], rows={"Person": 1}, end_user="330702-0815")
    assert found.rules == {Rule.ENUMERATION}


def test_a_burst_of_refusals_is_noticed() -> None:
    stream = Stream()
    for _ in range(4):
        stream.add(outcome="refused")
    assert not stream.alerts
    stream.add(outcome="refused")
    assert stream.rules == {Rule.DENIALS}


def test_a_person_at_work_at_night_is_noticed_and_a_machine_is_not() -> None:
    stream = Stream(moment=NOON + timedelta(hours=11))
    stream.add(rows={"Person": 1}, subject_total=1)
    assert not stream.alerts
    stream.add(rows={"Person": 1}, subject_total=1, end_user="330702-0815")
    assert stream.rules == {Rule.OFF_HOURS}


def test_the_most_sensitive_level_is_told_once_a_day_for_each_client() -> None:
    stream = Stream()
    for _ in range(3):
        stream.add(rows={"Person": 1}, level="L4")
    stream.add(rows={"Person": 1}, level="L3")
    assert stream.rules == {Rule.SENSITIVE}
    assert len({alert.receipt for alert in stream.alerts}) == 1


def test_a_clock_that_is_set_back_or_runs_ahead_is_noticed() -> None:
    back, ahead = Stream(), Watch(RULES)
    back.add().add(seconds=-599)
    assert not back.alerts
    back.add(seconds=-10)
    assert back.rules == {Rule.CLOCK}
    entry = Entry(0, {"kind": "system", "event": "x", "time": rfc3339(NOON + timedelta(seconds=601))})
    assert [one.rule for one in ahead.see(entry, microseconds_of(NOON))] == [Rule.CLOCK]


def test_a_checkpoint_that_was_taken_away_is_noticed() -> None:
    entry = Entry(0, {"kind": "system", "event": "log.checkpoint_missing", "time": rfc3339(NOON)})
    assert [one.rule for one in Watch(RULES).see(entry, microseconds_of(NOON))] == [Rule.LOG]


def test_the_defaults_raise_nothing_at_a_busy_counter_and_bounds_hold() -> None:
    stream = Stream(Watch(AlertRules()))
    for number in range(600):
        stream.add(seconds=7, persons=[number], keys=[number], rows={"Person": 1}, end_user="330702-0815")
    assert not stream.alerts
    for wrong in ({"window": 0}, {"person_limit": -1}, {"unknown": 1}):
        with pytest.raises(ValidationError):
            AlertRules.model_validate(wrong)


@dataclass
class Watched:
    """A log that is watched, on a clock that is moved by hand."""

    log: Log
    index: Follower
    watcher: Watcher
    hands: list[datetime]

    async def append(self, number: int, **said: Any) -> None:
        record = AccessRecord(
            receipt=f"r{number}",
            time=rfc3339(self.hands[0]),
            request="",
            outcome=Outcome.ANSWERED,
            client="hall",
            rows={"Person": 1},
            level="L3",
            coordinates=Coordinates(asked=("Person.name",)),
        )
        persons = said.pop("persons", ())
        await self.log.append(replace(record, **said), SubjectList(persons))

    async def caught_up(self) -> list[Alert]:
        await self.index.catch_up()
        return list(await self.watcher.catch_up())


@pytest.fixture
async def watched(home: Path, keyring: Keyring, tmp_path: Path) -> AsyncIterator[Callable[[], Any]]:
    hands = [NOON]
    clock = Clock(lambda: hands[0])
    log = await open_log(home / "audit", keyring, clock)
    database = await open_database(f"sqlite:///{tmp_path / 'index.db'}", tmp_path)
    index = Follower(log, IndexStore(database), Terms(b"k" * 32), log.opened.desk.seal)
    rules = RULES.model_copy(update={"settled_records": 3})

    def started() -> Watched:
        return Watched(log, index, Watcher(log, index, rules, clock), hands)

    yield started
    await database.aclose()
    await log.aclose()


async def test_an_alert_is_a_record_raised_once_also_after_a_start(watched: Callable[[], Watched]) -> None:
    one = watched()
    for number in range(14):
        await one.append(number, end_user="330702-0815", persons=(f"p{number}",))
    (alert,) = await one.caught_up()
    (found,) = await one.log.rows(alert.receipt)
    assert b'"event":"alert.raised"' in found.leaf
    assert b"bulk-persons" in found.leaf
    assert not await one.caught_up()
    assert not await watched().caught_up()
    assert len(await one.log.rows(alert.receipt)) == 1


async def test_an_alert_that_cannot_be_recorded_stays_due(
    watched: Callable[[], Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = watched()
    for number in range(14):
        await one.append(number, end_user="330702-0815", persons=(f"p{number}",))
    await one.index.catch_up()

    def failing(_batch: Any) -> None:
        raise LogFullError("The disk that holds the audit log is full")

    with monkeypatch.context() as patch:
        patch.setattr(one.log.opened.desk.store, "write", failing)
        with pytest.raises(LogFullError):
            await one.watcher.catch_up()
    assert [alert.rule for alert in await one.watcher.catch_up()] == [Rule.BULK_PERSONS]


async def test_fields_never_asked_together_are_noticed_once_a_client_is_known(
    watched: Callable[[], Watched],
) -> None:
    one = watched()
    for number in range(3):
        await one.append(number)
    assert not await one.caught_up()
    await one.append(3, coordinates=Coordinates(asked=("Person.name", "Person.phone")))
    assert [alert.rule for alert in await one.caught_up()] == [Rule.NEW_FIELDS]
    await one.append(4, coordinates=Coordinates(asked=("Person.name", "Person.phone")))
    await one.append(5, coordinates=Coordinates(asked=("Person.kind",)), level="L2")
    assert not await one.caught_up()


async def test_a_client_that_slept_is_noticed_when_it_wakes(watched: Callable[[], Watched]) -> None:
    one = watched()
    await one.append(0)
    assert not await one.caught_up()
    one.hands[0] += timedelta(days=59)
    await one.append(1)
    assert not await one.caught_up()
    one.hands[0] += timedelta(days=61)
    await one.append(2)
    (alert,) = await watched().caught_up()
    assert (alert.rule, alert.detail["days"]) == (Rule.DORMANT, "61")
