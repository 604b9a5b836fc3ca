"""When nobody is at work, on the city's clock."""

from datetime import date

import pytest

from audit.alerts.rules import AlertRules
from audit.alerts.watch import off_hours
from audit.index.terms import microseconds


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-06-30T21:59:59+08:00", False),
        ("2026-06-30T22:00:00+08:00", True),
        ("2026-07-01T05:59:59+08:00", True),
        ("2026-07-01T06:00:00+08:00", False),
        ("2026-07-04T12:00:00+08:00", True),
        ("2026-10-01T12:00:00+08:00", True),
        ("2026-10-10T12:00:00+08:00", False),
    ],
)
def test_night_days_of_rest_and_holidays_are_those_of_the_city(local: str, expected: bool) -> None:
    rules = AlertRules(holidays=frozenset({date(2026, 10, 1)}), working_days=frozenset({date(2026, 10, 10)}))
    assert off_hours(rules, microseconds(local)) is expected


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [(22, 6, {22, 23, 0, 1, 2, 3, 4, 5}), (0, 6, set(range(6))), (1, 4, {1, 2, 3}), (0, 0, set())],
)
def test_a_night_may_lie_within_a_day_or_go_over_midnight(begins: int, ends: int, hours: set[int]) -> None:
    rules = AlertRules(night_begins=begins, night_ends=ends)
    moments = {hour: microseconds(f"2026-06-30T{hour:02}:30:00+08:00") for hour in range(24)}
    assert {hour for hour, moment in moments.items() if off_hours(rules, moment)} == hours
