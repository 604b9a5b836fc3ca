"""A connector out of one function that fetches rows: the shortest way to a new kind of source."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.errors import EntityUnknownError, SourceAnswerError, UnsupportedReadError
from connectors.evaluation import Evaluation, evaluation
from connectors.memory import EVERYTHING, needed
from connectors.model import Binds, Capability, Entity, KeyTuple, Read, Row
from connectors.protocol import PreparedRead
from connectors.rows_only import RowsOnly

CAPABILITIES = EVERYTHING - {Capability.STREAM}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows that are needed of an entity: all, or those whose `columns` equal one of `keys`.

    A source that cannot be asked by key gives all; rows that nobody asked for do no harm.
    """

    entity: Entity
    columns: tuple[str, ...] = ()
    keys: Sequence[KeyTuple] | None = None


Fetch = Callable[[Wanted], Awaitable[Sequence[Row]]]


class FetchedConnector:
    """Answers every read over the rows that a function fetches, anew for each read.

    The rows hold their values in the order of the entity's columns. Conditions, order, masks and
    groups are worked out here, in memory; `observe` is told of each fetch.
    """

    def __init__(self, entities: Sequence[Entity], fetch: Fetch, observe: Callable[[str], None]) -> None:
        self._entities = {entity.name: entity for entity in entities}
        self._fetch = fetch
        self._observe = observe

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Everything that can be done with rows in memory."""
        return CAPABILITIES

    @property
    def as_of(self) -> datetime | None:
        """None: the source is live."""
        return None

    async def describe(self) -> Sequence[Entity]:
        """List the entities."""
        return list(self._entities.values())

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        """Return the first rows."""
        known = self._known(entity)
        names = [column.name for column in known.columns]
        return [dict(zip(names, row, strict=True)) for row in (await self._rows(Wanted(known)))[:count]]

    def prepare(self, read: Read) -> PreparedRead:
        """Compile a read. Raises `UnsupportedReadError` where it needs an undeclared capability."""
        missing = sorted(needed(read) - CAPABILITIES)
        if missing or read.writing is not None:
            raise UnsupportedReadError(f"The source does not take over: {', '.join(missing) or 'JSON'}")
        entity = self._known(read.entity)
        return _FetchedRead(self._rows, read, entity, evaluation(read, entity))

    async def _rows(self, wanted: Wanted) -> Sequence[Row]:
        """Return the rows as they were fetched. Raises `SourceAnswerError` for a row of another width."""
        self._observe(f"fetch {wanted.entity.name}")
        rows = await self._fetch(wanted)
        width = len(wanted.entity.columns)
        if any(len(row) != width for row in rows):
            raise SourceAnswerError("A row of the source has more or fewer values than there are columns")
        return rows

    def _known(self, name: str) -> Entity:
        if name not in self._entities:
            raise EntityUnknownError(f"The source has no entity `{name}`")
        return self._entities[name]

    async def aclose(self) -> None:
        """Nothing is held open here."""


class _FetchedRead(RowsOnly):
    def __init__(self, fetch: Fetch, read: Read, entity: Entity, ready: Evaluation) -> None:
        self._fetch = fetch
        self._read = read
        self._entity = entity
        self._ready = ready

    @property
    def statement(self) -> str:
        return f"fetch {self._entity.name}"

    async def rows(self, binds: Binds) -> Sequence[Row]:
        keys = self._read.keys
        columns = tuple(column.name for column in keys.columns) if keys is not None else ()
        wanted = Wanted(self._entity, columns, binds[keys.bind] if keys is not None else None)
        return self._ready.run(await self._fetch(wanted), binds)
