"""Data behind a REST interface: lists page by page, look-ups by a batch of keys or one by one."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, TypeVar, cast

from pydantic import BaseModel

from connectors.errors import EntityUnknownError, UnsupportedReadError
from connectors.model import Capability, Entity, EntityColumn, Keys, Read, Surroundings
from connectors.protocol import Connector, ConnectorKind, PreparedRead
from connectors.rest.client import RestClient
from connectors.rest.end_points import EndPointSettings
from connectors.rest.paging import pages
from connectors.rest.questions import EndPoint
from connectors.rest.reads import DetailRead, ListRead, LookupRead
from connectors.rest.rows import Rows
from connectors.rest.settings import EntitySettings, RestSettings
from govgraph.expressions.terms import Column

S = TypeVar("S", bound=EndPointSettings)


class RestConnector:
    """A door to one REST source. Takes over look-ups only; the platform computes, filters and masks."""

    def __init__(self, settings: RestSettings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._source = surroundings.source
        self._client = RestClient(settings, surroundings)

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Look-ups: by the end points of keys, else out of the list."""
        return frozenset({Capability.LOOKUP})

    @property
    def as_of(self) -> datetime | None:
        """None: the source is live."""
        return None

    async def describe(self) -> Sequence[Entity]:
        """List the entities as the settings declare them; a REST source cannot be asked."""
        return [_entity(name, entity) for name, entity in self._settings.entities.items()]

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        """Return the first rows by column, as the source writes their values."""
        settings = self._known(entity)
        if settings.list_ is None:
            return []
        rows = Rows(self._source, entity, settings)
        listed = pages(self._client.ask, self._end_point(settings.list_), rows)
        sampled: list[Mapping[str, Any]] = []
        async with aclosing(listed) as found:
            async for page in found:
                sampled += [rows.raw(item) for item in page[: count - len(sampled)]]
                if len(sampled) >= count:
                    break
        return sampled

    def prepare(self, read: Read) -> PreparedRead:
        """Check that the read asks for bare columns of a list or of keys, and nothing else."""
        settings = self._known(read.entity)
        asked = (read.derived, read.predicate, read.order, read.limit, read.per_key, read.nested)
        if any(part not in (None, ()) for part in (*asked, read.grouping, read.writing)):
            raise UnsupportedReadError("A REST source neither computes, filters, orders nor limits")
        columns = _columns(read, settings)
        rows = Rows(self._source, read.entity, settings)
        if read.keys is not None:
            return self._by_keys(read.keys, rows, columns)
        if settings.list_ is None:
            raise UnsupportedReadError("This entity can only be asked for by key")
        return ListRead(self._client.ask, self._end_point(settings.list_), rows, columns, None)

    def _by_keys(self, keys: Keys, rows: Rows, columns: Sequence[Column]) -> PreparedRead:
        """Return the read by the end point that takes these keys, else out of the list."""
        ask, settings = self._client.ask, rows.settings
        names = {column.name for column in keys.columns}
        if settings.lookup is not None and names == {settings.lookup.key}:
            return LookupRead(ask, self._end_point(settings.lookup), rows, columns, keys.bind)
        if settings.detail is not None and names == {*settings.detail.key}:
            return DetailRead(ask, self._end_point(settings.detail), rows, columns, keys)
        if settings.list_ is not None:
            return ListRead(ask, self._end_point(settings.list_), rows, columns, keys)
        raise UnsupportedReadError("This entity has no look-up by these keys")

    def _end_point(self, settings: S) -> EndPoint[S]:
        return EndPoint(self._settings, settings)

    def _known(self, name: str) -> EntitySettings:
        found = self._settings.entities.get(name)
        if found is None:
            raise EntityUnknownError(f"The source has no entity `{name}`")
        return found

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _columns(read: Read, entity: EntitySettings) -> list[Column]:
    columns = [output.expression for output in read.outputs if isinstance(output.expression, Column)]
    if len(columns) != len(read.outputs):
        raise UnsupportedReadError("A REST source gives bare columns only")
    for column in (*columns, *(read.keys.columns if read.keys else ())):
        if column.name not in entity.columns:
            raise EntityUnknownError(f"The entity `{read.entity}` has no column `{column.name}`")
    return columns


def _entity(name: str, settings: EntitySettings) -> Entity:
    columns = tuple(
        EntityColumn(column, one.type, column not in settings.key, one.comment)
        for column, one in settings.columns.items()
    )
    return Entity(name, columns, settings.key, settings.comment)


async def open_rest(settings: BaseModel, surroundings: Surroundings) -> Connector:
    """Return the connector; nothing is sent before the first read."""
    return RestConnector(cast("RestSettings", settings), surroundings)


KIND = ConnectorKind("rest", "REST service", RestSettings, open_rest)
