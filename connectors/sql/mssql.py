"""SQL Server: statements over its own driver in threads, on a socket that stays at the checked address."""

import ssl
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from tempfile import NamedTemporaryFile
from typing import Any

from connectors.errors import (
    EntityUnknownError,
    SourceBusyError,
    SourceCredentialsError,
    SourceTimeoutError,
    SourceUnavailableError,
    SourceUnprovedError,
    UnsupportedReadError,
)
from connectors.sql import mssql_catalog, plain_catalog, threads, writing_rights
from connectors.sql.address import Address
from connectors.sql.connections import Connections
from connectors.sql.held_socket import HeldSocket
from connectors.sql.obeyed import Obeyed
from connectors.sql.plain_dialects import MSSQL
from connectors.sql.references import with_references
from connectors.sql.tables import Description
from govgraph.egress import Egress

LATE = frozenset({1222})
GONE = frozenset({207, 208, 4413})
REFUSED = frozenset({229, 230, 916, 4060, 18452, 18456, 18486, 18487, 18488})
FULL = frozenset({701, 8645, 10928, 10929, 17809})


@dataclass(frozen=True, slots=True)
class Session:
    """A connection and the socket that it goes over."""

    connection: Any
    socket: HeldSocket


class MssqlClient:
    """Runs statements over its own connections, at most `most` at one time."""

    dialect = MSSQL
    streams = 0

    def __init__(self, address: Address, egress: Egress, most: int, timeout: float) -> None:
        self._address = address
        self._egress = egress
        self._timeout = timeout
        self._driver: Any = import_module("pytds")  # it comes with an extra
        self._threads = ThreadPoolExecutor(most, thread_name_prefix="govgraph-mssql")
        self.connections: Connections[Session] = Connections(self._open, self._close, most)

    @property
    def as_of(self) -> datetime | None:
        """None: the source is live."""
        return None

    @property
    def ends_late_statements(self) -> bool:
        """False: a statement is ended from here."""
        return False

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return all rows of a statement; given up, its connection is cut and the server ends it."""
        try:
            async with self.connections.take() as session:
                return await threads.run(
                    lambda: _rows(session.connection, text, arguments), session.socket.end, self._threads
                )
        except (self._driver.Error, OSError, ValueError, EOFError) as error:  # the last two: not readable
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
        schema = self._address.schema
        rows = await self.fetch(mssql_catalog.COLUMNS, [schema])
        found = plain_catalog.descriptions(rows, schema, mssql_catalog.type_of)
        return with_references(found, await self.fetch(mssql_catalog.REFERENCES, [schema]))

    async def writable(self) -> Sequence[str]:
        """Return the tables that the account may change, as far as SQL Server's catalogue tells."""
        return [str(row[0]) for row in await self.fetch(writing_rights.MSSQL, [])]

    async def obeyed(self) -> Obeyed | None:
        """Return None: what SQL Server says of its sessions was never seen here."""
        return None

    async def _open(self) -> Session:
        """Return a session with a checked address; it says that it means to read, which binds nobody."""
        address = self._address
        checked = (await self._egress.addresses("mssql", address.host, address.port))[0]
        made: list[HeldSocket] = []

        def connect() -> Session:
            made.append(HeldSocket(checked, address.port, self._timeout))
            return Session(self._connected(made[0]), made[0])

        def end() -> None:
            for held in made:
                held.end()

        return await threads.run(connect, end, self._threads)

    def _connected(self, held: HeldSocket) -> Any:
        """Return a connection over the socket; with `tls: verify` the server proves its host's name there."""
        address = self._address
        with NamedTemporaryFile("w", encoding="ascii", suffix=".pem") as authority:
            if address.proving is not None:
                authority.write(_pem(address.proving))
                authority.flush()
            connection = self._driver.connect(
                dsn=address.host,
                port=address.port,
                database=address.database,
                user=address.user,
                password=address.password,
                timeout=self._timeout,
                login_timeout=self._timeout,
                appname="govgraph",
                autocommit=True,
                readonly=True,
                cafile=authority.name if address.proving is not None else None,
                sock=held,
                disable_connect_retry=True,
            )
        held.logging_in = False
        return connection

    async def _close(self, session: Session) -> None:
        await threads.run(session.connection.close, session.socket.end, self._threads)

    async def aclose(self) -> None:
        """Close the connections and end the threads."""
        await self.connections.aclose()
        self._threads.shutdown(wait=False)


def _pem(proving: ssl.SSLContext) -> str:
    """Return the certificates of the authorities that count; the driver reads them from a file."""
    return "".join(ssl.DER_cert_to_PEM_cert(one) for one in proving.get_ca_certs(binary_form=True))


def _rows(connection: Any, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(text, tuple(arguments))
        rows: Sequence[Sequence[Any]] = cursor.fetchall()
        return rows


def _refusal(error: BaseException) -> Exception:
    """Return what became of a statement, in our words."""
    code = getattr(error, "msg_no", 0)
    if code in LATE or isinstance(error, TimeoutError):
        return SourceTimeoutError("The source did not answer in time")
    if code in GONE:
        return EntityUnknownError("A table, view or column of the read is not there any more")
    if code in REFUSED:
        return SourceCredentialsError("The source refuses the platform's credentials")
    if code in FULL:
        return SourceBusyError("The source takes no more statements")
    if "ertificate" in str(error):
        return SourceUnprovedError("The server's certificate does not prove that it is the named host")
    return SourceUnavailableError("The source cannot be read")
