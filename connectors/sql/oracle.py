"""Oracle: read-only transactions over its own driver, in a loop that reaches the checked address alone.

A listener may send its callers to another address; the loop makes no connection there.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from importlib import import_module
from typing import Any

import anyio

from connectors.errors import (
    EntityUnknownError,
    SourceBusyError,
    SourceCredentialsError,
    SourceTimeoutError,
    SourceUnavailableError,
    UnsupportedReadError,
)
from connectors.sql import oracle_catalog, plain_catalog, writing_rights
from connectors.sql.address import Address
from connectors.sql.connections import Connections
from connectors.sql.held_loop import HeldLoop
from connectors.sql.obeyed import Obeyed
from connectors.sql.plain_dialects import ORACLE
from connectors.sql.proof import unproved
from connectors.sql.references import with_references
from connectors.sql.tables import Description
from govgraph.egress import Egress

READ_ONLY = "SET TRANSACTION READ ONLY"
AT_ONCE = 1000  # rows of one answer of the server
CLOSING = 1.0  # seconds
LATE = frozenset({"ORA-01013", "DPY-4024"})
GONE = frozenset({"ORA-00904", "ORA-00942", "ORA-04063"})
REFUSED = frozenset({"ORA-01017", "ORA-01031", "ORA-01045", "ORA-28000", "ORA-28001", "ORA-41900"})
FULL = frozenset({"ORA-00018", "ORA-00020", "ORA-02391", "ORA-12516", "ORA-12519", "ORA-12520"})


class OracleClient:
    """Runs statements over its own connections, at most `most` at one time."""

    dialect = ORACLE
    streams = 0

    def __init__(self, address: Address, egress: Egress, most: int, timeout: float) -> None:
        self._address = address
        self._egress = egress
        self._timeout = timeout
        self._driver: Any = import_module("oracledb")  # it comes with an extra
        self._loop = HeldLoop("govgraph-oracle")
        self.connections: Connections[Any] = Connections(self._open, self._close, most)

    @property
    def as_of(self) -> datetime | None:
        """None: the source is live."""
        return None

    @property
    def ends_late_statements(self) -> bool:
        """False: a statement is ended from here."""
        return False

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return all rows of a statement, in a transaction that may only read."""
        try:
            async with self.connections.take() as connection:
                return await self._loop.run(lambda: self._rows(connection, text, arguments))
        except (self._driver.Error, OSError) as error:
            refusal = _refusal(error)
        raise refusal

    async def stream(
        self, text: str, arguments: Sequence[Any], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        """Raise `UnsupportedReadError`: streams are not offered for this kind of source."""
        raise UnsupportedReadError("The source does not stream")
        yield ()

    async def descriptions(self) -> Sequence[Description]:
        """Return the tables and views of the schema."""
        twice = [self._address.schema] * 2
        rows = await self.fetch(oracle_catalog.COLUMNS, twice)
        found = plain_catalog.descriptions(rows, self._address.schema, oracle_catalog.type_of)
        return with_references(found, await self.fetch(oracle_catalog.REFERENCES, twice))

    async def writable(self) -> Sequence[str]:
        """Return the tables that the account may change, as far as Oracle's catalogue tells."""
        return [str(row[0]) for row in await self.fetch(writing_rights.ORACLE, [])]

    async def obeyed(self) -> Obeyed | None:
        """Return None: what Oracle says of its sessions was never seen here."""
        return None

    async def _rows(self, connection: Any, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return the rows. Text is bound as CHAR: that alone equals a column filled up with blanks."""
        cursor = connection.cursor()
        cursor.arraysize = AT_ONCE
        await cursor.execute(READ_ONLY)
        if arguments:
            kinds = [self._driver.DB_TYPE_CHAR if isinstance(value, str) else None for value in arguments]
            cursor.setinputsizes(*kinds)
        await cursor.execute(text, list(arguments), fetch_lobs=False, fetch_decimals=True)
        rows: Sequence[Sequence[Any]] = await cursor.fetchall()
        cursor.close()
        await connection.rollback()
        return rows

    async def _open(self) -> Any:
        """Return a connection to a checked address, whose calls end by themselves when they are late."""
        address = self._address
        host = (await self._egress.addresses("oracle", address.host, address.port))[0]
        self._loop.allow(host, address.port)
        async with asyncio.timeout(self._timeout):  # the driver bounds a call, and no log-in
            connection = await self._loop.run(
                lambda: self._driver.connect_async(
                    user=address.user,
                    password=address.password,
                    host=host,
                    port=address.port,
                    service_name=address.database,
                    protocol="tcp" if address.proving is None else "tcps",
                    ssl_context=address.proving,
                    ssl_server_dn_match=False,  # the context proves the host's name; here stands its address
                    tcp_connect_timeout=self._timeout,
                    retry_count=0,
                    program="govgraph",
                )
            )
        connection.call_timeout = max(1, int(self._timeout * 1000))
        return connection

    async def _close(self, connection: Any) -> None:
        with anyio.move_on_after(CLOSING):
            await self._loop.run(connection.close)

    async def aclose(self) -> None:
        """Close the connections and end the loop."""
        await self.connections.aclose()
        await self._loop.aclose()


def _refusal(error: BaseException) -> Exception:
    """Return what became of a statement, in our words."""
    code = str(getattr(error.args[0], "full_code", "")) if error.args else ""
    if code in LATE or isinstance(error, TimeoutError):
        return SourceTimeoutError("The source did not answer in time")
    if code in GONE:
        return EntityUnknownError("A table, view or column of the read is not there any more")
    if code in REFUSED:
        return SourceCredentialsError("The source refuses the platform's credentials")
    if code in FULL:
        return SourceBusyError("The source takes no more statements")
    return unproved(error) or SourceUnavailableError("The source cannot be read")
