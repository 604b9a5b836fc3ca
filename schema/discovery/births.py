"""Which dates are days of birth: by name, by title, by the numbers beside them, by what they span."""

import re

from schema.discovery import shapes
from schema.discovery.cells import Cells
from schema.discovery.words import Word

SAME_DAY = 0.6
"""The share of rows in which a date is that of the identity number beside it, and so surely a birth's."""
GENERATIONS = 35
"""Years that days of birth span, and days of business seldom do."""
BORN_BEFORE = "1970"
MOST = 0.8
FEWEST = 8
BORN = re.compile("出生|生日")
ANY_DATE = ("date", "createdAt")


def told_by_name(word: Word | None, title: str, type_name: str) -> str:
    """Return why a name or title says that a column holds days of birth; '' where it does not."""
    if word is not None and word.birth:
        return "its name says day of birth"
    return "its title speaks of birth" if type_name == "Date" and BORN.search(title) else ""


def told_by_cells(cells: Cells, word: Word | None, same_day: float, type_name: str) -> str:
    """Return why the cells are days of birth; '' where they are not, or a name says another day."""
    if same_day >= SAME_DAY:
        return "its cells are the days of birth in the identity numbers beside them"
    if (word is not None and word.name not in ANY_DATE) or type_name == "DateTime":
        return ""
    days = sorted(day for day in map(shapes.day, cells.trimmed) if day)
    if len(set(days)) < FEWEST or len(days) < MOST * cells.filled or days[0] > BORN_BEFORE:
        return ""
    low, high = days[len(days) // 20], days[-1 - len(days) // 20]
    return "its cells span generations" if int(high[:4]) - int(low[:4]) >= GENERATIONS else ""
