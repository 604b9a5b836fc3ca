"""What a city is generated from: a pinned day, a size, and one seeded source of chance per room."""

from dataclasses import dataclass
from datetime import date
from random import Random

SEED = "govgraph demo city 1"
FACTORS = {"S": 1, "M": 10}


@dataclass(frozen=True, slots=True)
class Setting:
    """The pinned day and the size; two equal settings give two equal cities."""

    today: date
    factor: int = 1

    def chance(self, room: str) -> Random:
        """Return the room's own source of chance, so that a change in one room moves no other."""
        return Random(f"{SEED}/{self.factor}/{room}")


def years_before(day: date, years: int) -> date:
    """Return the same day so many years earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def years_after(day: date, years: int) -> date:
    """Return the same day so many years later; 29 February becomes 28 February."""
    return years_before(day, -years)
