"""The embedded store: one SQLite file of its own, every batch on the disk before anyone hears of it."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

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
SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA busy_timeout = 2000",
    "PRAGMA journal_size_limit = 16777216",
)
MOST_ROWS = 64

Commit = Callable[[sqlite3.Connection], None]


def commit(connection: sqlite3.Connection) -> None:
    """End the transaction; on return the disk has it."""
    connection.execute("COMMIT")


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
    """A `Store` in `log.db`. `commit` is handed in so that a test can make it fail as a disk does."""

    def __init__(self, folder: Path, commit: Commit = commit) -> None:
        self._folder = folder
        self._commit = commit
        os.close(os.open(folder / FILE, os.O_RDWR | os.O_CREAT, 0o600))
        self._connection = sqlite3.connect(folder / FILE, isolation_level=None, check_same_thread=False)
        for setting in SETTINGS:
            self._connection.execute(setting)
        self._connection.executescript(TABLES)
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
            self._connection.execute("BEGIN IMMEDIATE")
            self._insert(batch)
            self._commit(self._connection)
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

    def _insert(self, batch: Batch) -> None:
        for rows in _portions(batch.rows):
            values = ", ".join(["(?, ?, ?, ?, ?)"] * len(rows))
            self._connection.execute(
                f"INSERT INTO leaf (position, receipt, hash, leaf, sealed) VALUES {values}",  # noqa: S608  # marks only
                [v for row in rows for v in (row.position, row.receipt, row.hash, row.leaf, row.sealed)],
            )
        if batch.operations:
            self._connection.executemany("INSERT OR IGNORE INTO operation VALUES (?, ?)", batch.operations)
        if batch.nodes:
            self._connection.executemany(
                "INSERT OR REPLACE INTO node VALUES (?, ?, ?)",
                [(node.level, node.number, node.hash) for node in batch.nodes],
            )
        frontier = batch.head.frontier
        self._connection.execute(
            "INSERT INTO checkpoint (size, note, peaks) VALUES (?, ?, ?)",
            (frontier.size, batch.head.note, b"".join(frontier.peaks)),
        )


def _portions(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """Yield runs of at most `MOST_ROWS` rows: one statement for nearly every batch, each text kept prepared.

    Each statement lets go of the interpreter's lock; every turn waited for lengthens the commit.
    """
    for at in range(0, len(rows), MOST_ROWS):
        yield rows[at : at + MOST_ROWS]


def _nothing_written(error: sqlite3.OperationalError) -> LogUnavailableError | None:
    """Return the refusal for an error that is known to leave the store as it was."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return LogFullError("The disk that holds the audit log is full")
    if code == sqlite3.SQLITE_BUSY:
        return LogBusyError("Another program keeps the audit log from writing")
    return None
