"""The promise on a hanging department is judged by the median of its turns, each between two calm rounds."""

from benchmarks.hanging_department import Round, Turn, told


def turn(before: float, hanging: float, after: float) -> Turn:
    """Return a turn of three rounds whose answers all took as long."""
    return Turn(*(Round([wait] * 100, 3) for wait in (before, hanging, after)))


def test_one_bad_turn_does_not_break_the_promise_and_two_of_three_do() -> None:
    assert told([turn(10, 11, 10), turn(10, 11, 10), turn(10, 90, 10)])[1]
    table, kept = told([turn(10, 11, 10), turn(10, 13, 10), turn(10, 13, 10)])
    assert not kept
    assert "x 1.30 (chance alone x 1.00), promised x 1.2: MISSED" in table


def test_a_machine_that_grows_slower_is_no_fault_of_the_department() -> None:
    slower = turn(10, 15, 20)
    assert slower.ratio == 1.0
    assert slower.chance == 2.0
    assert told([slower])[1]
