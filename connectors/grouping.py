"""The plain meaning of a grouping: what any source must answer, over rows in memory, in Python."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from connectors.model import Grouping, Measure, Output, Read, Row
from govgraph.expressions.terms import Constant, Expression, Kind
from govgraph.expressions.walk import kind_of


def outputs_of(grouping: Grouping) -> tuple[Output, ...]:
    """Return what has to be known of each row: the keys, then the value that each measure looks at."""
    return tuple(Output(f"g{place}", expression) for place, expression in enumerate(expressions_of(grouping)))


def expressions_of(grouping: Grouping) -> tuple[Expression, ...]:
    """Return the expressions of a grouping; a measure of rows looks at a constant."""
    return (*grouping.keys, *(one.expression or Constant(1) for one in grouping.measures))


def kinds_of(read: Read) -> tuple[Kind | None, ...]:
    """Return the kind of each value in a row of the answer to a read, grouped or not."""
    grouping = read.grouping
    if grouping is None:
        return tuple(kind_of(output.expression) for output in read.outputs)
    counted = {Measure.COUNT: Kind.INTEGER, Measure.DISTINCT: Kind.INTEGER, Measure.SUM: Kind.DECIMAL}
    measured = (
        counted.get(one.measure) or kind_of(one.expression or Constant(1)) for one in grouping.measures
    )
    return (*(kind_of(key) for key in grouping.keys), *measured)


def grouped(grouping: Grouping, rows: Iterable[Row]) -> list[Row]:
    """Return one row for each group of rows that hold what `outputs_of` names."""
    width = len(grouping.keys)
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(row[:width]), []).append(row[width:])
    if not width:
        groups.setdefault((), [])
    return [[*key, *_measures(grouping, members)] for key, members in groups.items()]


def _measures(grouping: Grouping, rows: Sequence[Row]) -> list[Any]:
    return [
        _measure(one.measure, [row[place] for row in rows if row[place] is not None])
        for place, one in enumerate(grouping.measures)
    ]


def _measure(measure: Measure, values: list[Any]) -> Any:
    match measure:
        case Measure.COUNT:
            return len(values)
        case Measure.DISTINCT:
            return len(set(values))
        case Measure.SUM:
            return sum((Decimal(value) for value in values), Decimal(0)) if values else None
        case Measure.LEAST:
            return min(values, default=None)
        case Measure.GREATEST:
            return max(values, default=None)
