"""Data behind a REST interface: look-ups by a batch of keys, and lists page by page."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import anyio
from pydantic import BaseModel

from connectors.errors import EntityUnknownError, SourceUnavailableError, UnsupportedReadError
from connectors.model import (
    Binds,
    Capability,
    ColumnType,
    Entity,
    EntityColumn,
    KeyTuple,
    Read,
    Row,
    Surroundings,
)
from connectors.protocol import Connector, ConnectorKind, PreparedRead
from connectors.rest.client import RestClient, items
from connectors.rest.settings import EntitySettings, ListSettings, LookupSettings, RestSettings
from connectors.rows_only import RowsOnly
from connectors.values import as_text, reader
from govgraph.expressions.terms import Column

BATCH = 500  # keys of one request; above, requests run side by side
MOST_PAGES = 10_000

Item = Mapping[str, Any]


class RestConnector:
    """A door to one REST source. Takes over look-ups only; the platform computes, filters and masks."""

    def __init__(self, settings: RestSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._client = RestClient(
            settings,
            lambda: surroundings.secret(settings.secret),
            surroundings.egress,
            surroundings.observe,
        )

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Look-ups, where every entity offers them."""
        batch = all(entity.lookup for entity in self._settings.entities.values())
        return frozenset({Capability.LOOKUP}) if batch else frozenset()

    @property
    def as_of(self) -> datetime | None:
        """None: the source is live."""
        return None

    async def describe(self) -> Sequence[Entity]:
        """List the entities as the settings declare them; a REST source cannot be asked."""
        return [_entity(name, entity) for name, entity in self._settings.entities.items()]

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        """Return rows of the first page, as the source writes them."""
        ask = self._known(entity).list_
        if ask is None:
            return []
        page = await self._client.get(ask.path, _page_query(ask, ask.page.first if ask.page else 0))
        return items(page, ask.items)[:count]

    def prepare(self, read: Read) -> PreparedRead:
        """Check that the read asks for bare columns of a list or a batch of keys, and nothing else."""
        entity = self._known(read.entity)
        asked = (read.derived, read.predicate, read.order, read.limit, read.per_key, read.nested)
        if any(part not in (None, ()) for part in asked):
            raise UnsupportedReadError("A REST source neither computes, filters, orders nor limits")
        columns = _columns(read, entity)
        if read.keys is None:
            if entity.list_ is None:
                raise UnsupportedReadError("This entity can only be asked for by key")
            return _ListRead(self._client, entity.list_, columns)
        if entity.lookup is None or [column.name for column in read.keys.columns] != [entity.lookup.key]:
            raise UnsupportedReadError("This entity has no look-up by these keys")
        return _LookupRead(self._client, entity.lookup, columns, read.keys.bind)

    def _known(self, name: str) -> EntitySettings:
        found = self._settings.entities.get(name)
        if found is None:
            raise EntityUnknownError(f"The source has no entity `{name}`")
        return found

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class _ListRead(RowsOnly):
    """All rows of an entity, page after page."""

    def __init__(self, client: RestClient, settings: ListSettings, columns: Sequence[Column]) -> None:
        self._client = client
        self._settings = settings
        self._readers = [(column.name, reader(column.kind)) for column in columns]

    @property
    def statement(self) -> str:
        """The request of each page."""
        return f"GET {self._settings.path}"

    async def rows(self, binds: Binds) -> Sequence[Row]:
        """Return all rows; ends at the first page that is not full."""
        page = self._settings.page
        first, size = (page.first, page.size) if page else (0, 0)
        found: list[Item] = []
        for number in range(first, first + MOST_PAGES):
            query = _page_query(self._settings, number)
            rows = items(await self._client.get(self._settings.path, query), self._settings.items)
            found.extend(rows)
            if page is None or len(rows) < size:
                return [[read(item.get(name)) for name, read in self._readers] for item in found]
        raise SourceUnavailableError("The source's list does not end")


class _LookupRead(RowsOnly):
    """The rows of a batch of keys."""

    def __init__(
        self, client: RestClient, settings: LookupSettings, columns: Sequence[Column], bind: str
    ) -> None:
        self._client = client
        self._settings = settings
        self._bind = bind
        self._readers = [(column.name, reader(column.kind)) for column in columns]

    @property
    def statement(self) -> str:
        """The request of each batch; the keys are its body."""
        return f"POST {self._settings.path}"

    async def rows(self, binds: Binds) -> Sequence[Row]:
        """Return the rows of the keys: one request for up to 500, above in batches side by side."""
        bound: Sequence[KeyTuple] = binds[self._bind]
        keys = [str(key) for (key,) in dict.fromkeys(tuple(key) for key in bound)]
        batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
        answers: list[Sequence[Item]] = [()] * len(batches)

        async def ask(index: int) -> None:
            answers[index] = await self._batch(batches[index])

        await _side_by_side(ask, len(batches))
        return [
            [read(item.get(name)) for name, read in self._readers] for answer in answers for item in answer
        ]

    async def _batch(self, keys: Sequence[str]) -> Sequence[Item]:
        """Return the rows of one batch; a row that nobody asked for is left out."""
        body = {self._settings.body: keys} if self._settings.body else keys
        found = items(await self._client.post(self._settings.path, body), self._settings.items)
        asked = set(keys)
        return [item for item in found if as_text(item.get(self._settings.key)) in asked]


async def _side_by_side(ask: Any, count: int) -> None:
    """Run `ask(0)` to `ask(count - 1)`; where some fail, the first failure is raised as it is."""
    if count == 1:
        await ask(0)
        return
    try:
        async with anyio.create_task_group() as group:
            for index in range(count):
                group.start_soon(ask, index)
    except BaseExceptionGroup as failures:
        first = _first(failures)
    else:
        return
    raise first from None


def _first(failure: BaseException) -> BaseException:
    return _first(failure.exceptions[0]) if isinstance(failure, BaseExceptionGroup) else failure


def _page_query(settings: ListSettings, number: int) -> dict[str, str | int]:
    page = settings.page
    if page is None:
        return {}
    size = {page.size_parameter: page.size} if page.size_parameter else {}
    return {page.parameter: number, **size}


def _columns(read: Read, entity: EntitySettings) -> list[Column]:
    columns = [output.expression for output in read.outputs if isinstance(output.expression, Column)]
    if len(columns) != len(read.outputs):
        raise UnsupportedReadError("A REST source gives bare columns only")
    for column in columns:
        if column.name not in entity.columns:
            raise EntityUnknownError(f"The entity `{read.entity}` has no column `{column.name}`")
    return columns


def _entity(name: str, settings: EntitySettings) -> Entity:
    columns = tuple(
        EntityColumn(column, ColumnType(kind), column not in settings.key)
        for column, kind in settings.columns.items()
    )
    return Entity(name, columns, settings.key)


async def open_rest(settings: BaseModel, surroundings: Surroundings) -> Connector:
    """Return the connector; nothing is sent before the first read."""
    return RestConnector(cast("RestSettings", settings), surroundings)


KIND = ConnectorKind("rest", "REST service", RestSettings, open_rest)
