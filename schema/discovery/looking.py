"""Looks at a source: what it describes, some rows of each entity, and how many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.model import (
    Capability,
    ColumnType,
    Entity,
    EntityColumn,
    Grouping,
    Measure,
    Measured,
    Output,
    Read,
)
from connectors.protocol import Connector
from govgraph.errors import GovGraphError
from govgraph.expressions.terms import Column, Constant, Expression, Slice

SAMPLE = 200
"""Rows that are enough to tell a type by; more cost the source time and change few proposals."""
LONGEST = 400
"""Characters of a text that are read."""
NOT_COUNTED = (ColumnType.BYTES, ColumnType.OTHER)
MOST_COUNTED = 8
"""Columns whose different values are counted where no key is declared."""


@dataclass(frozen=True, slots=True)
class Looked:
    """An entity with a sample of its rows, without bytes, and the number of all, where the source tells it.

    `refused` is the code of the error that the sample ended with; '' where there was none. Of an entity
    that declares no key, `different` tells how many different values columns have, where the source counts.
    """

    entity: Entity
    rows: Sequence[Mapping[str, Any]] = field(repr=False)
    total: int | None
    refused: str = ""
    different: Mapping[str, int] = field(default_factory=dict)


async def look(connector: Connector, only: Sequence[str] = (), count: int = SAMPLE) -> tuple[Looked, ...]:
    """Return what the source has on offer, in its order; `only` names the entities that are wanted.

    Raises what `describe` raises. An entity that cannot be read is told with the code of its error.
    """
    described = await connector.describe()
    wanted = [entity for entity in described if not only or entity.name in only]
    return tuple([await _look_at(connector, entity, count) for entity in wanted])


async def _look_at(connector: Connector, entity: Entity, count: int) -> Looked:
    try:
        rows = await _rows(connector, entity, count)
    except GovGraphError as error:
        return Looked(entity, (), None, error.code)
    total = await _total(connector, entity, count, len(rows))
    unsure = not entity.key and total is not None and total > len(rows)
    different = await _different(connector, entity, rows) if unsure else {}
    return Looked(entity, rows, total, different=different)


async def _rows(connector: Connector, entity: Entity, count: int) -> Sequence[Mapping[str, Any]]:
    """Return some rows without their bytes, texts cut off: pictures and documents tell nothing here."""
    columns = [column for column in entity.columns if column.type is not ColumnType.BYTES]
    if not columns or not {Capability.LIMIT, Capability.COMPUTE} <= connector.capabilities:
        return await connector.sample(entity.name, count)
    outputs = tuple(Output(f"c{place}", _cell(column)) for place, column in enumerate(columns))
    read = connector.prepare(Read(entity.name, outputs, limit=Constant(count)))
    names = [column.name for column in columns]
    return [dict(zip(names, row, strict=True)) for row in await read.rows({})]


def _cell(column: EntityColumn) -> Expression:
    whole = Column(column.name)
    return Slice(whole, Constant(0), Constant(LONGEST)) if column.type is ColumnType.TEXT else whole


async def _total(connector: Connector, entity: Entity, count: int, seen: int) -> int | None:
    """Return the number of rows; None where the source does not count, or not in time."""
    if Capability.AGGREGATE not in connector.capabilities:
        return None if seen >= count else seen
    counted = await _counted(connector, entity, (Measured(Measure.COUNT),))
    return counted[0] if counted else None


async def _different(
    connector: Connector, entity: Entity, rows: Sequence[Mapping[str, Any]]
) -> Mapping[str, int]:
    """Return the different values of the columns that differ in all rows seen; one statement counts them."""
    columns = [column.name for column in entity.columns if column.type not in NOT_COUNTED]
    likely = [name for name in columns if len({row.get(name) for row in rows}) == len(rows)][:MOST_COUNTED]
    measures = tuple(Measured(Measure.DISTINCT, Column(name)) for name in likely)
    counted = await _counted(connector, entity, measures) if likely else ()
    return dict(zip(likely, counted, strict=True)) if counted else {}


async def _counted(connector: Connector, entity: Entity, measures: tuple[Measured, ...]) -> tuple[int, ...]:
    """Return measures over all rows; none where the source cannot take them, or not in its time."""
    try:
        rows = await connector.prepare(Read(entity.name, (), grouping=Grouping((), measures))).rows({})
    except GovGraphError:
        return ()
    return tuple(int(value) for value in rows[0])
