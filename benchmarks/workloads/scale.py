"""How many rows the generated data have, and what follows from that for the questions asked."""

from dataclasses import dataclass

DIVISION = 5000
DISTRICT = 1000
MONTHS = 12
STATES = 5
PERMITS = 6
FIRST_DIVISION = 330100


@dataclass(frozen=True, slots=True)
class Scale:
    """Rows of each table. A division has 5,000 persons, a district 1,000 enterprises."""

    persons: int
    enterprises: int
    permits: int
    insurances: int

    @property
    def insured(self) -> int:
        """Persons with twelve months of insurance, the first of all."""
        return self.insurances // MONTHS

    @property
    def divisions(self) -> int:
        """Whole divisions."""
        return self.persons // DIVISION

    @property
    def insured_divisions(self) -> int:
        """Whole divisions in which everybody is insured; at least the first, for its first persons."""
        return max(1, self.insured // DIVISION)

    @property
    def permitted_districts(self) -> int:
        """Whole districts in which every enterprise holds six permits."""
        return max(1, self.permits // PERMITS // DISTRICT)


FULL = Scale(500_000, 100_000, 300_000, 1_000_000)
SMALL = Scale(50_000, 10_000, 30_000, 100_000)


def division(number: int) -> str:
    """Return the code of a division or district; they are counted from 0."""
    return str(FIRST_DIVISION + number)
