"""MariaDB and MySQL: read-only sessions on checked addresses, statements prepared once per connection."""

import ssl
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import anyio
import asyncmy
from asyncmy.errors import Error

from connectors.errors import (
    EntityUnknownError,
    SettingProblem,
    SourceBusyError,
    SourceCredentialsError,
    SourceSettingsError,
    SourceTimeoutError,
    SourceUnavailableError,
    UnsupportedReadError,
)
from connectors.sql import mysql_catalog, mysql_session, writing_rights
from connectors.sql.address import Address
from connectors.sql.connections import Connections
from connectors.sql.obeyed import STATEMENTS, Obeyed, obeyed
from connectors.sql.proof import unproved
from connectors.sql.references import with_references
from connectors.sql.tables import Description
from govgraph.egress import Egress
from govgraph.errors import GovGraphError

CLOSING = 1.0  # seconds
KEPT = 200  # statements that a connection keeps prepared; the server's own bound is some thousands for all
LATE = frozenset({1317, 1969, 3024})
GONE = frozenset({1054, 1146, 1356})
REFUSED = frozenset({1044, 1045, 1142, 1143, 1370, 1698})
FULL = frozenset({1040, 1203, 1226})


class Session:
    """A connection, its prepared statements, and whether the server is at one of them."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.working = False
        self._prepared: dict[str, Any] = {}

    async def fetch(self, text: str, arguments: Sequence[Any]) -> Sequence[Sequence[Any]]:
        """Return all rows of a statement, whose values travel beside it."""
        self.working = True
        prepared = self._prepared.pop(text, None) or await self.connection.prepare(text)
        self._prepared[text] = prepared
        answer = await prepared.execute(list(arguments))
        if len(self._prepared) > KEPT:
            await self._prepared.pop(next(iter(self._prepared))).close()
        self.working = False
        rows: Sequence[Sequence[Any]] = answer.rows or ()
        return rows


class MysqlClient:
    """Runs statements over its own connections, at most `most` at one time."""

    def __init__(self, address: Address, egress: Egress, most: int, timeout: float) -> None:
        self._address = address
        self._egress = egress
        self._timeout = timeout
        self.dialect = address.scheme
        self.streams = 0
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
        """Return all rows of a statement."""
        try:
            async with self.connections.take() as session:
                return await session.fetch(text, arguments)
        except (Error, OSError) as error:
            refusal = _refusal(error)
        raise refusal

    async def stream(
        self, text: str, arguments: Sequence[Any], size: int
    ) -> AsyncGenerator[Sequence[Sequence[Any]], None]:
        """Raise `UnsupportedReadError`: a prepared statement's rows come all at once here."""
        raise UnsupportedReadError("The source does not stream")
        yield ()

    async def descriptions(self) -> Sequence[Description]:
        """Return the tables and views of the database."""
        rows = await self.fetch(mysql_catalog.COLUMNS, [self._address.database])
        found = mysql_catalog.descriptions(rows, self._address.database)
        return with_references(found, await self.fetch(mysql_catalog.REFERENCES, [self._address.database]))

    async def writable(self) -> Sequence[str]:
        """Return the tables and databases that the account may change."""
        return [str(row[0]) for row in await self.fetch(writing_rights.MYSQL, [])]

    async def obeyed(self) -> Obeyed | None:
        """Return the session as the server describes it."""
        return obeyed((await self.fetch(STATEMENTS[self.dialect], []))[0])

    async def _open(self) -> Session:
        connection = await self._connect()
        try:
            self._check_maker(connection)
            for statement in mysql_session.opening(self.dialect, self._timeout):
                await connection.query(statement)
        except BaseException:
            connection.close()
            raise
        return Session(connection)

    async def _connect(self) -> Any:
        """Connect to a checked address; with `tls: verify` the server proves its host's name there."""
        address = self._address
        if address.host.startswith("/"):
            self._egress.check_local()
            return await self._connected(unix_socket=address.host)
        host = (await self._egress.addresses("mysql", address.host, address.port))[0]
        if address.tls != "off":
            try:
                context = address.proving or _encrypting()
                return await self._connected(host=host, port=address.port, ssl=context)
            except (Error, OSError) as error:
                if address.tls != "prefer" or _code(error) in REFUSED:
                    raise
        return await self._connected(host=host, port=address.port)

    async def _connected(self, **where: Any) -> Any:
        address = self._address
        return await asyncmy.connect(
            **where,
            user=address.user,
            password=address.password,
            database=address.database,
            charset="utf8mb4",
            autocommit=True,
            local_infile=False,
            connect_timeout=max(1, int(self._timeout)),
            program_name="govgraph",
        )

    def _check_maker(self, connection: Any) -> None:
        """Refuse a server of the other name: they say what compares by code point with different words."""
        made = "mariadb" if "mariadb" in str(connection.get_server_info()).lower() else "mysql"
        if made != self.dialect:
            what = f"begins with {self.dialect}, the server is {made}"
            problem = SettingProblem("url", what, f"use {made}://")
            raise SourceSettingsError("", [problem])

    async def _close(self, session: Session) -> None:
        """Close a session; where the server is still at a statement, tell it over another one to stop."""
        thread = session.connection.thread_id()
        session.connection.close()
        if session.working:
            with anyio.move_on_after(CLOSING), suppress(Error, OSError, GovGraphError):
                other = await self._connect()
                try:
                    await other.query(f"KILL {int(thread)}")
                finally:
                    other.close()

    async def aclose(self) -> None:
        """Close the connections."""
        await self.connections.aclose()


def _encrypting() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _code(error: BaseException) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def _refusal(error: BaseException) -> Exception:
    """Return what became of a statement, in our words."""
    code = _code(error)
    if code in LATE:
        return SourceTimeoutError("The source did not answer in time")
    if code in GONE:
        return EntityUnknownError("A table, view or column of the read is not there any more")
    if code in REFUSED:
        return SourceCredentialsError("The source refuses the platform's credentials")
    if code in FULL:
        return SourceBusyError("The source takes no more connections")
    return unproved(error) or SourceUnavailableError("The source cannot be read")
