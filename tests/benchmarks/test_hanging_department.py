"""The promise on a hanging department is judged by the median of its rounds."""

from benchmarks.hanging_department import Round, told


def pair(before: float, after: float) -> tuple[Round, Round]:
    """Return a calm round and a hanging one whose answers all took as long."""
    return Round([before] * 100, 0), Round([after] * 100, 3)


def test_one_bad_round_does_not_break_the_promise_and_two_of_three_do() -> None:
    assert told([pair(10, 11), pair(10, 11), pair(10, 90)])[1]
    table, kept = told([pair(10, 11), pair(10, 13), pair(10, 13)])
    assert not kept
    assert "x 1.30, promised x 1.2: MISSED" in table
