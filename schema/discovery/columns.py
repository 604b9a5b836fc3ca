"""The columns of an entity side by side: what one shows helps to tell another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from govgraph.expressions.cells import text
from govgraph.expressions.days import BLANKS
from schema.discovery import shapes
from schema.discovery.cells import Cells, cells_of
from schema.discovery.classifying import Classified, classify
from schema.discovery.looking import Looked
from schema.types import normalise

MOSTLY = 0.5


def classified_columns(one: Looked) -> Mapping[str, Classified]:
    """Return what each column of an entity holds, in their order."""
    cells = {column.name: cells_of(column.name, one.rows) for column in one.entity.columns}
    persons = [name for name, held in cells.items() if held.share(shapes.id_number) >= MOSTLY]
    return {
        column.name: classify(column, cells[column.name], _same_day(column.name, cells, persons, one.rows))
        for column in one.entity.columns
    }


def about_a_person(columns: Mapping[str, Classified]) -> Mapping[str, Classified]:
    """Return the columns of rows that are about a person: what is harmless elsewhere is L2 here."""
    why = "the row is about a person: L2"
    return {
        name: replace(one, level="L2", reasons=(*one.reasons, why)) if one.level == "L1" else one
        for name, one in columns.items()
    }


def _same_day(
    column: str, cells: Mapping[str, Cells], persons: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> float:
    """Return the share of rows in which a column is the day of birth in the identity number beside it."""
    if column in persons or not persons or shapes.day(next(iter(cells[column].trimmed), "")) is None:
        return 0.0
    return max(_agreeing(column, person, rows) for person in persons)


def _agreeing(column: str, person: str, rows: Sequence[Mapping[str, Any]]) -> float:
    pairs = [(_cell(row, column), normalise("IdNumber", _cell(row, person))) for row in rows]
    told = [(shapes.day(day), number) for day, number in pairs if day and number]
    same = sum(day == f"{number[6:10]}-{number[10:12]}-{number[12:14]}" for day, number in told)
    return same / len(told) if told else 0.0


def _cell(row: Mapping[str, Any], column: str) -> str:
    return (text(row.get(column)) or "").strip(BLANKS)
