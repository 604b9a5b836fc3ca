"""Looks at a source: what it describes, some rows of each entity, and how many there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.model import Capability, Entity, Grouping, Measure, Measured, Read
from connectors.protocol import Connector
from govgraph.errors import GovGraphError

SAMPLE = 200
"""Rows that are enough to tell a type by; more cost the source time and change few proposals."""


@dataclass(frozen=True, slots=True)
class Looked:
    """An entity with a sample of its rows, raw, and the number of all, where the source tells it.

    `refused` is the code of the error that the sample ended with; '' where there was none.
    """

    entity: Entity
    rows: Sequence[Mapping[str, Any]] = field(repr=False)
    total: int | None
    refused: str = ""


async def look(connector: Connector, only: Sequence[str] = (), count: int = SAMPLE) -> tuple[Looked, ...]:
    """Return what the source has on offer, in its order; `only` names the entities that are wanted.

    Raises what `describe` raises. An entity that cannot be read is told with the code of its error.
    """
    described = await connector.describe()
    wanted = [entity for entity in described if not only or entity.name in only]
    return tuple([await _look_at(connector, entity, count) for entity in wanted])


async def _look_at(connector: Connector, entity: Entity, count: int) -> Looked:
    try:
        rows = await connector.sample(entity.name, count)
    except GovGraphError as error:
        return Looked(entity, (), None, error.code)
    return Looked(entity, rows, await _total(connector, entity, count, len(rows)))


async def _total(connector: Connector, entity: Entity, count: int, seen: int) -> int | None:
    """Return the number of rows; None where the source does not count, or not in time."""
    if Capability.AGGREGATE not in connector.capabilities:
        return None if seen >= count else seen
    counting = Read(entity.name, (), grouping=Grouping((), (Measured(Measure.COUNT),)))
    try:
        rows = await connector.prepare(counting).rows({})
    except GovGraphError:
        return None
    return int(rows[0][0])
