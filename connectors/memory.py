"""Rows in memory: the smallest connector, for tests and examples, with capabilities to choose."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from pydantic import BaseModel, Field

from connectors.errors import EntityUnknownError, UnsupportedReadError
from connectors.evaluation import Evaluation, evaluation
from connectors.model import (
    Binds,
    Capability,
    ColumnType,
    Entity,
    EntityColumn,
    Read,
    Row,
    Surroundings,
)
from connectors.protocol import Connector, ConnectorKind, PreparedRead
from connectors.registry import SettingsPart, SourceSettings
from connectors.rows_only import RowsOnly
from govgraph.expressions.terms import Column

EVERYTHING = frozenset(
    {
        Capability.COMPUTE,
        Capability.FILTER,
        Capability.ORDER,
        Capability.LIMIT,
        Capability.LOOKUP,
        Capability.PER_KEY_LIMIT,
        Capability.AGGREGATE,
        Capability.STREAM,
    }
)


@dataclass(frozen=True, slots=True)
class MemoryTable:
    """An entity and its rows, their values in the order of its columns."""

    entity: Entity
    rows: Sequence[Row] = field(repr=False)


class MemoryConnector:
    """Answers reads over rows in memory, within the capabilities it is given."""

    def __init__(
        self,
        tables: Sequence[MemoryTable],
        capabilities: frozenset[Capability] = EVERYTHING,
        observe: Callable[[str], None] = lambda _statement: None,
    ) -> None:
        self._tables = {table.entity.name: table for table in tables}
        self._capabilities = capabilities
        self._observe = observe

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the connector was told to take over."""
        return self._capabilities

    @property
    def as_of(self) -> datetime | None:
        """None: the source is live."""
        return None

    async def describe(self) -> Sequence[Entity]:
        """List the entities."""
        return [table.entity for table in self._tables.values()]

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        """Return the first rows."""
        table = self._table(entity)
        names = [column.name for column in table.entity.columns]
        return [dict(zip(names, row, strict=True)) for row in table.rows[:count]]

    def prepare(self, read: Read) -> PreparedRead:
        """Compile a read. Raises `UnsupportedReadError` where it needs an undeclared capability."""
        missing = sorted(needed(read) - self._capabilities)
        if missing:
            raise UnsupportedReadError(f"The source does not take over: {', '.join(missing)}")
        table = self._table(read.entity)
        return _MemoryRead(table, evaluation(read, table.entity), self._observe)

    def _table(self, entity: str) -> MemoryTable:
        if entity not in self._tables:
            raise EntityUnknownError(f"The source has no entity `{entity}`")
        return self._tables[entity]

    async def aclose(self) -> None:
        """Nothing is held open."""


class _MemoryRead(RowsOnly):
    def __init__(self, table: MemoryTable, ready: Evaluation, observe: Callable[[str], None]) -> None:
        self._table = table
        self._ready = ready
        self._observe = observe

    @property
    def statement(self) -> str:
        return f"read {self._table.entity.name}"

    async def rows(self, binds: Binds) -> Sequence[Row]:
        self._observe(self.statement)
        return self._ready.run(self._table.rows, binds)

    async def stream(self, binds: Binds, size: int) -> AsyncGenerator[Sequence[Row], None]:
        rows = await self.rows(binds)
        for first in range(0, len(rows), size):
            yield rows[first : first + size]


def needed(read: Read) -> frozenset[Capability]:
    """Return the capabilities that a read needs."""
    plain = all(isinstance(output.expression, Column) for output in read.outputs)
    asked = {
        Capability.COMPUTE: bool(read.derived) or not plain,
        Capability.FILTER: read.predicate is not None,
        Capability.ORDER: bool(read.order),
        Capability.LIMIT: read.limit is not None,
        Capability.LOOKUP: read.keys is not None,
        Capability.PER_KEY_LIMIT: read.per_key is not None,
        Capability.JOIN: bool(read.nested),
        Capability.AGGREGATE: read.grouping is not None,
    }
    return frozenset(capability for capability, wanted in asked.items() if wanted)


class TableSettings(SettingsPart):
    """One entity: columns by name and type, and rows as lists of values in that order."""

    columns: dict[str, ColumnType] = Field(min_length=1, description="name and type of each column")
    key: tuple[str, ...] = Field((), description="columns that name one row")
    rows: tuple[tuple[Any, ...], ...] = Field(
        (), repr=False, description="values in the order of the columns"
    )


class MemorySettings(SourceSettings):
    """Rows written into the settings themselves."""

    entities: dict[str, TableSettings] = Field(min_length=1, description="the entities")
    capabilities: frozenset[Capability] = Field(EVERYTHING, description="work that the source takes over")


async def open_memory(settings: BaseModel, surroundings: Surroundings) -> Connector:
    """Return the connector."""
    given = cast("MemorySettings", settings)
    tables = [MemoryTable(_entity(name, table), table.rows) for name, table in given.entities.items()]
    return MemoryConnector(tables, given.capabilities, surroundings.observe)


def _entity(name: str, table: TableSettings) -> Entity:
    columns = tuple(EntityColumn(column, kind) for column, kind in table.columns.items())
    return Entity(name, columns, table.key)


KIND = ConnectorKind("memory", "Rows in memory", MemorySettings, open_memory)
