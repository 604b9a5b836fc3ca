"""The embedded store: one SQLite file of its own, every batch on the disk before anyone hears of it."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from audit import stored
from audit.errors import LogBusyError, LogFullError, LogUnavailableError
from audit.standing import MARK
from audit.store import Batch, Head, Row
from audit.tree import WIDTH, Frontier
from govgraph.durable import sync_folder

FILE = "log.db"
TABLES = """
CREATE TABLE IF NOT EXISTS leaf (
    position INTEGER PRIMARY KEY, receipt TEXT NOT NULL, hash BLOB NOT NULL, leaf BLOB NOT NULL, sealed BLOB
) STRICT;
CREATE INDEX IF NOT EXISTS leaf_receipt ON leaf (receipt);
CREATE TABLE IF NOT EXISTS node (
    level INTEGER NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS operation (
    hash TEXT PRIMARY KEY, document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoint (
    size INTEGER PRIMARY KEY, note TEXT NOT NULL, peaks BLOB NOT NULL
) STRICT;
"""
CHANGE = """
PRAGMA temp_store = MEMORY;
CREATE TEMP VIEW change (into_table, a, b, c, d, e) AS SELECT '', 0, 0, 0, 0, 0 WHERE FALSE;
CREATE TEMP TRIGGER into_leaf INSTEAD OF INSERT ON change WHEN new.into_table = 'leaf' BEGIN
    INSERT INTO leaf (position, receipt, hash, leaf, sealed) VALUES (new.a, new.b, new.c, new.d, new.e);
END;
CREATE TEMP TRIGGER into_operation INSTEAD OF INSERT ON change WHEN new.into_table = 'operation' BEGIN
    INSERT OR IGNORE INTO operation (hash, document) VALUES (new.a, new.b);
END;
CREATE TEMP TRIGGER into_node INSTEAD OF INSERT ON change WHEN new.into_table = 'node' BEGIN
    INSERT OR REPLACE INTO node (level, number, hash) VALUES (new.a, new.b, new.c);
END;
CREATE TEMP TRIGGER into_checkpoint INSTEAD OF INSERT ON change WHEN new.into_table = 'checkpoint' BEGIN
    INSERT INTO checkpoint (size, note, peaks) VALUES (new.a, new.b, new.c);
END;
"""
"""Known to the writer's connection alone: through this view one statement fills several tables."""
SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA busy_timeout = 2000",
    "PRAGMA journal_size_limit = 16777216",
)
MOST_CHANGES = 1024

Write = Callable[[sqlite3.Connection, str, Sequence[Any]], None]


def write(connection: sqlite3.Connection, statement: str, values: Sequence[Any]) -> None:
    """Run a statement. On return the disk has it, where it is a transaction of its own or ends one."""
    connection.execute(statement, values)


def reading(folder: Path) -> sqlite3.Connection:
    """Return a connection that can only read; it may run beside the writer, from another process too."""
    return sqlite3.connect(f"{(folder / FILE).absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)


def copy_store(folder: Path, target: Path) -> None:
    """Copy a store, which may be written meanwhile, as it stands at one moment, into another folder.

    The copy is one file, and can be read from a medium that cannot be written.
    """
    with closing(reading(folder)) as live, closing(sqlite3.connect(target / FILE)) as copy:
        live.backup(copy)
    settle_file(target)


def settle_file(folder: Path) -> None:
    """Fold the write-ahead log of a store that nobody has open into its one file, and close it to others."""
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
    (folder / FILE).chmod(0o600)


class EmbeddedStore:
    """A `Store` in `log.db`. `write` is handed in so that a test can make it fail as a disk does."""

    def __init__(self, folder: Path, write: Write = write) -> None:
        self._folder = folder
        self._write = write
        os.close(os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600))
        self._connection = sqlite3.connect(folder / FILE, isolation_level=None, check_same_thread=False)
        for setting in SETTINGS:
            self._connection.execute(setting)
        self._connection.executescript(TABLES + CHANGE)
        sync_folder(folder)

    def head(self) -> Head | None:
        """Return the head of the last batch; None where the store is new."""
        found = self._connection.execute(
            "SELECT size, peaks, note FROM checkpoint ORDER BY size DESC LIMIT 1"
        )
        for size, peaks, note in found:
            nodes = tuple(peaks[at : at + WIDTH] for at in range(0, len(peaks), WIDTH))
            return Head(Frontier(size, nodes), note)
        return None

    def size(self) -> int:
        """Return one more than the last position."""
        row = self._connection.execute("SELECT coalesce(max(position) + 1, 0) FROM leaf").fetchone()
        return int(row[0])

    def write(self, batch: Batch) -> None:
        """Write a batch in one transaction; see `Store.write`."""
        try:
            for statement, values in _statements(batch):
                self._write(self._connection, statement, values)
        except sqlite3.OperationalError as error:
            refusal = _nothing_written(error)
            if refusal is None:
                raise
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise refusal from None

    def leaf_hashes(self, size: int) -> Iterator[bytes]:
        """Yield the hashes of the first `size` leaves."""
        found = self._connection.execute(
            "SELECT hash FROM leaf WHERE position < ? ORDER BY position", (size,)
        )
        return (row[0] for row in found)

    def find(self, receipt: str) -> Sequence[Row]:
        """Return the leaves of a receipt in order."""
        with closing(reading(self._folder)) as connection:
            return stored.rows_of(connection, receipt)

    def hashes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Return nodes of a level of tiles."""
        with closing(reading(self._folder)) as connection:
            return stored.hashes(connection, level, first, count)

    def entries(self, first: int, count: int) -> Sequence[bytes]:
        """Return leaves in order."""
        with closing(reading(self._folder)) as connection:
            return stored.entries(connection, first, count)

    def range(self, first: int, count: int) -> Sequence[Row]:
        """Return leaves with their sealed lists in order."""
        with closing(reading(self._folder)) as connection:
            return stored.range_of(connection, first, count)

    def marked(self) -> Iterator[bytes]:
        """Yield the leaves that order something for later ones."""
        with closing(reading(self._folder)) as connection:
            query = "SELECT leaf FROM leaf WHERE instr(leaf, ?) > 0 ORDER BY position"
            yield from (row[0] for row in connection.execute(query, (MARK,)))

    def blank(self, first: int, count: int) -> None:
        """Empty leaves for good."""
        change = (
            "UPDATE leaf SET leaf = x'', receipt = '', sealed = NULL WHERE position >= ? AND position < ?"
        )
        self._remove(change, [(first, first + count)])

    def erase(self, positions: Sequence[int]) -> None:
        """Remove sealed lists for good."""
        change = "UPDATE leaf SET sealed = NULL WHERE position = ?"
        self._remove(change, [(position,) for position in positions])

    def operation(self, digest: str) -> str | None:
        """Return the document kept under a hash."""
        with closing(reading(self._folder)) as connection:
            return stored.operation(connection, digest)

    def close(self) -> None:
        """Close the file; SQLite folds its write-ahead log in where nobody else reads."""
        self._connection.close()

    def _remove(self, change: str, values: Sequence[tuple[int, ...]]) -> None:
        """Overwrite what goes, in the file and its write-ahead log; appends wait for a short transaction."""
        with closing(sqlite3.connect(self._folder / FILE, isolation_level=None)) as connection:
            for setting in SETTINGS:
                connection.execute(setting)
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(change, values)
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _statements(batch: Batch) -> Sequence[tuple[str, Sequence[Any]]]:
    """Return what writes a batch: one statement, a transaction of its own, for every batch but a huge one.

    Each statement lets go of the interpreter's lock several times, and every turn that is then waited for
    lengthens the commit.
    """
    changes = list(_changes(batch))
    inserts = [_insert(changes[at : at + MOST_CHANGES]) for at in range(0, len(changes), MOST_CHANGES)]
    return inserts if len(inserts) == 1 else [("BEGIN IMMEDIATE", ()), *inserts, ("COMMIT", ())]


def _insert(changes: Sequence[tuple[Any, ...]]) -> tuple[str, Sequence[Any]]:
    marks = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(changes))
    return f"INSERT INTO change VALUES {marks}", [value for change in changes for value in change]  # noqa: S608  # marks only


def _changes(batch: Batch) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a batch with their table, filled up to the columns of `change`."""
    for row in batch.rows:
        yield "leaf", row.position, row.receipt, row.hash, row.leaf, row.sealed
    for name, document in batch.operations:
        yield "operation", name, document, None, None, None
    for node in batch.nodes:
        yield "node", node.level, node.number, node.hash, None, None
    frontier = batch.head.frontier
    yield "checkpoint", frontier.size, batch.head.note, b"".join(frontier.peaks), None, None


def _nothing_written(error: sqlite3.OperationalError) -> LogUnavailableError | None:
    """Return the refusal for an error that is known to leave the store as it was."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return LogFullError("The disk that holds the audit log is full")
    if code == sqlite3.SQLITE_BUSY:
        return LogBusyError("Another program keeps the audit log from writing")
    return None
