"""The time, handed in: so that a demo day can be pinned and a test can move the hands."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
WITHOUT_ZONE = len("2026-06-30T01:02:03.000004")


@dataclass(frozen=True, slots=True)
class Clock:
    """Says what time it is.

    `now` gives the instant, aware, in UTC. `pinned_today` replaces the calendar day that rules
    such as "under 14 today" are decided on; records always carry the true instant.
    """

    now: Callable[[], datetime]
    pinned_today: date | None = None

    def today(self) -> date:
        """Return the calendar day in the city's zone."""
        return self.pinned_today or self.now().astimezone(ZONE).date()


def system_clock(pinned_today: date | None = None) -> Clock:
    """Return the clock of this machine."""
    return Clock(now=partial(datetime.now, UTC), pinned_today=pinned_today)


def years_before(day: date, years: int) -> date:
    """Return the same calendar day `years` earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def rfc3339(moment: datetime) -> str:
    """Return an instant as RFC 3339 text in UTC with microseconds: `2026-06-30T01:02:03.000004Z`."""
    universal = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{universal.isoformat(timespec='microseconds')[:WITHOUT_ZONE]}Z"
