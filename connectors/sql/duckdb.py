"""A private DuckDB in memory: filled, locked, read through one cursor per call, refilled when due."""

import logging
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

import duckdb

from connectors.errors import EntityUnknownError, FileBrokenError, SourceUnavailableError
from connectors.sql import threads
from connectors.sql.connections import Connections
from connectors.sql.loading import Loading
from connectors.sql.obeyed import Obeyed
from connectors.sql.tables import Description
from govgraph.errors import GovGraphError

CONFIGURATION: Mapping[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",  # what is delivered is never spilled to the disk
    "threads": "1",
    "memory_limit": "25%",  # of the machine's: kilobytes of Parquet may unpack to more than all of it
}
PATIENCE = 0.5  # seconds a read waits for files that are being loaded anew, before it takes the last ones
Fill = Callable[[duckdb.DuckDBPyConnection], Sequence[Description]]
logger = logging.getLogger("govgraph.connectors")


@dataclass(frozen=True, slots=True)
class Seen:
    """How files look from outside: `marks` differ once one has changed; `settled`: none is being written."""

    marks: tuple[Any, ...]
    written: datetime | None
    settled: bool = True


@dataclass(frozen=True, slots=True)
class Loaded:
    """A filled and locked database, what is in it, and how the files looked before it was filled."""

    database: duckdb.DuckDBPyConnection
    found: Sequence[Description]
    seen: Seen

    def serves(self, found: Sequence[Description]) -> bool:
        """Return whether reads compiled for `found` run here: every column is there, of the same type."""
        here = {description.entity.name: description for description in self.found}
        return all(_covers(here[wanted.entity.name], wanted) for wanted in found)


class DuckdbClient:
    """Runs statements on tables that `fill` made; afterwards no statement can reach file or network.

    At most every `every` seconds a read looks at the files. Changed ones are loaded aside; the read
    waits for them a moment, then takes the last good ones. Files that cannot be read, or whose columns
    would break the reads that are compiled, are told in the log and leave the last good ones in place.
    """

    dialect = "duckdb"

    def __init__(self, fill: Fill, look: Callable[[], Seen], most: int, every: float = 1.0) -> None:
        self._look = look
        self._every = every
        self._next = 0.0
        self._refused: Seen | None = None
        self._loaded: Loaded | None = None
        self._loading: Loading[Loaded] = Loading(lambda: _filled(fill, look), _close)
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="govgraph-duckdb")
        self._most = most
        self.streams = most // 2
        self.connections = self._new_list()

    def _new_list(self) -> Connections[duckdb.DuckDBPyConnection]:
        return Connections(self._open, self._close, self._most)

    @property
    def as_of(self) -> datetime | None:
        """When the files that are loaded were written."""
        return self._loaded.seen.written if self._loaded else None

    @property
    def ends_late_statements(self) -> bool:
        """False: a statement is ended from here."""
        return False

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return all rows of a statement."""
        await self._refresh()
        async with self.connections.take() as cursor:
            try:
                return await threads.run(
                    lambda: cursor.execute(text, arguments).fetchall(), cursor.interrupt, self._threads
                )
            except duckdb.Error as error:
                refusal = _refusal(error)
            raise refusal

    async def stream(
        self, text: str, arguments: Sequence[Any], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        """Yield batches of the rows, all of the files that were loaded at the first one."""
        await self._refresh()
        async with self.connections.take() as cursor:
            begun = threads.batches(
                lambda: cursor.execute(text, arguments), size, cursor.interrupt, self._threads
            )
            try:
                async with aclosing(begun):
                    async for rows in begun:
                        yield rows
                return
            except duckdb.Error as error:
                refusal = _refusal(error)
            raise refusal

    async def writable(self) -> Sequence[str]:
        """Return nothing: what is asked is a copy in memory, the files are only read."""
        return ()

    async def obeyed(self) -> Obeyed | None:
        """Return None: files have no sessions."""
        return None

    async def descriptions(self) -> Sequence[Description]:
        """Fill a fresh database aside, lock it, and put it in the place of the last; return its tables.

        Given up, it goes on: whoever asks next takes what it has loaded by then.
        """
        loaded = await self._loading.ended()
        await self._swap(loaded)
        return loaded.found

    async def _refresh(self) -> None:
        if self._loaded is None:
            return
        if monotonic() >= self._next and not self._loading.begun:
            self._next = monotonic() + self._every
            seen = await threads.run(self._look, lambda: None, self._threads)
            known = self._loaded.seen.marks, self._refused.marks if self._refused else None
            if seen.settled and seen.marks not in known:
                self._refused = seen  # until it has been loaded
                self._loading.begin()
        if self._loading.begun:
            await self._take_over(self._loaded)

    async def _take_over(self, last: Loaded) -> None:
        """Put what is being loaded in the place of the last, where it is done in time and serves as well."""
        try:
            loaded = await self._loading.ended(PATIENCE)
        except TimeoutError:
            return
        except GovGraphError as error:
            logger.warning("files changed, the last good copy stays: %s %s", error.code, error.where)
            return
        if loaded is self._loaded:
            return
        if loaded.serves(last.found):
            await self._swap(loaded)
        elif self._loaded is last:
            logger.warning("files changed, the last good copy stays: their columns are others now")
            loaded.database.close()

    async def _swap(self, loaded: Loaded) -> None:
        if loaded is self._loaded:
            return
        last, self._loaded = self._loaded, loaded
        self._next = monotonic() + self._every
        cursors, self.connections = self.connections, self._new_list()
        if last is not None:
            last.database.close()  # a read that is still under way keeps its cursor, and with it the old rows
        await cursors.aclose()

    async def _open(self) -> duckdb.DuckDBPyConnection:
        if self._loaded is None:
            raise SourceUnavailableError("The source's files are not loaded")
        return self._loaded.database.cursor()

    async def _close(self, cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.close()

    async def aclose(self) -> None:
        """Close the database and end the threads."""
        self._loading.close()
        await self.connections.aclose()
        if self._loaded is not None:
            self._loaded.database.close()
        self._threads.shutdown(wait=False)


def _filled(fill: Fill, look: Callable[[], Seen]) -> Loaded:
    seen = look()
    database = duckdb.connect(":memory:", config=dict(CONFIGURATION))
    try:
        found = _found(fill, database)
        database.execute("SET enable_external_access = false")
        database.execute("SET lock_configuration = true")
    except BaseException:
        database.close()
        raise
    return Loaded(database, found, seen)


def _found(fill: Fill, database: duckdb.DuckDBPyConnection) -> Sequence[Description]:
    try:
        return fill(database)
    except duckdb.OutOfMemoryException:
        what = "The source's files unpack to more memory than one source may take"
        raise FileBrokenError(what, remedy="Deliver fewer rows, or keep them in a database") from None


def _close(loaded: Loaded) -> None:
    loaded.database.close()


def _covers(here: Description, wanted: Description) -> bool:
    same = all(
        (found := here.entity.column(column.name)) is not None and found.type is column.type
        for column in wanted.entity.columns
    )
    return same and here.zoned & wanted.zoned == wanted.zoned


def _refusal(error: duckdb.Error) -> Exception:
    if isinstance(error, duckdb.CatalogException | duckdb.BinderException):
        return EntityUnknownError("A table or column of the read is not there any more")
    return SourceUnavailableError("The source's files cannot be read")
