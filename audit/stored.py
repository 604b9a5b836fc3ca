"""What the embedded store holds, read through a connection of its own: the live one's, or a copy's."""

import sqlite3
from collections.abc import Iterator, Sequence

from audit.store import Row
from audit.tree import TILE_WIDTH, Node, root

NODES = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'node'"


def rows_of(connection: sqlite3.Connection, receipt: str) -> Sequence[Row]:
    """Return the leaves of a receipt in order: one, two for a change, several for a streamed answer."""
    found = connection.execute(
        "SELECT position, receipt, leaf, hash, sealed FROM leaf WHERE receipt = ? ORDER BY position",
        (receipt,),
    )
    return [Row(*row) for row in found]


def range_of(connection: sqlite3.Connection, first: int, count: int) -> Sequence[Row]:
    """Return leaves with their sealed lists in order, fewer where the store ends before."""
    found = connection.execute(
        "SELECT position, receipt, leaf, hash, sealed FROM leaf WHERE position >= ? AND position < ? "
        "ORDER BY position",
        (first, first + count),
    )
    return [Row(*row) for row in found]


def operation(connection: sqlite3.Connection, digest: str) -> str | None:
    """Return the document kept under a hash."""
    row = connection.execute("SELECT document FROM operation WHERE hash = ?", (digest,)).fetchone()
    return str(row[0]) if row else None


def note(connection: sqlite3.Connection) -> str:
    """Return the last signed note; empty where there is none."""
    row = connection.execute("SELECT note FROM checkpoint ORDER BY size DESC LIMIT 1").fetchone()
    return str(row[0]) if row else ""


def entries(connection: sqlite3.Connection, first: int, count: int) -> Sequence[bytes]:
    """Return leaves in order, fewer where the store ends before."""
    return _column(connection, "leaf", first, count)


def hashes(connection: sqlite3.Connection, level: int, first: int, count: int) -> Sequence[bytes]:
    """Return nodes of a level of tiles, fewer where the store ends before.

    Nodes that were not kept, as in a log older than the table, are made from the level below.
    """
    if level == 0:
        return _column(connection, "hash", first, count)
    kept = dict(_nodes(connection, level, first, count))
    return list(_made(connection, level, range(first, first + count), kept))


def node(connection: sqlite3.Connection, wanted: Node) -> bytes | None:
    """Return the hash kept for a node, None where none is kept."""
    found = dict(_nodes(connection, wanted.level, wanted.number, 1))
    return found.get(wanted.number)


def _made(
    connection: sqlite3.Connection, level: int, numbers: range, kept: dict[int, bytes]
) -> Iterator[bytes]:
    for number in numbers:
        if number in kept:
            yield kept[number]
            continue
        below = hashes(connection, level - 1, number * TILE_WIDTH, TILE_WIDTH)
        if len(below) < TILE_WIDTH:
            return
        yield root(below)


def _nodes(connection: sqlite3.Connection, level: int, first: int, count: int) -> Iterator[tuple[int, bytes]]:
    if connection.execute(NODES).fetchone() == (0,):
        return
    yield from connection.execute(
        "SELECT number, hash FROM node WHERE level = ? AND number >= ? AND number < ?",
        (level, first, first + count),
    )


def _column(connection: sqlite3.Connection, name: str, first: int, count: int) -> Sequence[bytes]:
    found = connection.execute(
        f"SELECT {name} FROM leaf WHERE position >= ? AND position < ? ORDER BY position",  # noqa: S608  # our own names
        (first, first + count),
    )
    return [row[0] for row in found]
