"""A server that answers spends little time on looking for objects that nothing leads to."""

import gc
from collections.abc import Iterator

import pytest

from server.serving import NEW, settle


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Python's own habits, put back after each test."""
    habits = gc.get_threshold()
    yield
    gc.set_threshold(*habits)
    gc.unfreeze()


def test_python_looks_for_cycles_more_seldom_and_not_among_what_was_there() -> None:
    settle()
    assert gc.get_threshold()[0] == NEW
    assert gc.get_freeze_count() > 0


def test_cycles_that_are_made_later_are_still_found() -> None:
    settle()
    for _ in range(2 * NEW):
        circle: list[object] = []
        circle.append(circle)
    assert gc.get_count()[0] < NEW
