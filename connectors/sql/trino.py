"""Trino: statements over HTTP to a coordinator, by its own driver in threads, cancelled when given up."""

from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import aclosing, suppress
from datetime import datetime
from typing import Any, cast

from requests.exceptions import RequestException
from trino.auth import BasicAuthentication
from trino.dbapi import Connection
from trino.exceptions import Error, HttpError, TrinoQueryError

from connectors.errors import (
    EntityUnknownError,
    SettingProblem,
    SourceBusyError,
    SourceCredentialsError,
    SourceSettingsError,
    SourceTimeoutError,
    SourceUnavailableError,
)
from connectors.sql import threads, trino_catalog, writing_rights
from connectors.sql.address import Address
from connectors.sql.connections import Connections
from connectors.sql.obeyed import Obeyed
from connectors.sql.tables import Description
from connectors.sql.trino_session import session
from govgraph.egress import Egress

FAILURES = (Error, HttpError, RequestException, OSError, ValueError, KeyError)
"""What the driver raises: an answer that it cannot read is a ValueError or a KeyError."""
GONE = frozenset({"TABLE_NOT_FOUND", "COLUMN_NOT_FOUND", "SCHEMA_NOT_FOUND", "VIEW_IS_STALE"})
LATE = frozenset({"EXCEEDED_TIME_LIMIT", "EXCEEDED_CPU_LIMIT"})
FULL = frozenset({"QUERY_QUEUE_FULL", "CLUSTER_OUT_OF_MEMORY", "EXCEEDED_GLOBAL_MEMORY_LIMIT"})
REFUSED = frozenset({"PERMISSION_DENIED"})
LATER = 1.0  # seconds; the deadline of a statement is kept above the driver, which waits a little longer


class TrinoClient:
    """Runs statements at a coordinator, at most `most` at one time."""

    dialect = "trino"

    def __init__(self, address: Address, egress: Egress, most: int, timeout: float) -> None:
        if address.password and address.tls == "off":
            problem = SettingProblem("tls", "off, with a password", "use require: a password needs TLS")
            raise SourceSettingsError("", [problem])
        self._address = address
        self._egress = egress
        self._timeout = timeout
        self.streams = most // 2
        # A statement's thread is busy when another one tells the coordinator to end the statement.
        self._threads = ThreadPoolExecutor(2 * most, thread_name_prefix="govgraph-trino")
        self.connections: Connections[Connection] = Connections(self._open, self._close, most)

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
        rows: list[Sequence[Any]] = []
        async with aclosing(self._batches(text, arguments, 0)) as batches:
            async for batch in batches:
                rows.extend(batch)
        return rows

    async def stream(
        self, text: str, arguments: Sequence[Any], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        """Yield batches of the rows, fetched from the coordinator as they are asked for."""
        async with aclosing(self._batches(text, arguments, size)) as batches:
            async for batch in batches:
                yield batch

    async def descriptions(self) -> Sequence[Description]:
        """Return the tables and views of the schema."""
        rows = await self.fetch(trino_catalog.COLUMNS, [self._address.schema])
        return trino_catalog.descriptions(rows, self._address.schema)

    async def writable(self) -> Sequence[str]:
        """Return the tables that the account may change, as far as Trino's catalogue tells."""
        return [str(row[0]) for row in await self.fetch(writing_rights.TRINO, [])]

    async def obeyed(self) -> Obeyed | None:
        """Return None: Trino tells nothing of its sessions."""
        return None

    async def _batches(
        self, text: str, arguments: Sequence[Any], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        """Yield batches of the rows, all of them at once where `size` is 0; cancelled if they are left."""
        async with self.connections.take() as connection:
            cursor: Any = connection.cursor()
            end = _Ending(cursor, self._threads).begin

            def begin() -> Any:
                return cursor.execute(text, list(arguments))

            try:
                if size:
                    async with aclosing(threads.batches(begin, size, end, self._threads)) as begun:
                        async for rows in begun:
                            yield rows
                else:
                    yield await threads.run(lambda: begin().fetchall(), end, self._threads)
                return
            except FAILURES as error:
                refusal = _refusal(error)
            finally:
                await threads.run(lambda: _ended(cursor), lambda: None, self._threads)
            raise refusal

    async def _open(self) -> Connection:
        """Return a connection to a checked address; nothing is sent before the first statement."""
        address = self._address
        scheme = "http" if address.tls == "off" else "https"
        checked = (await self._egress.addresses(scheme, address.host, address.port))[0]
        return Connection(
            host=address.host,
            port=address.port,
            user=address.user,
            auth=BasicAuthentication(address.user, address.password) if address.password else None,
            catalog=address.database,
            schema=address.schema,
            source="govgraph",
            timezone="UTC",
            http_scheme=scheme,
            http_session=session(scheme, (address.host, address.port), checked),
            session_properties={"query_max_run_time": f"{max(self._timeout, 0.001):f}s"},
            legacy_prepared_statements=False,
            max_attempts=1,
            request_timeout=self._timeout + LATER,
            encoding=cast("str", None),  # the rows come with the answer, from no store beside the coordinator
        )

    async def _close(self, connection: Connection) -> None:
        await threads.run(connection.close, lambda: None, self._threads)

    async def aclose(self) -> None:
        """Close the connections and end the threads."""
        await self.connections.aclose()
        self._threads.shutdown(wait=False)


class _Ending:
    """Tells the coordinator to end a statement, in a thread and one word at a time."""

    def __init__(self, cursor: Any, threads: Executor) -> None:
        self._cursor = cursor
        self._threads = threads
        self._begun: Future[None] | None = None

    def begin(self) -> None:
        """Begin to tell it, unless that is under way."""
        if self._begun is None or self._begun.done():
            self._begun = self._threads.submit(_ended, self._cursor)


def _ended(cursor: Any) -> None:
    """Cancel what a cursor has not read; a coordinator that is gone has nothing left to cancel."""
    with suppress(*FAILURES):
        cursor.close()


def _refusal(error: BaseException) -> Exception:
    """Return what became of a statement, in our words."""
    name = str(error.error_name) if isinstance(error, TrinoQueryError) else ""
    if name in LATE:
        return SourceTimeoutError("The source did not answer in time")
    if name in GONE:
        return EntityUnknownError("A table, view or column of the read is not there any more")
    if name in REFUSED or (
        isinstance(error, HttpError) and str(error).startswith(("error 401", "error 403"))
    ):
        return SourceCredentialsError("The source refuses the platform's credentials")
    if name in FULL:
        return SourceBusyError("The source takes no more statements")
    return SourceUnavailableError("The source cannot be read")
