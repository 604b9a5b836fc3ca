"""SQLite files: opened read-only, run in threads, stopped when the caller goes away."""

import os
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from connectors.errors import EntityUnknownError, SourceUnavailableError
from connectors.model import ColumnType, Entity, EntityColumn
from connectors.sql import threads
from connectors.sql.connections import Connections
from connectors.sql.obeyed import Obeyed
from connectors.sql.references import with_references
from connectors.sql.tables import Description
from govgraph.file_access import FileAccess

T = TypeVar("T")
TABLES = """
SELECT name FROM sqlite_schema
WHERE type IN ('table', 'view') AND substr(name, 1, 7) <> 'sqlite_'
ORDER BY name
"""
COLUMNS = 'SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?) WHERE hidden <> 1 ORDER BY cid'
REFERENCES = 'SELECT ?, id, "from", "table", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq'
TYPES = (
    ("BOOL", ColumnType.BOOLEAN),
    ("INT", ColumnType.INTEGER),
    ("CHAR", ColumnType.TEXT),
    ("TEXT", ColumnType.TEXT),
    ("CLOB", ColumnType.TEXT),
    ("BLOB", ColumnType.BYTES),
    ("DATETIME", ColumnType.DATETIME),
    ("TIMESTAMP", ColumnType.DATETIME),
    ("DATE", ColumnType.DATE),
    ("DEC", ColumnType.DECIMAL),
    ("NUM", ColumnType.DECIMAL),
    ("REAL", ColumnType.DECIMAL),
    ("FLOA", ColumnType.DECIMAL),
    ("DOUB", ColumnType.DECIMAL),
)


class SqliteClient:
    """Runs statements on a SQLite file over its own read-only connections, at most `most` at one time.

    `access` is asked before each connection.
    """

    dialect = "sqlite"

    def __init__(self, path: Path, access: FileAccess, most: int) -> None:
        self._path = path
        self._access = access
        self.streams = most // 2
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="govgraph-sqlite")
        self.connections: Connections[sqlite3.Connection] = Connections(self._open, self._close, most)

    @property
    def as_of(self) -> datetime | None:
        """None: the source is live."""
        return None

    @property
    def ends_late_statements(self) -> bool:
        """False: a statement is ended from here."""
        return False

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return all rows of a statement."""
        return await self._run(lambda connection: connection.execute(text, arguments).fetchall())

    async def stream(
        self, text: str, arguments: Sequence[Any], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        """Yield batches of the rows, all of one moment.

        Until the last one, a writer of a file that is not in WAL mode waits.
        """
        async with self.connections.take() as connection:
            begun = threads.batches(
                lambda: connection.execute(text, arguments), size, connection.interrupt, self._threads
            )
            try:
                async with aclosing(begun):
                    async for rows in begun:
                        yield rows
                return
            except sqlite3.Error as error:
                refusal = _refusal(error)
            raise refusal

    async def descriptions(self) -> Sequence[Description]:
        """Return the tables and views of the file."""
        return await self._run(_descriptions)

    async def writable(self) -> Sequence[str]:
        """Return `the file` where this account may change it, whatever it was opened for."""
        real = self._access.admitted(self._path)
        return (
            ["the file"] if await threads.run(lambda: _changeable(real), lambda: None, self._threads) else []
        )

    async def obeyed(self) -> Obeyed | None:
        """Return None: a file has no sessions."""
        return None

    async def _run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        async with self.connections.take() as connection:
            try:
                return await threads.run(lambda: work(connection), connection.interrupt, self._threads)
            except sqlite3.Error as error:
                refusal = _refusal(error)
            raise refusal

    async def _open(self) -> sqlite3.Connection:
        try:
            return await threads.run(
                lambda: _connect(self._access.admitted(self._path)), lambda: None, self._threads
            )
        except (sqlite3.Error, OSError):
            raise SourceUnavailableError("The source's file cannot be opened") from None

    async def _close(self, connection: sqlite3.Connection) -> None:
        await threads.run(connection.close, lambda: None, self._threads)

    async def aclose(self) -> None:
        """Close the connections and end the threads."""
        await self.connections.aclose()
        self._threads.shutdown(wait=False)


def _connect(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False, isolation_level=None)
    connection.text_factory = _text
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA trusted_schema = OFF")
    return connection


def _changeable(path: Path) -> bool:
    """Return whether the file lets itself be changed; its own bits count for those whom none stops."""
    return os.access(path, os.W_OK) and bool(path.stat().st_mode & 0o222)


def _text(stored: bytes) -> str:
    """Return a text; bytes that are no UTF-8 show as U+FFFD, so that one cell never fails an answer."""
    return stored.decode("utf-8", "replace")


def _descriptions(connection: sqlite3.Connection) -> Sequence[Description]:
    names = [name for (name,) in connection.execute(TABLES)]
    found = [Description(_entity(name, connection.execute(COLUMNS, (name,)).fetchall())) for name in names]
    rows = [row for name in names for row in connection.execute(REFERENCES, (name, name))]
    return with_references(found, rows)


def _entity(name: str, rows: Sequence[tuple[str, str, int, int]]) -> Entity:
    columns = tuple(EntityColumn(column, _type(type_), not notnull) for column, type_, notnull, _ in rows)
    key = tuple(column for column, _, _, place in sorted(rows, key=lambda row: row[3]) if place)
    return Entity(name, columns, key)


def _type(declared: str) -> ColumnType:
    """Return the type that a declaration means; SQLite itself keeps any value in any column."""
    upper = declared.upper()
    return next((kind for word, kind in TYPES if word in upper), ColumnType.OTHER)


def _refusal(error: sqlite3.Error) -> Exception:
    if str(error).startswith(("no such table", "no such column")):
        return EntityUnknownError("A table, view or column of the read is not there any more")
    return SourceUnavailableError("The source's file cannot be read")
