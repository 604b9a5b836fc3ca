"""A private DuckDB in memory: filled once, then locked, read through one cursor per call."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

import duckdb

from connectors.errors import EntityUnknownError, SourceUnavailableError
from connectors.sql import threads
from connectors.sql.connections import Connections
from connectors.sql.tables import Description

T = TypeVar("T")
CONFIGURATION: Mapping[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "1",
}
Fill = Callable[[duckdb.DuckDBPyConnection], Sequence[Description]]


class DuckdbClient:
    """Runs statements on tables that `fill` made; afterwards no statement can reach file or network."""

    dialect = "duckdb"

    def __init__(self, fill: Fill, written: Callable[[], datetime | None], most: int) -> None:
        self._fill = fill
        self._written = written
        self._as_of: datetime | None = None
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="govgraph-duckdb")
        self._most = most
        self._database: duckdb.DuckDBPyConnection | None = None
        self.connections = self._new_list()

    def _new_list(self) -> Connections[duckdb.DuckDBPyConnection]:
        return Connections(self._open, self._close, self._most)

    @property
    def as_of(self) -> datetime | None:
        """When the files that are loaded were written."""
        return self._as_of

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return all rows of a statement."""
        async with self.connections.take() as cursor:
            try:
                return await threads.run(
                    lambda: cursor.execute(text, arguments).fetchall(), cursor.interrupt, self._threads
                )
            except duckdb.Error as error:
                refusal = _refusal(error)
            raise refusal

    async def descriptions(self) -> Sequence[Description]:
        """Fill a fresh database aside, lock it, and put it in the place of the last; return its tables."""
        written = await threads.run(self._written, lambda: None, self._threads)
        database, found = await threads.run(lambda: _filled(self._fill), lambda: None, self._threads)
        last, self._database, self._as_of = self._database, database, written
        cursors, self.connections = self.connections, self._new_list()
        await cursors.aclose()
        if last is not None:
            last.close()  # a read that is still under way keeps its cursor, and with it the old rows
        return found

    async def _open(self) -> duckdb.DuckDBPyConnection:
        if self._database is None:
            raise SourceUnavailableError("The source's files are not loaded")
        return self._database.cursor()

    async def _close(self, cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.close()

    async def aclose(self) -> None:
        """Close the database and end the threads."""
        await self.connections.aclose()
        if self._database is not None:
            self._database.close()
        self._threads.shutdown(wait=False)


def _filled(fill: Fill) -> tuple[duckdb.DuckDBPyConnection, Sequence[Description]]:
    database = duckdb.connect(":memory:", config=dict(CONFIGURATION))
    try:
        found = fill(database)
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")
    except BaseException:
        database.close()
        raise
    return database, found


def _refusal(error: duckdb.Error) -> Exception:
    if isinstance(error, duckdb.CatalogException | duckdb.BinderException):
        return EntityUnknownError("A table or column of the read is not there any more")
    return SourceUnavailableError("The source's files cannot be read")
