"""Reads begin in turn, and in no window more than a second's worth beyond the pace."""

from hypothesis import given
from hypothesis import strategies as some

from connectors.pace import Pace, Turns


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.at = 50.0

    def __call__(self) -> float:
        return self.at


def test_without_a_pace_nobody_waits() -> None:
    turns = Turns(Pace())
    assert [turns.take(0) for _ in range(1000)] == [0.0] * 1000


def test_a_second_s_worth_begins_at_once_and_the_rest_comes_evenly() -> None:
    turns = Turns(Pace(4, Clock()))
    assert [turns.take(10) for _ in range(7)] == [0, 0, 0, 0, 0.25, 0.5, 0.75]


def test_a_turn_that_is_refused_is_not_taken() -> None:
    clock = Clock()
    turns = Turns(Pace(1, clock))
    assert turns.take(0) == 0
    assert [turns.take(0.5) for _ in range(100)] == [None] * 100
    clock.at += 1
    assert turns.take(0) == 0


@given(
    some.floats(0.2, 50),
    some.lists(some.floats(0, 3), min_size=2, max_size=60),
)
def test_no_window_sees_more_than_its_share_and_one_second_s_worth(
    per_second: float, waits: list[float]
) -> None:
    clock = Clock()
    turns = Turns(Pace(per_second, clock))
    begun = []
    for wait in waits:
        clock.at += wait
        turn = turns.take(5)
        if turn is not None:
            begun.append(clock.at + turn)
    assert begun == sorted(begun)
    for first, start in enumerate(begun):
        for last in range(first, len(begun)):
            allowed = per_second * (begun[last] - start) + max(1.0, per_second) + 1e-6
            assert last - first + 1 <= allowed + 1
