"""Numbers with check digits, all in area 330799, which no real number carries."""

from datetime import date
from random import Random

AREA = "330799"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VEHICLE_ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
VEHICLE_VALUES = dict(
    zip("ABCDEFGHJKLMNPRSTUVWXYZ", [*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)], strict=True)
)


def id_number(birth: date, serial: int) -> str:
    """Return the identity number of GB 11643: area, birth, serial (odd: male), check digit."""
    body = f"{AREA}{birth:%Y%m%d}{serial:03d}"
    return body + id_check(body)


def id_check(body: str) -> str:
    """Return the check digit of GB 11643 over 17 digits."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return "10X98765432"[total % 11]


def credit_code(prefix: str, organisation: str) -> str:
    """Return the unified social credit code of GB 32100 around eight characters of GB 11714."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(mark, 36) * weight for mark, weight in zip(organisation, weights, strict=True))
    body = f"{prefix}{AREA}{organisation}{'0123456789X0'[11 - total % 11]}"
    total = sum(CREDIT_ALPHABET.index(mark) * pow(3, place, 31) for place, mark in enumerate(body))
    return body + CREDIT_ALPHABET[(31 - total % 31) % 31]


def vehicle_number(chance: Random) -> str:
    """Return a vehicle identification number of GB 16735; its ninth place is the check digit."""
    marks = [chance.choice(VEHICLE_ALPHABET) for _ in range(17)]
    marks[:3] = "LZ9"
    marks[8] = "0"
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(
        (int(mark) if mark.isdigit() else VEHICLE_VALUES[mark]) * weight
        for mark, weight in zip(marks, weights, strict=True)
    )
    marks[8] = "0123456789X"[total % 11]
    return "".join(marks)


class IdentityNumbers:
    """Hands out identity numbers, none twice."""

    def __init__(self, taken: frozenset[str]) -> None:
        self._taken = set(taken)

    def draw(self, chance: Random, birth: date, *, male: bool) -> str:
        """Return a number of that birth day and sex which nobody holds yet."""
        while True:
            number = id_number(birth, chance.randrange(1 if male else 2, 999, 2))
            if number not in self._taken:
                self._taken.add(number)
                return number
