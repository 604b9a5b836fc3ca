"""A SQL source that is asked plainly: it gives rows by key or all of them, the platform does the rest.

What equals what, what comes first and what a mask shows was proved on servers for other dialects. For these
it could not be, so no mask, condition, order or sum is ever left to them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from connectors.errors import SourceAnswerError, UnsupportedReadError
from connectors.evaluation import check_columns, count
from connectors.memory import needed
from connectors.model import Binds, Capability, ColumnType, Output, Read, Row
from connectors.protocol import PreparedRead
from connectors.rows_only import RowsOnly
from connectors.sql.keys import key_tuples
from connectors.sql.plain_select import Asked, PlainSelect
from connectors.sql.source import SqlConnector
from connectors.sql.tables import Description
from connectors.values import as_text, reader
from govgraph.expressions.terms import Column, Constant

CAPABILITIES = frozenset({Capability.LOOKUP, Capability.LIMIT})
MOST_ROWS = 1_000_000
"""Rows that one statement may give, as a list of a REST source; the platform holds them while it works."""
Ask = Callable[[Asked], Awaitable[Sequence[Row]]]


class PlainConnector(SqlConnector):
    """A read-only door to a SQL source whose dialect is trusted with bare columns and keys only."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """Look-ups by key and a bound on the rows; the platform computes, masks, filters and orders."""
        return CAPABILITIES

    def prepare(self, read: Read) -> PreparedRead:
        """Check that the read asks for bare columns, of keys or within a bound, and nothing else."""
        missing = sorted(needed(read) - CAPABILITIES)
        if missing or read.writing is not None:
            raise UnsupportedReadError(f"The source does not take over: {', '.join(missing) or 'JSON'}")
        description = self._description(read.entity)
        check_columns(read, description.entity)
        return _PlainRead(read, description, self._client.dialect, self._ask)

    async def sample(self, entity: str, count: int) -> Sequence[Mapping[str, Any]]:
        """Return any rows of an entity, each cell as text, without bytes: these come whole or not at all."""
        columns = self._description(entity).entity.columns
        names = [column.name for column in columns if column.type is not ColumnType.BYTES]
        outputs = tuple(Output(name, Column(name)) for name in names)
        rows = await self.prepare(Read(entity, outputs, limit=Constant(count))).rows({})
        return [dict(zip(names, row, strict=True)) for row in rows]

    async def _ask(self, asked: Asked) -> Sequence[Row]:
        """Return the rows of a statement; its text, never its values, is told to the source's log."""
        self._surroundings.observe(asked.text)
        return await self._bounds.in_time(self._client.fetch(asked.text, asked.arguments))


class _PlainRead(RowsOnly):
    """A read on its way: the statements it takes, and what is made of their rows."""

    def __init__(self, read: Read, description: Description, dialect: str, ask: Ask) -> None:
        self._read = read
        self._ask = ask
        wanted = [one.expression for one in read.outputs if isinstance(one.expression, Column)]
        keys = tuple(column.name for column in read.keys.columns) if read.keys is not None else ()
        names = tuple(dict.fromkeys((*(column.name for column in wanted), *keys)))
        names = names or tuple(column.name for column in description.entity.columns[:1])
        self._select = PlainSelect(description, names, keys, dialect)
        self._parts = self._select.parts()
        self._cells = [_cell(names, column, description) for column in wanted]
        self._key = [_cell(names, Column(name), description) for name in keys]

    @property
    def statement(self) -> str:
        """The text that the source is sent for one key, or for all rows."""
        return self._select.text_of(1 if self._read.keys is not None else 0)

    async def rows(self, binds: Binds) -> Sequence[Row]:
        """Return the rows. Raises `SourceAnswerError` where there are more than may be held."""
        limit, keys = self._read.limit, self._read.keys
        most = MOST_ROWS + 1 if limit is None else min(count(limit, binds), MOST_ROWS + 1)
        asked = self._select.of_all(most)
        found = await (self._of_keys(binds[keys.bind]) if keys is not None else self._asked(asked))
        return [[read(row) for read in self._cells] for row in found[:most]]

    async def _of_keys(self, bound: Sequence[Sequence[Any]]) -> Sequence[Row]:
        """Return the rows of the keys; one that equals a key only as the source compares is left out."""
        keys = key_tuples(bound, self._parts)
        asked = {tuple(as_text(part) for part in key) for key in keys}
        found: list[Row] = []
        for statement in self._select.of_keys(keys, MOST_ROWS + 1):
            rows = await self._asked(statement)
            found += [row for row in rows if tuple(read(row) for read in self._key) in asked]
        return found

    async def _asked(self, asked: Asked) -> Sequence[Row]:
        rows = await self._ask(asked)
        if len(rows) > MOST_ROWS:
            raise SourceAnswerError(f"The source's table has more than {MOST_ROWS} rows")
        return rows


def _cell(names: Sequence[str], column: Column, description: Description) -> Callable[[Row], Any]:
    """Return what reads a column of a row as its kind, without the blanks that it was filled up with."""
    place, read = names.index(column.name), reader(column.kind)
    if column.name not in description.padded:
        return lambda row: read(row[place])
    return lambda row: read(_unfilled(row[place]))


def _unfilled(value: Any) -> Any:
    return value.rstrip(" ") if isinstance(value, str) else value
