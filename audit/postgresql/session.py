"""Connections to the log's PostgreSQL; what its driver says never leaves here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg

from audit.errors import (
    LogFullError,
    LogRoleRefusedError,
    LogTablesMissingError,
    LogUnavailableError,
    LogUnreachableError,
)
from govgraph.errors import SettingsRefusedError

PATIENCE: Final = 10.0
"""Seconds that a statement or a connection may take."""
CLOSING: Final = 2.0

DRIVER_ERRORS: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what a connection that was cut between two statements raises
    OSError,
    TimeoutError,
)

NO_MONTH: Final = asyncpg.CheckViolationError
"""What a leaf raises whose month has no partition yet."""
TAKEN: Final = asyncpg.UniqueViolationError
"""What a position or size raises that is in the tree already."""
NOT_ALLOWED: Final = asyncpg.InsufficientPrivilegeError


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the log stands: `insert` for every replica; `sequence` for one that may be elected to sign."""

    insert: str = field(repr=False)
    sequence: str = field(repr=False)


def read_addresses(insert: str, sequence: str) -> Addresses | None:
    """Return the addresses of two settings, None where the log is the embedded one.

    Raises `SettingsRefusedError`. Without the second, one login does both.
    """
    given = {"GOVGRAPH_LOG_URL": insert, "GOVGRAPH_LOG_SEQUENCER_URL": sequence}
    for name, url in given.items():
        if url and urlsplit(url).scheme not in {"postgresql", "postgres"}:
            raise SettingsRefusedError(
                "The address of the log's store is neither empty nor a PostgreSQL address",
                where=name,
                remedy="Leave it empty, or write postgresql://user:password@host:port/name.",
            )
    if sequence and not insert:
        what = "A sequencer's address is given, but none to insert at"
        raise SettingsRefusedError(what, where="GOVGRAPH_LOG_URL")
    return Addresses(insert, sequence or insert) if insert else None


@contextmanager
def told() -> Iterator[None]:
    """Turn what the driver raises into our own refusals."""
    try:
        yield
    except DRIVER_ERRORS as error:
        raise refusal_of(error) from None


def refusal_of(error: Exception) -> LogUnavailableError:
    """Return what became of a statement, in our words."""
    match error:
        case asyncpg.DiskFullError():
            return LogFullError("The disk of the PostgreSQL that holds the audit log is full")
        case asyncpg.UndefinedTableError() | asyncpg.InvalidSchemaNameError():
            return LogTablesMissingError("The PostgreSQL that was named holds no tables of the audit log")
        case asyncpg.InvalidAuthorizationSpecificationError() | asyncpg.InsufficientPrivilegeError():
            return LogRoleRefusedError("The PostgreSQL that holds the audit log refuses the role")
    return LogUnreachableError("The PostgreSQL that holds the audit log does not answer")


class Session:
    """One connection, made when it is asked for and made anew after it broke. Used by one task at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: asyncpg.Connection | None = None

    async def connection(self) -> Any:
        """Return the open connection. Raises what the driver raises."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._url)
        return self._connection

    async def drop(self) -> None:
        """Let go of the connection, and of every lock it holds."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.is_closed():
            try:
                await connection.close(timeout=CLOSING)
            except DRIVER_ERRORS:
                connection.terminate()


async def connect(url: str) -> asyncpg.Connection:
    """Return a connection whose commits wait for the disk, whatever the server's own setting is."""
    return await asyncpg.connect(
        url,
        timeout=PATIENCE,
        command_timeout=PATIENCE,
        server_settings={
            "application_name": "govgraph log",
            "search_path": "govgraph_log",
            "synchronous_commit": "on",
            "timezone": "UTC",
        },
    )


async def readers(url: str, most: int) -> Any:
    """Return a pool of connections that are made as they are needed."""
    return await asyncpg.create_pool(connect=lambda *_, **__: connect(url), min_size=0, max_size=most)
