"""A source is asked within its hours alone, on the clock of its own zone."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.errors import SourceClosedError, SourceSettingsError
from connectors.guard import guard_state, guarded
from connectors.hours import NEVER, Hours, read_spans
from connectors.memory import KIND, MemoryConnector, MemoryTable
from connectors.model import ColumnType, Entity, EntityColumn
from connectors.pace import Pace
from connectors.registry import read_settings
from server.source_rules import _spans


def at(hour: int, minute: int = 0) -> datetime:
    """Return a moment by the clock of Shanghai, told in UTC."""
    return datetime(2026, 6, 30, (hour - 8) % 24, minute, tzinfo=UTC)


def hours(text: str, moment: datetime, zone: str = "Asia/Shanghai") -> Hours:
    return Hours(read_spans(text), zone, lambda: moment)


@pytest.mark.parametrize(
    ("text", "hour", "minute", "is_open"),
    [
        ("", 3, 0, True),
        ("08:00-12:00, 13:30-18:00", 8, 0, True),
        ("08:00-12:00, 13:30-18:00", 12, 0, False),
        ("08:00-12:00, 13:30-18:00", 13, 30, True),
        ("08:00-12:00, 13:30-18:00", 7, 59, False),
        ("22:00-06:00", 23, 0, True),
        ("22:00-06:00", 5, 59, True),
        ("22:00-06:00", 6, 0, False),
    ],
)
def test_a_span_is_open_from_its_beginning_to_before_its_end(
    text: str, hour: int, minute: int, is_open: bool
) -> None:
    assert hours(text, at(hour, minute)).open is is_open


def test_the_clock_is_that_of_the_source_s_zone() -> None:
    assert hours("08:00-12:00", at(9)).open
    assert not hours("08:00-12:00", at(9), "Europe/Berlin").open


def test_hours_that_cannot_be_read_are_none() -> None:
    def hours_at(hour: int) -> Hours:
        return Hours(_spans("${HOURS}"), now=lambda: at(hour))

    assert _spans("${HOURS}") == NEVER.spans
    assert not any(hours_at(hour).open for hour in range(24))


@given(some.times(), some.times(), some.datetimes(timezones=some.just(UTC)))
def test_of_a_span_and_the_one_that_follows_it_exactly_one_is_open(
    first: time, last: time, moment: datetime
) -> None:
    first, last = first.replace(second=0, microsecond=0), last.replace(second=0, microsecond=0)
    if first == last:
        return
    one, other = f"{first:%H:%M}-{last:%H:%M}", f"{last:%H:%M}-{first:%H:%M}"
    assert hours(one, moment, "UTC").open is not hours(other, moment, "UTC").open


@pytest.mark.parametrize("text", ["8-12", "08:00-24:00", "08:00", "08:00-08:00", "08:00-12:00;", "always"])
def test_other_spellings_are_refused_with_the_settings(text: str) -> None:
    with pytest.raises(SourceSettingsError):
        read_settings(KIND, "library", {"hours": text})


@pytest.mark.anyio
async def test_out_of_hours_nothing_reaches_the_source_and_its_circuit_stays_closed() -> None:
    table = MemoryTable(Entity("loans", (EntityColumn("id", ColumnType.TEXT),), ("id",)), [["1"]])
    clock = [at(12)]
    open_in_the_morning = Hours(read_spans("08:00-12:00"), now=lambda: clock[0])
    source = guarded(MemoryConnector([table]), "library", 1, 1, Pace(hours=open_in_the_morning))
    for _ in range(10):
        with pytest.raises(SourceClosedError):
            await source.sample("loans", 1)
    state = guard_state(source)
    assert state is not None
    assert state.failures == 0
    clock[0] = at(11, 59)
    assert await source.sample("loans", 1) == [{"id": "1"}]
