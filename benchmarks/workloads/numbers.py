"""The identity numbers of the generated persons, as the database makes them."""

from datetime import date, timedelta

from benchmarks.workloads.scale import DIVISION, division

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
FIRST_BIRTHDAY = date(1950, 1, 1)


def identity_number(number: int) -> str:
    """Return the identity number of person `number`, counted from 1 (GB 11643)."""
    place, within = divmod(number - 1, DIVISION)
    born = FIRST_BIRTHDAY + timedelta(days=4 * within)
    stem = f"{division(place)}{born:%Y%m%d}{number % 1000:03}"
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, stem, strict=True))
    return stem + "10X98765432"[total % 11]
