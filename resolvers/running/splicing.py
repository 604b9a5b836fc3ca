"""Levels that their source wrote: JSON goes through unread, rows that are not clean are completed here."""

from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

import orjson

from connectors.model import Written
from resolvers.planning.plan import Step
from resolvers.planning.splice import Splice

Rows = list[Sequence[Any]]


def spliced(step: Step, splice: Splice, written: Written, dirt: Callable[[int], None]) -> tuple[Rows, Any]:
    """Return the rows of a step, and the JSON of those that are shown: None where there are none.

    Rows have the cells that came beside the JSON; one that is not clean has all of them. The JSON is a
    fragment, or where rows are not clean the list of its objects. `dirt` is told of each dirty cell.
    """
    rows = beside(splice, written)
    if written.text is None or not written.unclean:
        return rows, written.text and orjson.Fragment(written.text)
    objects: list[Any] = orjson.loads(written.text)
    backward = step.cut is not None and step.cut.backward
    for place, one in enumerate(objects):
        if isinstance(one, list):
            [row] = step.complete([one], dirt)
            rows[len(objects) - 1 - place if backward else place] = row
            objects[place] = splice.shape(row)
    return rows, objects


def beside(splice: Splice, written: Written) -> Rows:
    """Return as many rows as were read, their cells null but for those that came beside the JSON."""
    cells = [None if place is None else written.beside[place] for place in splice.beside]
    if all(cell is None for cell in cells):
        return [()] * written.count
    return list(zip(*(repeat(None) if cell is None else cell for cell in cells), strict=False))
